/* system/os/folder_test.c: see folder.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/folder.h"
#include "system/os/memory_file.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <signal.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

struct place {
        char path[64];
        struct folder *folder;
};

static int place_open(void **state)
{
        static struct place p;

        (void)snprintf(p.path, sizeof(p.path), "/tmp/canh-folder-XXXXXX");
        if (!mkdtemp(p.path))
                return -1;
        *state = &p;
        return folder_open(&p.folder, p.path);
}

static int remove_one(void *state, const char *name)
{
        struct place *p = state;

        return unlinkat(folder_handle(p->folder), name, 0) == 0
                   ? 0
                   : unlinkat(folder_handle(p->folder), name, AT_REMOVEDIR);
}

static int place_close(void **state)
{
        struct place *p = *state;
        int err = folder_each(p->folder, remove_one, p);

        p->folder = folder_close(p->folder);
        return err ? err : rmdir(p->path);
}

static void what_was_written_is_read_back(void **state)
{
        struct place *p = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(100);

        assert_int_equal(file_write_atomic(p->folder, "a", TEXT("first"), 0600), 0);
        assert_int_equal(file_write_atomic(p->folder, "a", TEXT("second"), 0600), 0);
        assert_int_equal(file_read_all(&b, p->folder, "a"), 0);
        assert_string_equal(b.data, "second");
        assert_int_equal(file_append(p->folder, "a", TEXT("+"), 0600), 0);
        buffer_clear(&b);
        assert_int_equal(file_read_all(&b, p->folder, "a"), 0);
        assert_string_equal(b.data, "second+");
}

static void file_above_the_limit_leaves_the_buffer_as_it_was(void **state)
{
        struct place *p = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(5);

        assert_int_equal(file_write_atomic(p->folder, "a", TEXT("12345"), 0600), 0);
        assert_int_equal(file_read_all(&b, p->folder, "a"), 0);
        assert_int_equal(b.len, 5);
        buffer_clear(&b);
        assert_int_equal(file_write_atomic(p->folder, "a", TEXT("123456"), 0600), 0);
        assert_int_equal(file_read_all(&b, p->folder, "a"), ERR_LIMIT);
        assert_int_equal(b.len, 0);
}

static void names_never_lead_out_of_the_folder(void **state)
{
        struct place *p = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(5000);

        assert_int_equal(file_read_all(&b, p->folder, "../etc/passwd"), ERR_DENIED);
        assert_int_equal(file_read_all(&b, p->folder, "/etc/passwd"), ERR_DENIED);
        assert_int_equal(file_write_atomic(p->folder, "..", TEXT("x"), 0600), ERR_DENIED);
        assert_int_equal(symlinkat("/etc/passwd", folder_handle(p->folder), "link"), 0);
        assert_int_equal(file_read_all(&b, p->folder, "link"), ERR_DENIED);
        assert_int_equal(file_append(p->folder, "link", TEXT("x"), 0600), ERR_DENIED);
        assert_int_equal(b.len, 0);
}

static void full_disk_keeps_the_old_content(void **state)
{
        struct place *p = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(100);
        char big[4096];
        int status = 0;
        pid_t child;

        memset(big, 'x', sizeof(big));
        assert_int_equal(file_write_atomic(p->folder, "a", TEXT("old"), 0600), 0);
        child = fork();
        if (child == 0) {
                struct rlimit r = { .rlim_cur = 1000, .rlim_max = 1000 };

                (void)signal(SIGXFSZ, SIG_IGN);
                if (setrlimit(RLIMIT_FSIZE, &r) != 0)
                        _exit(2);
                _exit(file_write_atomic(p->folder, "a", (struct text){ big, sizeof(big) }, 0600) ==
                              ERR_LIMIT
                          ? 0
                          : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_int_equal(file_read_all(&b, p->folder, "a"), 0);
        assert_string_equal(b.data, "old");
}

static void lock_is_held_once(void **state)
{
        struct place *p = *state;
        AUTO(file_close_at) int first = -1;
        AUTO(file_close_at) int second = -1;

        assert_int_equal(file_lock(&first, p->folder, "lock"), 0);
        assert_int_equal(file_lock(&second, p->folder, "lock"), ERR_BUSY);
        file_close_at(&first);
        assert_int_equal(file_lock(&second, p->folder, "lock"), 0);
}

static void sealed_memory_cannot_be_changed(void **state)
{
        AUTO(file_close_at) int fd = -1;
        struct text back;
        int pipes[2];

        (void)state;
        assert_int_equal(memory_file_make(&fd, "test", TEXT("bytes")), 0);
        assert_int_equal(write(fd, "x", 1), -1);
        assert_int_equal(ftruncate(fd, 0), -1);
        assert_int_equal(memory_file_map(&back, fd, 4), ERR_LIMIT);
        assert_int_equal(memory_file_map(&back, fd, 5), 0);
        assert_true(text_is(back, "bytes"));
        memory_file_unmap(&back);
        assert_int_equal(pipe(pipes), 0);
        assert_int_equal(memory_file_map(&back, pipes[0], 5), ERR_UNTRUSTED);
        (void)close(pipes[0]);
        (void)close(pipes[1]);
}

#define WITH_PLACE(f) cmocka_unit_test_setup_teardown(f, place_open, place_close)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_PLACE(what_was_written_is_read_back),
                WITH_PLACE(file_above_the_limit_leaves_the_buffer_as_it_was),
                WITH_PLACE(names_never_lead_out_of_the_folder),
                WITH_PLACE(full_disk_keeps_the_old_content),
                WITH_PLACE(lock_is_held_once),
                cmocka_unit_test(sealed_memory_cannot_be_changed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
