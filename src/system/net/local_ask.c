/* system/net/local_ask.c: see local_ask.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/local_ask.h"
#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void close_at(int *fd)
{
        if (*fd >= 0)
                (void)close(*fd);
}

static int wait_for(int fd, short events, time_ms until)
{
        struct pollfd p = { .fd = fd, .events = events };
        time_ms left = until - clock_steady(&clock_real);
        int n = left > 0 ? poll(&p, 1, (int)left) : 0;

        if (n < 0)
                return errno == EINTR ? 0 : ERR_IO;
        return n ? 0 : ERR_BUSY;
}

static int connect_to(int *out, const char *path)
{
        struct sockaddr_un at = { .sun_family = AF_UNIX };
        AUTO(close_at) int fd = -1;

        if (strlen(path) >= sizeof(at.sun_path))
                return ERR_LIMIT;
        memcpy(at.sun_path, path, strlen(path));
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return err_from_errno(errno);
        if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
                return errno == ECONNREFUSED ? ERR_MISSING
                       : errno == EAGAIN     ? ERR_BUSY
                                             : err_from_errno(errno);
        *out = fd;
        fd = -1;
        return 0;
}

/* CLOSED when the peer takes no more: it may have answered all the same. */
static int send_part(int fd, struct text part, time_ms until)
{
        while (part.len) {
                ssize_t n = send(fd, part.data, part.len, MSG_NOSIGNAL);
                int err = 0;

                if (n > 0) {
                        part.data += n;
                        part.len -= (size_t)n;
                } else if (errno == EAGAIN) {
                        err = wait_for(fd, POLLOUT, until);
                } else if (errno != EINTR) {
                        err = errno == EPIPE || errno == ECONNRESET ? ERR_CLOSED : ERR_IO;
                }
                if (err)
                        return err;
        }
        return 0;
}

static bool is_ended(const struct buffer *b)
{
        return b->len && (memchr(b->data, '\0', b->len) || memchr(b->data, '\n', b->len));
}

static int receive(struct buffer *answer, int fd, time_ms until)
{
        while (!is_ended(answer)) {
                char room[1024];
                ssize_t n = recv(fd, room, sizeof(room), 0);
                int err = 0;

                if (n > 0)
                        err = buffer_add(answer, room, (size_t)n);
                else if (n == 0 || errno == ECONNRESET)
                        return answer->len ? 0 : ERR_CLOSED;
                else if (errno == EAGAIN)
                        err = wait_for(fd, POLLIN, until);
                else if (errno != EINTR)
                        err = ERR_IO;
                if (err)
                        return err;
        }
        return 0;
}

int local_ask(struct buffer *answer, const struct local_question *q)
{
        time_ms until = clock_steady(&clock_real) + q->timeout_ms;
        AUTO(close_at) int fd = -1;
        int err = connect_to(&fd, q->path);

        for (size_t i = 0; !err && i < q->part_count; i++)
                err = send_part(fd, q->parts[i], until);
        if (err && err != ERR_CLOSED)
                return err;
        return receive(answer, fd, until);
}
