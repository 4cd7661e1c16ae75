/* system/os/socket_table_test.c: our own sockets are found under our own name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/socket_table.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

static void line_of_the_kernel_is_read(void **state)
{
        struct proc_net_line n;
        char text[IP_TEXT_MAX];

        (void)state;
        assert_int_equal(
            proc_net_parse_line(&n, TEXT("   1: 0A0200C0:A1B2 057100CB:01BB 01 00000000:00000000 "
                                         "02:000A7214 00000000  1000     "
                                         "   0 24518 2 0000000000000000 20 4 30 10 -1")),
            0);
        assert_string_equal(ip_address_write(text, &n.local), "192.0.2.10");
        assert_string_equal(ip_address_write(text, &n.remote), "203.0.113.5");
        assert_int_equal(n.remote_port, 443);
        assert_int_equal(n.uid, 1000);
        assert_int_equal(n.inode, 24518);
        assert_int_equal(
            proc_net_parse_line(&n, TEXT("  sl  local_address rem_address   st")), ERR_FORMAT);
}

static void own_listener_is_found_with_its_process(void **state)
{
        AUTO(socket_table_done) struct socket_table t = { NULL, 0, 0, 0 };
        struct sockaddr_in at = { .sin_family = AF_INET,
                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t len = sizeof(at);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        bool found = false;

        (void)state;
        assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
        assert_int_equal(listen(fd, 1), 0);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
        assert_int_equal(socket_table_load(&t, ""), 0);
        for (size_t i = 0; i < t.count; i++)
                if (t.at[i].line.state == PROC_NET_LISTEN &&
                    t.at[i].line.local_port == ntohs(at.sin_port)) {
                        found = true;
                        assert_true(strncmp(t.at[i].process, "system_os_socke", 15) == 0);
                }
        assert_true(found);
        (void)close(fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(line_of_the_kernel_is_read),
                cmocka_unit_test(own_listener_is_found_with_its_process),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
