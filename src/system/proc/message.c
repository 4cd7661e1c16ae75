/* SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/message.h"

#include "system/proc/message_parse.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for two handles, so that a second one is seen and closed instead of being leaked into us. */
enum { HANDLES_SEEN = 2 };

union control {
        char bytes[CMSG_SPACE(HANDLES_SEEN * sizeof(int))];
        struct cmsghdr align;
};

int message_send(int socket, uint32_t type, uint32_t id, struct text body, int fd)
{
        struct message_head head;
        struct iovec parts[2] = { { &head, sizeof(head) },
                { (void *)(uintptr_t)body.data, body.len } };
        union control control = { { 0 } };
        struct msghdr m = { .msg_iov = parts, .msg_iovlen = body.len ? 2 : 1 };
        ssize_t sent;

        if (body.len > MESSAGE_BODY_MAX)
                return ERR_LIMIT;
        message_head_fill(&head, type, id, body.len);
        if (fd >= 0) {
                m.msg_control = control.bytes;
                m.msg_controllen = CMSG_SPACE(sizeof(int));
                struct cmsghdr *c = CMSG_FIRSTHDR(&m);
                c->cmsg_level = SOL_SOCKET;
                c->cmsg_type = SCM_RIGHTS;
                c->cmsg_len = CMSG_LEN(sizeof(int));
                memcpy(CMSG_DATA(c), &fd, sizeof(fd));
        }
        do
                sent = sendmsg(socket, &m, MSG_NOSIGNAL);
        while (sent < 0 && errno == EINTR);
        if (sent < 0)
                return errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN ? ERR_CLOSED
                                                                                  : ERR_IO;
        return 0;
}

static int wait_readable(int socket, int timeout_ms)
{
        struct pollfd p = { .fd = socket, .events = POLLIN };
        int n;

        do
                n = poll(&p, 1, timeout_ms);
        while (n < 0 && errno == EINTR);
        if (n == 0)
                return ERR_BUSY;
        return n < 0 ? ERR_IO : 0;
}

/* Gives the one handle of the message; with more than one all are closed and the answer is FORMAT.
 */
static int take_handle(int *out, struct msghdr *m)
{
        int found[HANDLES_SEEN];
        size_t count = 0;

        for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
                if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
                        continue;
                size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                for (size_t i = 0; i < n && count < HANDLES_SEEN; i++)
                        memcpy(&found[count++], CMSG_DATA(c) + i * sizeof(int), sizeof(int));
        }
        if (count <= 1 && !(m->msg_flags & MSG_CTRUNC)) {
                *out = count ? found[0] : -1;
                return 0;
        }
        for (size_t i = 0; i < count; i++)
                (void)close(found[i]);
        return ERR_FORMAT;
}

int message_receive(struct message *out, int socket, void *buf, size_t room, int timeout_ms)
{
        struct iovec part = { buf, room };
        union control control;
        struct msghdr m = { .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = control.bytes,
                .msg_controllen = sizeof(control.bytes) };
        struct message got;
        ssize_t n;
        int err, fd = -1;

        err = wait_readable(socket, timeout_ms);
        if (err)
                return err;
        do
                n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return errno == ECONNRESET ? ERR_CLOSED : ERR_IO;
        err = take_handle(&fd, &m);
        if (err)
                return err;
        if (n == 0)
                err = ERR_CLOSED;
        else
                err = m.msg_flags & MSG_TRUNC ? ERR_FORMAT : message_parse(&got, buf, (size_t)n);
        if (err) {
                if (fd >= 0)
                        (void)close(fd);
                return err;
        }
        got.fd = fd;
        *out = got;
        return 0;
}
