/* system/net/udp_listener_test.c: over loopback. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/udp_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
        uint64_t datagrams, bytes;
        struct udp_datagram last;
        char last_bytes[16];
        int answer;
};

static int take(void *state, const struct udp_datagram *d)
{
        struct seen *s = state;

        s->datagrams++;
        s->bytes += d->bytes.len;
        s->last = *d;
        memcpy(s->last_bytes, d->bytes.data,
            d->bytes.len < sizeof(s->last_bytes) ? d->bytes.len : sizeof(s->last_bytes));
        return s->answer;
}

static int sender_to(const struct udp_listener *l)
{
        struct sockaddr_in to = { .sin_family = AF_INET,
                .sin_port = htons(udp_listener_port(l)),
                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int fd = socket(AF_INET, SOCK_DGRAM, 0);

        assert_true(fd >= 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
        return fd;
}

static struct udp_listener *open_at(const char *address, size_t receive_bytes)
{
        struct udp_listener_options o = { .address = address, .receive_bytes = receive_bytes };
        struct udp_listener *l = NULL;

        assert_int_equal(udp_listener_open(&l, &o), 0);
        assert_int_not_equal(udp_listener_port(l), 0);
        return l;
}

static void datagram_comes_with_its_sender(void **state)
{
        struct udp_listener *l = open_at("127.0.0.1", 0);
        struct seen seen = { 0 };
        struct sockaddr_in self = { 0 };
        socklen_t len = sizeof(self);
        char text[IP_TEXT_MAX];
        size_t taken = 0;
        int fd = sender_to(l);

        (void)state;
        assert_int_equal(send(fd, "hello", 5, 0), 5);
        assert_int_equal(udp_listener_take(&taken, l, 1000, (struct udp_sink){ take, &seen }), 0);
        assert_int_equal(taken, 1);
        assert_int_equal(seen.bytes, 5);
        assert_memory_equal(seen.last_bytes, "hello", 5);
        assert_string_equal(ip_address_write(text, &seen.last.source), "127.0.0.1");
        assert_int_equal(getsockname(fd, (struct sockaddr *)&self, &len), 0);
        assert_int_equal(seen.last.source_port, ntohs(self.sin_port));
        (void)close(fd);
        udp_listener_close(l);
}

static void nothing_to_take_is_no_error(void **state)
{
        struct udp_listener *l = open_at("::", 0);
        struct seen seen = { 0 };
        size_t taken = 7;

        (void)state;
        assert_int_equal(udp_listener_take(&taken, l, 0, (struct udp_sink){ take, &seen }), 0);
        assert_int_equal(taken, 0);
        assert_int_equal(seen.datagrams, 0);
        udp_listener_close(l);
}

static void any_address_of_ipv6_takes_ipv4_too(void **state)
{
        struct udp_listener *l = open_at("::", 0);
        struct seen seen = { 0 };
        int fd = sender_to(l);

        (void)state;
        assert_int_equal(send(fd, "", 0, 0), 0); /* an empty datagram is one, too */
        assert_int_equal(udp_listener_take(NULL, l, 1000, (struct udp_sink){ take, &seen }), 0);
        assert_int_equal(seen.datagrams, 1);
        assert_true(ip_address_is_v4(&seen.last.source));
        (void)close(fd);
        udp_listener_close(l);
}

static void full_buffer_of_the_kernel_is_counted(void **state)
{
        enum { SENT = 2000 };
        struct udp_listener *l = open_at("127.0.0.1", 16 << 10);
        struct udp_listener_counts counts;
        struct seen seen = { 0 };
        char bytes[1000] = { 0 };
        size_t taken;
        int fd = sender_to(l);

        (void)state;
        for (int i = 0; i < SENT; i++)
                (void)send(fd, bytes, sizeof(bytes), 0);
        do
                assert_int_equal(
                    udp_listener_take(&taken, l, 0, (struct udp_sink){ take, &seen }), 0);
        while (taken);
        assert_true(seen.datagrams < SENT);
        assert_int_equal(send(fd, bytes, 1, 0), 1); /* it brings the count along */
        assert_int_equal(udp_listener_take(&taken, l, 1000, (struct udp_sink){ take, &seen }), 0);
        udp_listener_count(&counts, l);
        assert_int_equal(counts.datagrams, seen.datagrams);
        assert_int_equal(counts.bytes, seen.bytes);
        assert_int_equal(counts.datagrams + counts.dropped, SENT + 1);
        assert_true(counts.receive_bytes > 0);
        (void)close(fd);
        udp_listener_close(l);
}

static void error_of_the_sink_is_handed_back_and_counted(void **state)
{
        struct udp_listener *l = open_at("127.0.0.1", 0);
        struct udp_listener_counts counts;
        struct seen seen = { .answer = ERR_LIMIT };
        int fd = sender_to(l);

        (void)state;
        assert_int_equal(send(fd, "a", 1, 0), 1);
        assert_int_equal(send(fd, "b", 1, 0), 1);
        assert_int_equal(
            udp_listener_take(NULL, l, 1000, (struct udp_sink){ take, &seen }), ERR_LIMIT);
        udp_listener_count(&counts, l);
        assert_int_equal(counts.lost, 2);
        assert_int_equal(counts.datagrams, 0);
        (void)close(fd);
        udp_listener_close(l);
}

static void address_that_cannot_be_had_is_told(void **state)
{
        struct udp_listener *l = open_at("127.0.0.1", 0), *other = NULL;
        struct udp_listener_options taken = { .address = "127.0.0.1",
                .port = udp_listener_port(l) };
        struct udp_listener_options name = { .address = "localhost" };
        struct udp_listener_options foreign = { .address = "198.51.100.213" };

        (void)state;
        assert_int_equal(udp_listener_open(&other, &taken), ERR_BUSY);
        assert_int_equal(udp_listener_open(&other, &name), ERR_FORMAT);
        assert_int_equal(udp_listener_open(&other, &foreign), ERR_MISSING);
        assert_null(other);
        udp_listener_close(l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(datagram_comes_with_its_sender),
                cmocka_unit_test(nothing_to_take_is_no_error),
                cmocka_unit_test(any_address_of_ipv6_takes_ipv4_too),
                cmocka_unit_test(full_buffer_of_the_kernel_is_counted),
                cmocka_unit_test(error_of_the_sink_is_handed_back_and_counted),
                cmocka_unit_test(address_that_cannot_be_had_is_told),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
