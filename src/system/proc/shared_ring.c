/* system/proc/shared_ring.c: see shared_ring.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/shared_ring.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Positions count bytes for ever; a record begins at position & (size - 1). Each on a line of the
 * cache of its own, so that writer and reader do not take it from each other. */
struct ring_head {
        _Alignas(64) _Atomic uint64_t written;
        _Alignas(64) _Atomic uint64_t read;
        _Alignas(64) _Atomic uint32_t sleeping;
        _Alignas(64) _Atomic uint64_t refused;
};

struct record_head {
        uint32_t bytes; /* TO_THE_START: the rest of the memory is left out */
        uint32_t unused;
};

enum { HEAD_ROOM = 4096, WAIT_FOR_ROOM_MS = 1, RECORD_ALIGN = 8 };
#define TO_THE_START UINT32_MAX

struct shared_ring {
        struct ring_head *head;
        char *data;
        size_t size;
        int bell;
        uint64_t at;   /* our own position: the writer's next byte, or the reader's */
        uint64_t next; /* of the writer: behind the record under way */
        uint64_t seen; /* the other end's position when it was last looked at */
        bool is_writer, is_reader;
};

int shared_ring_make(int *out_fd, const char *name, size_t bytes)
{
        int fd;

        if (bytes < SHARED_RING_BYTES_MIN || bytes > SHARED_RING_BYTES_MAX || (bytes & (bytes - 1)))
                return ERR_LIMIT;
        fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd < 0)
                return err_from_errno(errno);
        if (ftruncate(fd, (off_t)(HEAD_ROOM + bytes)) != 0 ||
            fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
                (void)close(fd);
                return ERR_MEMORY;
        }
        *out_fd = fd;
        return 0;
}

int shared_ring_bell(int *out_fd)
{
        int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

        if (fd < 0)
                return err_from_errno(errno);
        *out_fd = fd;
        return 0;
}

int shared_ring_open(struct shared_ring **out, int fd, int bell)
{
        struct shared_ring *r;
        struct stat st;
        void *memory;

        if (fstat(fd, &st) != 0 || st.st_size < HEAD_ROOM + SHARED_RING_BYTES_MIN)
                return ERR_UNTRUSTED;
        r = mem_zero(1, sizeof(*r));
        if (!r)
                return ERR_MEMORY;
        memory = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (memory == MAP_FAILED) {
                mem_free(r);
                return ERR_MEMORY;
        }
        r->head = memory;
        r->data = (char *)memory + HEAD_ROOM;
        r->size = (size_t)st.st_size - HEAD_ROOM;
        r->bell = bell;
        *out = r;
        return 0;
}

struct shared_ring *shared_ring_close(struct shared_ring *r)
{
        if (r) {
                (void)munmap(r->head, r->size + HEAD_ROOM);
                mem_free(r);
        }
        return NULL;
}

void shared_ring_close_at(struct shared_ring **r)
{
        *r = shared_ring_close(*r);
}

int shared_ring_clear(int fd)
{
        AUTO(shared_ring_close_at) struct shared_ring *r = NULL;
        int err = shared_ring_open(&r, fd, -1);

        if (err)
                return err;
        atomic_store(&r->head->written, 0);
        atomic_store(&r->head->read, 0);
        atomic_store(&r->head->sleeping, 0);
        return 0;
}

static size_t step_of(size_t len)
{
        return sizeof(struct record_head) +
               ((len + RECORD_ALIGN - 1) & ~(size_t)(RECORD_ALIGN - 1));
}

static struct record_head *head_at(const struct shared_ring *r, uint64_t position)
{
        return (struct record_head *)(void *)(r->data + (position & (r->size - 1)));
}

static bool has_room(struct shared_ring *r, uint64_t until)
{
        if (until - r->seen <= r->size)
                return true;
        r->seen = atomic_load_explicit(&r->head->read, memory_order_acquire);
        return until - r->seen <= r->size;
}

/* Takes no notice of refusal: the callers count. */
static void *reserve(struct shared_ring *r, size_t len)
{
        size_t step = step_of(len), to_end;
        uint64_t from;

        if (!r->is_writer) {
                r->at = atomic_load_explicit(&r->head->written, memory_order_relaxed);
                r->seen = atomic_load_explicit(&r->head->read, memory_order_acquire);
                r->is_writer = true;
        }
        to_end = r->size - (r->at & (r->size - 1));
        from = step > to_end ? r->at + to_end : r->at;
        if (!has_room(r, from + step))
                return NULL;
        if (from != r->at)
                head_at(r, r->at)->bytes = TO_THE_START;
        head_at(r, from)->bytes = (uint32_t)len;
        r->next = from + step;
        return head_at(r, from) + 1;
}

