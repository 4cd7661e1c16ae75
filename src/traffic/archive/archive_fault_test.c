/* traffic/archive/archive_fault_test.c: the archive when something goes wrong: the power, the disk,
 * a foreign hand, the clock. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "system/os/folder.h"
#include "traffic/archive/archive.h"
#include "traffic/archive/manifest.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const time_ms today = INT64_C(19737) * DAY_MS; /* 15/01/2024 */

struct place {
        char path[64];
        struct folder *folder;
        time_ms now;
        struct clock clock;
        struct archive *archive;
};

static void place_init(struct place *p)
{
        *p = (struct place){ .path = "/tmp/canh-archive-XXXXXX", .now = today };
        assert_non_null(mkdtemp(p->path));
        assert_int_equal(folder_open(&p->folder, p->path), 0);
        p->clock = clock_fixed(&p->now);
}

static int remove_one(void *state, const char *name)
{
        return file_remove(state, name);
}

static void place_done(struct place *p)
{
        p->archive = archive_close(p->archive);
        assert_int_equal(folder_each(p->folder, remove_one, p->folder), 0);
        p->folder = folder_close(p->folder);
        assert_int_equal(remove(p->path), 0);
}

static void place_open(struct place *p, struct archive_options options)
{
        options.clock = &p->clock;
        assert_int_equal(archive_open(&p->archive, p->folder, &options), 0);
}

static struct flow flow_number(uint64_t n, time_ms begin)
{
        return (struct flow){ .begin = begin,
                .end = begin + 5,
                .source = ip_address_from_v4(UINT32_C(0x0a000001) + (uint32_t)n % 50),
                .destination = ip_address_from_v4(UINT32_C(0xc6336400) + (uint32_t)n % 200),
                .source_port = (uint16_t)n,
                .bytes_out = n };
}

static int put_flows(struct archive *a, uint64_t from, uint64_t to, time_ms begin)
{
        struct traffic_sink sink = archive_sink(a);
        int err = 0;

        for (uint64_t n = from; n < to && !err; n++) {
                struct flow f = flow_number(n, begin + (time_ms)(n % 1000));

                err = sink.take_flow(sink.state, &f);
        }
        return err;
}

static int sum_flow(void *state, const struct flow *f)
{
        uint64_t *sums = state;

        sums[0]++;
        sums[1] += f->bytes_out;
        return 0;
}

/* How many flows a reader sees, and the sum of their numbers; *damage: is a file named? */
static uint64_t seen(struct place *p, uint64_t *sum, bool *damage)
{
        AUTO(archive_reader_close_at) struct archive_reader *r = NULL;
        uint64_t sums[2] = { 0 };

        assert_int_equal(archive_reader_open(&r, p->folder), 0);
        assert_int_equal(archive_each(r, &(struct archive_question){ 0 },
                             (struct traffic_sink){ .take_flow = sum_flow, .state = sums }),
            0);
        if (sum)
                *sum = sums[1];
        *damage = archive_reader_damage(r, 0) != NULL;
        return sums[0];
}

static void assert_seen(struct place *p, uint64_t count)
{
        uint64_t sum;
        bool damage;

        assert_int_equal(seen(p, &sum, &damage), count);
        assert_int_equal(sum, count * (count - 1) / 2);
        assert_false(damage);
}

/* The only file whose name ends so, into name[64]. */
struct search {
        const char *tail;
        char name[64];
};

static int find_one(void *state, const char *name)
{
        struct search *s = state;

        if (text_ends(text_of(name), s->tail))
                (void)snprintf(s->name, sizeof(s->name), "%s", name);
        return 0;
}

static int open_file(struct place *p, const char *tail, char name[64])
{
        struct search s = { .tail = tail };
        int fd;

        assert_int_equal(folder_each(p->folder, find_one, &s), 0);
        assert_true(s.name[0]);
        fd = openat(folder_handle(p->folder), s.name, O_RDWR | O_CLOEXEC);
        assert_true(fd >= 0);
        (void)snprintf(name, 64, "%s", s.name);
        return fd;
}

