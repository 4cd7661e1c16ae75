/* system/proc/message_windows.c: message.h over a pipe. Sealed memory that goes beside a message
 * follows it as bytes; whoever receives it has a copy that nobody else can change.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/message.h"

#include "base/mem.h"
#include "system/os/folder.h"
#include "system/os/memory_file.h"
#include "system/proc/message_parse.h"
#include "system/proc/process.h"

#include <fcntl.h>
#include <io.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <windows.h>

enum { ATTACHED_BYTES_MAX = 64 << 20, PIPE_BYTES = 64 << 10, LOOK_MS_FIRST = 1, LOOK_MS_MAX = 250 };

struct frame {
        uint32_t bytes; /* of the message */
        uint32_t attached;
        uint64_t attached_bytes;
};

static int write_all(int fd, struct text bytes)
{
        int err = file_write_handle(fd, bytes);

        return err == ERR_IO ? ERR_CLOSED : err;
}

static int read_all(int fd, void *out, size_t len)
{
        for (size_t at = 0; at < len;) {
                int n = _read(fd, (char *)out + at, (unsigned)(len - at));

                if (n <= 0)
                        return ERR_CLOSED;
                at += (size_t)n;
        }
        return 0;
}

int process_pair(int out[2])
{
        static _Atomic unsigned count;
        char name[96];
        HANDLE one, two;

        (void)snprintf(name, sizeof(name), "\\\\.\\pipe\\canh-%lu-%u-%llu",
            (unsigned long)GetCurrentProcessId(), atomic_fetch_add(&count, 1),
            (unsigned long long)GetTickCount64());
        /* The only instance, and nobody from another machine: who makes it first has it. */
        one = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE,
            PIPE_TYPE_BYTE | PIPE_WAIT | 0x8 /* PIPE_REJECT_REMOTE_CLIENTS */, 1, PIPE_BYTES,
            PIPE_BYTES, 0, NULL);
        if (one == INVALID_HANDLE_VALUE)
                return ERR_IO;
        two = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
        if (two == INVALID_HANDLE_VALUE) {
                (void)CloseHandle(one);
                return ERR_IO;
        }
        out[0] = _open_osfhandle((intptr_t)one, O_BINARY);
        out[1] = _open_osfhandle((intptr_t)two, O_BINARY);
        return out[0] >= 0 && out[1] >= 0 ? 0 : ERR_LIMIT;
}

int poll(struct pollfd *one, unsigned long count, int timeout_ms)
{
        HANDLE h = (HANDLE)_get_osfhandle((int)one->fd);
        ULONGLONG end = GetTickCount64() + (ULONGLONG)(timeout_ms < 0 ? 0 : timeout_ms);
        DWORD there = 0, look_ms = LOOK_MS_FIRST;

        (void)count;
        for (;;) {
                ULONGLONG now = GetTickCount64();

                one->revents = POLLIN;
                if (!PeekNamedPipe(h, NULL, 0, NULL, &there, NULL) || there)
                        return 1; /* bytes, or the end */
                if (timeout_ms >= 0 && now >= end)
                        return one->revents = 0;
                if (timeout_ms >= 0 && end - now < look_ms)
                        look_ms = (DWORD)(end - now);
                Sleep(look_ms);
                look_ms = look_ms * 2 < LOOK_MS_MAX ? look_ms * 2 : LOOK_MS_MAX;
        }
}

int message_send(int socket, uint32_t type, uint32_t id, struct text body, int fd)
{
        struct message_head head;
        struct frame frame = { .bytes = (uint32_t)(sizeof(head) + body.len), .attached = fd >= 0 };
        struct text attached = { NULL, 0 };
        int err = body.len > MESSAGE_BODY_MAX ? ERR_LIMIT : 0;

        if (!err && fd >= 0)
                err = memory_file_map(&attached, fd, ATTACHED_BYTES_MAX);
        if (err)
                return err;
        message_head_fill(&head, type, id, body.len);
        frame.attached_bytes = attached.len;
        err = write_all(socket, (struct text){ (char *)&frame, sizeof(frame) });
        if (!err)
                err = write_all(socket, (struct text){ (char *)&head, sizeof(head) });
        if (!err)
                err = write_all(socket, body);
        if (!err)
                err = write_all(socket, attached);
        memory_file_unmap(&attached);
        return err;
}

static int take_attached(int *out, int socket, uint64_t bytes)
{
        AUTO(mem_free_at) char *room = NULL;
        int err;

        if (bytes > ATTACHED_BYTES_MAX)
                return ERR_FORMAT;
        room = mem_zero(bytes, 1);
        if (!room)
                return ERR_MEMORY;
        err = read_all(socket, room, bytes);
        return err ? err : memory_file_make(out, "attached", (struct text){ room, bytes });
}

int message_receive(struct message *out, int socket, void *buf, size_t room, int timeout_ms)
{
        struct pollfd p = { .fd = (SOCKET)socket, .events = POLLIN };
        struct message got;
        struct frame frame;
        int err, fd = -1;

        if (timeout_ms >= 0 && poll(&p, 1, timeout_ms) == 0)
                return ERR_BUSY;
        err = read_all(socket, &frame, sizeof(frame));
        if (!err && (frame.bytes > room || frame.attached > 1))
                err = ERR_FORMAT;
        if (!err)
                err = read_all(socket, buf, frame.bytes);
        if (!err)
                err = message_parse(&got, buf, frame.bytes);
        if (!err && frame.attached)
                err = take_attached(&fd, socket, frame.attached_bytes);
        if (err)
                return err;
        got.fd = fd;
        *out = got;
        return 0;
}