static void count_refused(struct shared_ring *r)
{
        atomic_fetch_add_explicit(&r->head->refused, 1, memory_order_relaxed);
}

void *shared_ring_reserve(struct shared_ring *r, size_t len)
{
        void *room = len <= r->size / 4 ? reserve(r, len) : NULL;

        if (!room)
                count_refused(r);
        return room;
}

void shared_ring_commit(struct shared_ring *r)
{
        const uint64_t one = 1;

        r->at = r->next;
        atomic_store_explicit(&r->head->written, r->at, memory_order_seq_cst);
        if (atomic_load_explicit(&r->head->sleeping, memory_order_seq_cst) &&
            atomic_exchange_explicit(&r->head->sleeping, 0, memory_order_seq_cst))
                (void)!write(r->bell, &one, sizeof(one));
}

int shared_ring_put(struct shared_ring *r, struct text record, int timeout_ms)
{
        void *room = NULL;

        if (record.len > r->size / 4) {
                count_refused(r);
                return ERR_LIMIT;
        }
        while (!(room = reserve(r, record.len)) && timeout_ms > 0) {
                (void)poll(NULL, 0, WAIT_FOR_ROOM_MS);
                timeout_ms -= WAIT_FOR_ROOM_MS;
        }
        if (!room) {
                count_refused(r);
                return ERR_BUSY;
        }
        if (record.len)
                memcpy(room, record.data, record.len);
        shared_ring_commit(r);
        return 0;
}

uint64_t shared_ring_refused(const struct shared_ring *r)
{
        return atomic_load_explicit(&r->head->refused, memory_order_relaxed);
}

static void begin_reading(struct shared_ring *r)
{
        if (r->is_reader)
                return;
        r->at = atomic_load_explicit(&r->head->read, memory_order_relaxed);
        r->seen = r->at;
        r->is_reader = true;
}

/* How many bytes are there; more than the memory holds is a lie, and no record ends between. */
static int unread(uint64_t *out, struct shared_ring *r)
{
        if (r->seen == r->at)
                r->seen = atomic_load_explicit(&r->head->written, memory_order_acquire);
        *out = r->seen - r->at;
        return *out > r->size || (r->seen | r->at) % RECORD_ALIGN ? ERR_UNTRUSTED : 0;
}

int shared_ring_next(struct text *out, struct shared_ring *r)
{
        uint64_t left;
        uint32_t len;
        size_t to_end;
        int err;

        begin_reading(r);
        err = unread(&left, r);
        if (err)
                return err;
        if (!left)
                return ERR_MISSING;
        to_end = r->size - (r->at & (r->size - 1));
        len = *(volatile uint32_t *)&head_at(r, r->at)->bytes; /* once: the writer may change it */
        if (len == TO_THE_START && left > to_end) {
                r->at += to_end;
                left -= to_end;
                to_end = r->size;
                len = *(volatile uint32_t *)&head_at(r, r->at)->bytes;
        }
        if (len > r->size / 4 || step_of(len) > left || step_of(len) > to_end)
                return ERR_UNTRUSTED;
        *out = (struct text){ (const char *)(head_at(r, r->at) + 1), len };
        r->at += step_of(len);
        return 0;
}

void shared_ring_release(struct shared_ring *r)
{
        atomic_store_explicit(&r->head->read, r->at, memory_order_release);
}

static bool has_some(struct shared_ring *r)
{
        begin_reading(r);
        return atomic_load_explicit(&r->head->written, memory_order_seq_cst) != r->at;
}

/* The flag goes up before the last look, and the writer looks at it after it has written: one of
 * the two sees the other. */
void shared_ring_wait(struct shared_ring *const *rings, size_t count, int other, int timeout_ms)
{
        struct pollfd p[2] = { { .fd = count ? rings[0]->bell : -1, .events = POLLIN },
                { .fd = other, .events = POLLIN } };
        bool some = false;
        uint64_t rung;

        for (size_t i = 0; i < count; i++) {
                atomic_store_explicit(&rings[i]->head->sleeping, 1, memory_order_seq_cst);
                some = some || has_some(rings[i]);
        }
        if (poll(p, 2, some ? 0 : timeout_ms) > 0 && (p[0].revents & POLLIN))
                (void)!read(rings[0]->bell, &rung, sizeof(rung));
        for (size_t i = 0; i < count; i++)
                atomic_store_explicit(&rings[i]->head->sleeping, 0, memory_order_relaxed);
}
