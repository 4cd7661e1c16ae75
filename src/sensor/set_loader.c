/* sensor/set_loader.c: see set_loader.h. Handles travel to the thread through a pipe, as numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/set_loader.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "indicators/set/indicator_set.h"
#include "indicators/set/set_slot.h"
#include "sensor/role.h"
#include "system/os/folder.h"
#include "system/os/memory_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { WAITING_MAX = 64 };

struct set_loader {
        struct set_slot *slot;
        int wishes[2]; /* read by the thread; closing the other end ends it */
        pthread_t thread;
        bool runs;
        _Atomic uint64_t given, done;
};

static void load(struct set_loader *l, int fd)
{
        struct parse_error bad = { 0 };
        struct indicator_set *set = NULL;
        struct text bytes = { NULL, 0 };
        int err = memory_file_map(&bytes, fd, SET_BYTES_MAX);

        if (!err && bytes.len)
                err = indicator_set_parse(&set, bytes, &bad);
        memory_file_unmap(&bytes);
        (void)close(fd);
        if (!err)
                err = set_slot_swap_own(l->slot, set);
        if (err) /* the one in use stays */
                log_line(LOG_LEVEL_ERROR, "sensor analyse", "the set is refused: %s %s",
                    err_text(err), bad.why_en);
        atomic_fetch_add(&l->done, 1);
}

static void *run(void *state)
{
        struct set_loader *l = state;
        int fd;

        if (role_confine("sensor analyse", CONFINE_MESSAGES, NULL, CONFINE_READ))
                return NULL;
        for (;;) {
                ssize_t n = read(l->wishes[0], &fd, sizeof(fd));

                if (n == (ssize_t)sizeof(fd))
                        load(l, fd);
                else if (n >= 0 || errno != EINTR)
                        return NULL;
        }
}

int set_loader_new(struct set_loader **out, struct set_slot *slot)
{
        struct set_loader *l = mem_zero(1, sizeof(*l));

        if (!l)
                return ERR_MEMORY;
        l->slot = slot;
        if (pipe2(l->wishes, O_CLOEXEC) != 0) {
                mem_free(l);
                return ERR_LIMIT;
        }
        l->runs = pthread_create(&l->thread, NULL, run, l) == 0;
        if (!l->runs) {
                (void)set_loader_free(l);
                return ERR_MEMORY;
        }
        *out = l;
        return 0;
}

struct set_loader *set_loader_free(struct set_loader *l)
{
        if (!l)
                return NULL;
        (void)close(l->wishes[1]);
        if (l->runs)
                (void)pthread_join(l->thread, NULL);
        (void)close(l->wishes[0]);
        mem_free(l);
        return NULL;
}

int set_loader_load_own(struct set_loader *l, int fd)
{
        if (atomic_load(&l->given) - atomic_load(&l->done) >= WAITING_MAX) {
                (void)close(fd);
                return ERR_BUSY;
        }
        atomic_fetch_add(&l->given, 1);
        /* So few numbers fit into any pipe: this never waits. */
        if (write(l->wishes[1], &fd, sizeof(fd)) == (ssize_t)sizeof(fd))
                return 0;
        (void)close(fd);
        return ERR_IO;
}

uint64_t set_loader_done(const struct set_loader *l)
{
        return atomic_load(&l->done);
}