static void a_killed_writer_loses_only_what_it_had_not_flushed(void **state)
{
        struct place p;
        pid_t child;
        int status;

        (void)state;
        place_init(&p);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                struct archive *a;

                if (archive_open(&a, p.folder, &(struct archive_options){ .clock = &p.clock }) ||
                    put_flows(a, 0, 7000, today) || archive_seal(a) ||
                    put_flows(a, 7000, 9000, today) || archive_flush(a) ||
                    put_flows(a, 9000, 9100, today))
                        _exit(1);
                (void)raise(SIGKILL);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_seen(&p, 7000);
        place_open(&p, (struct archive_options){ 0 });
        assert_int_equal(archive_seal(p.archive), 0);
        assert_seen(&p, 9000);
        place_done(&p);
}

static void a_torn_journal_is_cut_and_told(void **state)
{
        struct archive_counts counts;
        char name[64];
        struct place p;
        int fd;

        (void)state;
        place_init(&p);
        place_open(&p, (struct archive_options){ 0 });
        assert_int_equal(put_flows(p.archive, 0, 100, today), 0);
        assert_int_equal(archive_flush(p.archive), 0);
        assert_int_equal(put_flows(p.archive, 100, 200, today), 0);
        p.archive = archive_close(p.archive);
        fd = open_file(&p, ".journal", name);
        assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) - 3), 0);
        (void)close(fd);
        place_open(&p, (struct archive_options){ 0 });
        archive_count(&counts, p.archive);
        assert_true(counts.dropped_unsealed_bytes > 1000);
        assert_int_equal(put_flows(p.archive, 100, 300, today), 0);
        assert_int_equal(archive_seal(p.archive), 0);
        assert_seen(&p, 300);
        place_done(&p);
}

/* Each byte of a part in turn is another: never a crash, never a wrong flow without a name. */
static void a_damaged_part_is_named_and_the_rest_stays_readable(void **state)
{
        char name[64], byte, other;
        struct place p;
        bool damage;
        int fd;

        (void)state;
        place_init(&p);
        place_open(&p, (struct archive_options){ 0 });
        assert_int_equal(put_flows(p.archive, 0, 500, today - 5 * DAY_MS), 0);
        assert_int_equal(put_flows(p.archive, 500, 1000, today - 4 * DAY_MS), 0);
        assert_int_equal(archive_seal(p.archive), 0);
        fd = open_file(&p, ".part", name);
        for (off_t at = 0; pread(fd, &byte, 1, at) == 1; at++) {
                uint64_t sum, count;

                other = (char)(byte ^ 0x5a);
                assert_int_equal(pwrite(fd, &other, 1, at), 1);
                count = seen(&p, &sum, &damage);
                if (count != 1000)
                        assert_true(damage && count >= 500);
                else if (!damage)
                        assert_int_equal(sum, 1000 * 999 / 2);
                assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        }
        assert_seen(&p, 1000);
        assert_int_equal(ftruncate(fd, 100), 0);
        assert_int_equal(seen(&p, NULL, &damage), 500);
        assert_true(damage);
        (void)close(fd);
        place_done(&p);
}

static void a_damaged_manifest_is_made_anew_from_the_parts(void **state)
{
        char name[64];
        struct place p;
        int fd;

        (void)state;
        place_init(&p);
        place_open(&p, (struct archive_options){ 0 });
        for (uint64_t n = 0; n < 4000; n += 500) { /* of one day: they are merged on the way */
                assert_int_equal(put_flows(p.archive, n, n + 500, today - 5 * DAY_MS), 0);
                assert_int_equal(archive_seal(p.archive), 0);
        }
        assert_int_equal(put_flows(p.archive, 4000, 5000, today), 0);
        p.archive = archive_close(p.archive);
        fd = open_file(&p, ".manifest", name);
        assert_int_equal(pwrite(fd, "????", 4, 20), 4);
        (void)close(fd);
        assert_seen(&p, 4000);
        place_open(&p, (struct archive_options){ 0 });
        assert_int_equal(archive_seal(p.archive), 0);
        assert_seen(&p, 5000);
        place_done(&p);
}

