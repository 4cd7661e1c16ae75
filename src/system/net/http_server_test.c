/* SPDX-License-Identifier: Apache-2.0 */
#include "system/net/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct http_server *server;
static atomic_int changes;

static size_t body_limit(void *state, const char *method, const char *path)
{
        (void)state;
        (void)method;
        return strcmp(path, "/large") == 0 ? 100000 : 10;
}

static enum http_verdict answer(void *state, struct http_request *r)
{
        struct buffer body = BUFFER(200000);

        (void)state;
        if (strcmp(http_path(r), "/wait") == 0 && atomic_load(&changes) == 0 && !http_waited(r))
                return HTTP_WAIT;
        http_reply_status(r, http_waited(r) ? 204 : 200);
        http_reply_header(r, "X-Peer", http_peer(r));
        http_reply_header(r, "X-Evil", "a\r\nSet-Cookie: b=c");
        assert_int_equal(buffer_add_format(&body, "%s %zu", http_method(r), http_body(r).len), 0);
        http_reply_body_own(r, &body);
        buffer_done(&body);
        return HTTP_REPLY;
}

static int start(void **state)
{
        const struct http_server_options options = {
                .address = "127.0.0.1",
                .byte_threads = 1,
                .workers = 2,
                .connections_max = 50,
                .connections_per_address_max = 50,
                .idle_seconds = 5,
                .body_seconds = 5,
                .wait_seconds = 1,
                .wake_delay_ms = 5,
                .queue_max = 10,
                .body_limit = body_limit,
                .answer = answer,
        };

        (void)state;
        atomic_store(&changes, 0);
        return http_server_start(&server, &options);
}

static int stop(void **state)
{
        (void)state;
        server = http_server_stop(server);
        return 0;
}

static int dial(void)
{
        struct sockaddr_in a = { .sin_family = AF_INET,
                .sin_port = htons((uint16_t)http_server_port(server)),
                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int s = socket(AF_INET, SOCK_STREAM, 0);

        assert_int_equal(connect(s, (struct sockaddr *)&a, sizeof(a)), 0);
        return s;
}

static void say_to(int s, const char *text)
{
        assert_int_equal(send(s, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Reads to the end of the connection. */
static const char *hear(int s, char *out, size_t room)
{
        size_t len = 0;
        ssize_t n;

        while (len < room - 1 && (n = recv(s, out + len, room - 1 - len, 0)) > 0)
                len += (size_t)n;
        out[len] = '\0';
        (void)close(s);
        return out;
}

static const char *exchange(const char *request, char *out, size_t room)
{
        int s = dial();

        say_to(s, request);
        return hear(s, out, room);
}

static void a_request_is_answered_and_a_header_cannot_be_injected(void **state)
{
        char got[4096];

        (void)state;
        (void)exchange(
            "GET /x?a=b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", got, sizeof(got));
        assert_memory_equal(got, "HTTP/1.1 200", 12);
        assert_non_null(strstr(got, "\r\n\r\nGET 0"));
        assert_non_null(strstr(got, "X-Peer: 127.0.0.1"));
        assert_null(strstr(got, "Set-Cookie"));
}

static void a_body_up_to_its_limit_is_taken_and_one_byte_more_is_refused(void **state)
{
        char got[4096];

        (void)state;
        (void)exchange("POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 10\r\n"
                       "\r\n0123456789",
            got, sizeof(got));
        assert_non_null(strstr(got, "POST 10"));
        (void)exchange("POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 11\r\n"
                       "\r\n01234567890",
            got, sizeof(got));
        assert_memory_equal(got, "HTTP/1.1 413", 12);
        (void)exchange("POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                       "Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
            got, sizeof(got));
        assert_memory_equal(got, "HTTP/1.1 413", 12);
}

static void a_header_beyond_its_limit_and_nonsense_are_refused(void **state)
{
        char request[40000], got[4096];

        (void)state;
        (void)snprintf(
            request, sizeof(request), "GET / HTTP/1.1\r\nHost: h\r\nX: %030000d\r\n\r\n", 0);
        (void)exchange(request, got, sizeof(got));
        assert_true(strncmp(got, "HTTP/1.1 4", 10) == 0 || got[0] == '\0');
        (void)exchange("\x16\x03\x01\x02 nonsense\r\n\r\n", got, sizeof(got));
        assert_null(strstr(got, "200 OK"));
}

static void who_waits_is_answered_when_woken(void **state)
{
        char got[4096];
        int s = dial();

        (void)state;
        say_to(s, "GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        (void)usleep(50000);
        atomic_store(&changes, 1);
        http_server_wake(server);
        assert_memory_equal(hear(s, got, sizeof(got)), "HTTP/1.1 200", 12);
}

static void who_waits_in_vain_is_answered_at_the_end_of_the_time(void **state)
{
        char got[4096];

        (void)state;
        atomic_store(&changes, 0);
        (void)exchange(
            "GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", got, sizeof(got));
        assert_memory_equal(got, "HTTP/1.1 204", 12);
}

static void stopping_answers_those_who_wait(void **state)
{
        char got[4096];
        int s[10];

        (void)state;
        atomic_store(&changes, 0);
        for (int i = 0; i < 10; i++) {
                s[i] = dial();
                say_to(s[i], "GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        }
        (void)usleep(100000);
        server = http_server_stop(server);
        for (int i = 0; i < 10; i++) /* answered, or cut, but never left hanging */
                (void)hear(s[i], got, sizeof(got));
        assert_int_equal(start(NULL), 0);
}

static void a_taken_port_is_named_as_such(void **state)
{
        struct http_server_options options = { .address = "127.0.0.1",
                .byte_threads = 1,
                .workers = 1,
                .body_limit = body_limit,
                .answer = answer };
        struct http_server *second = NULL;

        (void)state;
        options.port = http_server_port(server);
        assert_int_equal(http_server_start(&second, &options), ERR_EXISTS);
        options.address = "nowhere";
        assert_int_equal(http_server_start(&second, &options), ERR_FORMAT);
        assert_null(second);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_request_is_answered_and_a_header_cannot_be_injected),
                cmocka_unit_test(a_body_up_to_its_limit_is_taken_and_one_byte_more_is_refused),
                cmocka_unit_test(a_header_beyond_its_limit_and_nonsense_are_refused),
                cmocka_unit_test(who_waits_is_answered_when_woken),
                cmocka_unit_test(who_waits_in_vain_is_answered_at_the_end_of_the_time),
                cmocka_unit_test(stopping_answers_those_who_wait),
                cmocka_unit_test(a_taken_port_is_named_as_such),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
