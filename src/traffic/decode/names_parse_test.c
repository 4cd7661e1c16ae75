/* traffic/decode/names_parse_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/names_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

#define BYTES(literal) ((struct text){ (literal), sizeof(literal) - 1 })

static struct packet_names parsed(uint8_t protocol, uint16_t port, struct text payload)
{
        struct packet p = { .protocol = protocol,
                .has_ports = true,
                .destination_port = port,
                .payload = payload };
        struct packet_names names;

        names_parse(&names, &p);
        return names;
}

static void dns_answer_gives_names_and_addresses(void **state)
{
        struct text message = BYTES("\x12\x34\x81\x80\0\1\0\2\0\0\0\0"
                                    "\1A\7ExAmple\0\0\1\0\1"
                                    "\xC0\x0C\0\5\0\1\0\0\0\x3C\0\4\1b\xC0\x0E"
                                    "\xC0\x27\0\1\0\1\0\0\0\x3C\0\4\xC0\0\2\7");
        struct packet_names n = parsed(PACKET_UDP, 53, message);
        char text[IP_TEXT_MAX];

        (void)state;
        assert_int_equal(n.name_count, 2);
        assert_string_equal(n.names[0].text, "a.example");
        assert_string_equal(n.names[1].text, "b.example");
        assert_int_equal(n.names[0].place, PACKET_PLACE_DNS);
        assert_int_equal(n.address_count, 1);
        assert_string_equal(ip_address_write(text, &n.addresses[0]), "192.0.2.7");
}

static void tunnel_through_dns_does_not_hide_its_domain(void **state)
{
        struct packet_names n = parsed(
            PACKET_UDP, 53, BYTES("\0\1\1\0\0\1\0\0\0\0\0\0\5\xCA\0.Z1\6pirate\3sea\0\0\x0A\0\1"));

        (void)state;
        assert_int_equal(n.name_count, 1);
        assert_string_equal(n.names[0].text, "___z1.pirate.sea");
}

static void name_that_points_at_itself_ends(void **state)
{
        struct packet_names n = parsed(
            PACKET_UDP, 53, BYTES("\0\1\1\0\0\1\0\0\0\0\0\0\xC0\x0C\0\1\0\1"));

        (void)state;
        assert_int_equal(n.name_count, 0);
}

static void client_hello_gives_the_server_name_even_when_cut_behind_it(void **state)
{
        static const char hello[] = "\x16\3\1\1\0\1\0\0\xFC\3\3"
                                    "0123456789abcdef0123456789abcdef\0\0\2\x13\1\1\0\0\x80"
                                    "\0\x0B\0\2\1\0"
                                    "\0\0\0\x0E\0\x0C\0\0\x09"
                                    "b.EXAMPLE";
        struct packet_names n = parsed(PACKET_TCP, 8443, BYTES(hello));

        (void)state;
        assert_int_equal(n.name_count, 1);
        assert_string_equal(n.names[0].text, "b.example");
        assert_int_equal(n.names[0].place, PACKET_PLACE_TLS);
        for (size_t len = 0; len < sizeof(hello) - 1; len++) {
                AUTO(mem_free_at) char *exact = mem_copy_text(hello, len);
                assert_non_null(exact);
                n = parsed(PACKET_TCP, 443, (struct text){ exact, len });
                assert_true(n.name_count <= 1);
        }
}

static void request_gives_host_and_url(void **state)
{
        struct packet_names n = parsed(PACKET_TCP, 80,
            BYTES("GET /a/b?c=1 HTTP/1.1\r\nAccept: x\r\nhost: C2.Example:8080\r\n\r\n"));

        (void)state;
        assert_int_equal(n.name_count, 1);
        assert_string_equal(n.names[0].text, "c2.example");
        assert_int_equal(n.names[0].place, PACKET_PLACE_HTTP);
        assert_string_equal(n.url, "C2.Example:8080/a/b?c=1");
        n = parsed(PACKET_TCP, 80, BYTES("GET / HTTP/1.1\r\nHost: 192.0.2.7\r\n\r\n"));
        assert_string_equal(n.url, "192.0.2.7/");
}

static void what_is_no_name_is_left_out(void **state)
{
        struct packet_names n = parsed(
            PACKET_TCP, 80, BYTES("GET / HTTP/1.1\r\nHost: a b.example\r\n\r\n"));

        (void)state;
        assert_int_equal(n.name_count, 0);
        n = parsed(PACKET_TCP, 80, BYTES("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assert_int_equal(n.name_count, 0);
        n = parsed(PACKET_TCP, 80, BYTES("GET"));
        assert_int_equal(n.name_count, 0);
}

static void more_names_than_fit_are_counted(void **state)
{
        char message[12 + 40 * 15] = "\0\1\1\0\0\x28\0\0\0\0\0\0";
        struct packet_names n;

        (void)state;
        for (size_t i = 0; i < 40; i++)
                memcpy(message + 12 + i * 15, "\1a\7example\0\0\1\0\1", 15);
        n = parsed(PACKET_UDP, 5353, (struct text){ message, sizeof(message) });
        assert_int_equal(n.name_count, PACKET_NAMES_MAX);
        assert_int_equal(n.left_out, 40 - PACKET_NAMES_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(dns_answer_gives_names_and_addresses),
                cmocka_unit_test(tunnel_through_dns_does_not_hide_its_domain),
                cmocka_unit_test(name_that_points_at_itself_ends),
                cmocka_unit_test(client_hello_gives_the_server_name_even_when_cut_behind_it),
                cmocka_unit_test(request_gives_host_and_url),
                cmocka_unit_test(what_is_no_name_is_left_out),
                cmocka_unit_test(more_names_than_fit_are_counted),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