static void a_foreign_folder_and_a_later_version_are_refused(void **state)
{
        struct archive_reader *r;
        struct place p;
        char name[64];
        int fd;

        (void)state;
        place_init(&p);
        assert_int_equal(
            file_write_atomic(p.folder, "letter.txt", TEXT("not an archive"), 0600), 0);
        assert_int_equal(
            archive_open(&p.archive, p.folder, &(struct archive_options){ .clock = &p.clock }),
            ERR_FORMAT);
        assert_int_equal(file_remove(p.folder, "letter.txt"), 0);
        place_open(&p, (struct archive_options){ 0 });
        p.archive = archive_close(p.archive);
        fd = open_file(&p, ".manifest", name);
        assert_int_equal(pwrite(fd, "\2", 1, 8), 1);
        (void)close(fd);
        assert_int_equal(
            archive_open(&p.archive, p.folder, &(struct archive_options){ .clock = &p.clock }),
            ERR_UNSUPPORTED);
        assert_int_equal(archive_reader_open(&r, p.folder), ERR_UNSUPPORTED);
        place_done(&p);
}

static void set_file_limit(rlim_t bytes)
{
        struct rlimit limit;

        assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
        limit.rlim_cur = bytes;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_refuses_facts_and_loses_none(void **state)
{
        uint64_t taken = 0;
        struct place p;
        int err = 0;

        (void)state;
        (void)signal(SIGXFSZ, SIG_IGN);
        place_init(&p);
        place_open(&p, (struct archive_options){ 0 });
        set_file_limit(200000);
        while (!err && taken < 100000) {
                err = put_flows(p.archive, taken, taken + 1, today);
                taken += !err;
        }
        assert_int_equal(err, ERR_IO);
        assert_true(taken > 1000);
        set_file_limit(1000); /* not even a part fits */
        assert_int_equal(archive_seal(p.archive), ERR_IO);
        set_file_limit(RLIM_INFINITY);
        assert_int_equal(put_flows(p.archive, taken, taken + 10, today), 0);
        assert_int_equal(archive_seal(p.archive), 0);
        assert_seen(&p, taken + 10);
        place_done(&p);
}

static void old_days_go_by_age_and_by_quota(void **state)
{
        struct archive_counts counts;
        struct place p;
        bool damage;

        (void)state;
        place_init(&p);
        place_open(&p, (struct archive_options){ .keep_days = 10 });
        for (int day = 20; day > 0; day--)
                assert_int_equal(put_flows(p.archive, 0, 100, today - day * DAY_MS), 0);
        assert_int_equal(archive_seal(p.archive), 0);
        assert_int_equal(seen(&p, NULL, &damage), 10 * 100);
        archive_count(&counts, p.archive);
        assert_int_equal(counts.removed_partitions, 10);
        assert_int_equal(counts.first_at, today - 10 * DAY_MS);
        p.archive = archive_close(p.archive);
        place_open(&p, (struct archive_options){ .quota_bytes = counts.bytes / 2 });
        assert_int_equal(archive_seal(p.archive), 0);
        archive_count(&counts, p.archive);
        assert_true(counts.partitions < 6);
        assert_true(counts.last_at >= today - DAY_MS);
        place_done(&p);
}

static void a_full_memory_is_sealed_between_two_days(void **state)
{
        enum { A_DAY = 7000 }; /* more than half of the least memory, and less than all of it */
        struct archive_counts counts;
        struct place p;

        (void)state;
        place_init(&p);
        place_open(&p, (struct archive_options){ .memory_bytes = 1 << 20 });
        for (int day = 4; day > 1; day--)
                assert_int_equal(put_flows(p.archive, 0, A_DAY, today - day * DAY_MS), 0);
        archive_count(&counts, p.archive);
        assert_int_equal(counts.partitions, 2);
        assert_int_equal(counts.flows, 2 * A_DAY);
        place_done(&p);
}

/* The wall clock of a place that is set to another year, and the steady one that is not. */
static time_ms far_now(void *state)
{
        return *(time_ms *)state + 3650 * (time_ms)DAY_MS;
}

static void a_clock_set_to_another_year_removes_nothing(void **state)
{
        struct archive_options options = { .keep_days = 10, .distrust_clock = true };
        struct archive_counts counts;
        struct place p;
        time_ms (*right)(void *);

        (void)state;
        place_init(&p);
        right = p.clock.now;
        place_open(&p, options);
        for (int day = 5; day > 0; day--)
                assert_int_equal(put_flows(p.archive, 0, 100, today - day * DAY_MS), 0);
        assert_int_equal(archive_seal(p.archive), 0);
        p.clock.now = far_now; /* while it runs, and at a start */
        assert_int_equal(put_flows(p.archive, 100, 200, today), 0);
        assert_int_equal(archive_seal(p.archive), 0);
        p.archive = archive_close(p.archive);
        place_open(&p, options);
        assert_int_equal(archive_seal(p.archive), 0);
        archive_count(&counts, p.archive);
        assert_int_equal(counts.removed_partitions, 0);
        assert_int_equal(counts.flows, 600);
        p.clock.now = right; /* and age counts again */
        p.archive = archive_close(p.archive);
        p.now = today + 9 * DAY_MS;
        place_open(&p, options);
        assert_int_equal(archive_seal(p.archive), 0);
        archive_count(&counts, p.archive);
        assert_true(counts.removed_partitions >= 4);
        place_done(&p);
}

static void times_that_cannot_be_share_one_partition(void **state)
{
        struct archive_counts counts;
        struct place p;

        (void)state;
        place_init(&p);
        place_open(&p, (struct archive_options){ 0 });
        for (uint64_t n = 0; n < 2000; n++)
                assert_int_equal(
                    put_flows(p.archive, n, n + 1,
                        n % 2 ? (time_ms)n * 999 * DAY_MS : today - (time_ms)n * DAY_MS),
                    0);
        assert_int_equal(archive_seal(p.archive), 0);
        archive_count(&counts, p.archive);
        assert_true(counts.partitions <= 401);
        assert_seen(&p, 2000);
        place_done(&p);
}

static void a_second_writer_is_busy_and_a_reader_is_not(void **state)
{
        struct archive *second;
        struct place p;

        (void)state;
        place_init(&p);
        place_open(&p, (struct archive_options){ 0 });
        assert_int_equal(put_flows(p.archive, 0, 10, today), 0);
        assert_int_equal(archive_seal(p.archive), 0);
        assert_int_equal(
            archive_open(&second, p.folder, &(struct archive_options){ .clock = &p.clock }),
            ERR_BUSY);
        assert_seen(&p, 10);
        place_done(&p);
}

static void a_reader_that_opened_before_a_merge_still_sees_all(void **state)
{
        AUTO(archive_reader_close_at) struct archive_reader *r = NULL;
        uint64_t sums[2] = { 0 };
        struct place p;

        (void)state;
        place_init(&p);
        p.now = today - 5 * DAY_MS; /* the day is not over: three parts of it stay apart */
        place_open(&p, (struct archive_options){ 0 });
        for (uint64_t n = 0; n < 300; n += 100) {
                assert_int_equal(put_flows(p.archive, n, n + 100, today - 5 * DAY_MS), 0);
                assert_int_equal(archive_seal(p.archive), 0);
        }
        assert_int_equal(archive_reader_open(&r, p.folder), 0);
        p.now = today;
        assert_int_equal(archive_seal(p.archive), 0);
        assert_int_equal(archive_each(r, &(struct archive_question){ 0 },
                             (struct traffic_sink){ .take_flow = sum_flow, .state = sums }),
            0);
        assert_null(archive_reader_damage(r, 0));
        assert_int_equal(sums[0], 300);
        assert_seen(&p, 300);
        place_done(&p);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_killed_writer_loses_only_what_it_had_not_flushed),
                cmocka_unit_test(a_torn_journal_is_cut_and_told),
                cmocka_unit_test(a_damaged_part_is_named_and_the_rest_stays_readable),
                cmocka_unit_test(a_damaged_manifest_is_made_anew_from_the_parts),
                cmocka_unit_test(a_foreign_folder_and_a_later_version_are_refused),
                cmocka_unit_test(a_full_disk_refuses_facts_and_loses_none),
                cmocka_unit_test(old_days_go_by_age_and_by_quota),
                cmocka_unit_test(a_full_memory_is_sealed_between_two_days),
                cmocka_unit_test(a_clock_set_to_another_year_removes_nothing),
                cmocka_unit_test(times_that_cannot_be_share_one_partition),
                cmocka_unit_test(a_reader_that_opened_before_a_merge_still_sees_all),
                cmocka_unit_test(a_second_writer_is_busy_and_a_reader_is_not),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
