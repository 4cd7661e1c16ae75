/* The reader process: has foreign files read, each in a child that lives for one job.
 *
 * Keeps:    its message socket; children of its own. No file, no network: seccomp CONFINE_ZYGOTE.
 * A child:  the upload (sealed, read only) and an empty memory file for its answer; seccomp
 *           CONFINE_MEMORY; limits of address space, CPU and wall time. It never hears another job.
 * Accepts:  READER_RUN with one handle; anything else ends the process.
 * Limits:   JOBS_MAX at a time, BUSY beyond. No threads, so that fork is whole.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/proc_reader.h"

#include "base/log.h"
#include "base/mem.h"
#include "centre/reader/job.h"
#include "centre/reader_messages.h"
#include "codec/json_fields.h"
#include "system/os/confine.h"
#include "system/proc/message.h"
#include "system/proc/message_parse.h"
#include "system/proc/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATE_READY = 1, JOBS_MAX = 8, WALL_FACTOR = 3, TICK_MS = 50, NAME_MAX_BYTES = 64 };

struct running {
        int pid; /* 0: free */
        uint32_t id;
        int output, result;
        int64_t until_steady;
        bool timed_out;
};

struct reader {
        int socket;
        struct running jobs[JOBS_MAX];
};

#if defined(__SANITIZE_ADDRESS__)
enum { LIMIT_ADDRESS_SPACE = 0 }; /* the sanitizer's shadow alone takes terabytes of it */
#else
enum { LIMIT_ADDRESS_SPACE = 1 };
#endif

static void limit(const struct reader_job *job)
{
        const struct rlimit cpu = { job->seconds, job->seconds + 1 };
        const struct rlimit none = { 0, 0 };
        const rlim_t bytes = ((rlim_t)job->memory_mib << 20) + ((rlim_t)256 << 20);
        const struct rlimit memory = { bytes, bytes };

        (void)setrlimit(RLIMIT_CPU, &cpu);
        (void)setrlimit(RLIMIT_CORE, &none);
        if (LIMIT_ADDRESS_SPACE)
                (void)setrlimit(RLIMIT_AS, &memory);
}

static int write_all(int fd, const void *bytes, size_t len)
{
        const char *p = bytes;

        while (len) {
                ssize_t n = write(fd, p, len);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return ERR_IO;
                p += n;
                len -= (size_t)n;
        }
        return 0;
}

/* The upload begins with the options (struct reader_upload), which are web's own words. */
static int run_job(
    struct buffer *out, struct parse_error *bad, const struct reader_job *job, int upload)
{
        AUTO(json_free_at) json_t *options = NULL;
        struct reader_upload head;
        const char *bytes;
        off_t end;
        size_t len;
        int err;

        end = lseek(upload, 0, SEEK_END); /* fstat is newfstatat, which could ask about any file */
        if (end < (off_t)sizeof(head))
                return ERR_BUG;
        len = (size_t)end;
        bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, upload, 0);
        if (bytes == MAP_FAILED)
                return ERR_LIMIT;
        memcpy(&head, bytes, sizeof(head));
        bytes += sizeof(head);
        len -= sizeof(head);
        if (head.options_bytes > len)
                return ERR_BUG;
        err = json_read(&options, (struct text){ bytes, head.options_bytes }, bad);
        if (err)
                return ERR_BUG;
        return job->run(out, options,
            (struct text){ bytes + head.options_bytes, len - head.options_bytes }, bad);
}

/* What the child writes to `result` at the very end; a short file means that it did not get there.
 */
static _Noreturn void child(const struct reader_job *job, int upload, int output, int result)
{
        struct buffer out = BUFFER(JOB_OUT_BYTES_MAX);
        struct reader_result end = { .end = READER_END_ANSWER };
        struct confine_report fences;
        int keep[] = { upload, output, result };

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)prctl(PR_SET_NAME, "canh-read-job");
        process_close_all_but(keep, ARRAY_LEN(keep));
        limit(job);
        if (confine_apply(&fences, &(struct confine_request){ .profile = CONFINE_MEMORY }) != 0)
                _exit(2);
        end.err = run_job(&out, &end.bad, job, upload);
        if (!end.err && write_all(output, out.data, out.len) != 0)
                end.err = ERR_LIMIT;
        end.output_bytes = (uint32_t)out.len;
        _exit(write_all(result, &end, sizeof(end)) == 0 ? 0 : 3);
}

static int report(struct reader *r, uint32_t id, const struct reader_result *result, int output)
{
        return message_send(r->socket, READER_DONE, id,
            (struct text){ (const char *)result, sizeof(*result) }, output);
}

static struct running *free_place(struct reader *r)
{
        for (size_t i = 0; i < JOBS_MAX; i++)
                if (r->jobs[i].pid == 0)
                        return &r->jobs[i];
        return NULL;
}

static int start_job(struct reader *r, const struct reader_job *job, const struct message *m)
{
        struct running *place = free_place(r);
        int output, result, pid;

        if (!place)
                return ERR_BUSY;
        output = memfd_create("answer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        result = memfd_create("result", MFD_CLOEXEC);
        pid = output < 0 || result < 0 ? -1 : fork();
        if (pid == 0)
                child(job, m->fd, output, result);
        if (pid < 0) {
                if (output >= 0)
                        (void)close(output);
                if (result >= 0)
                        (void)close(result);
                return ERR_MEMORY;
        }
        *place = (struct running){ pid, m->id, output, result,
                clock_steady(&clock_real) + (int64_t)job->seconds * WALL_FACTOR * SECOND_MS,
                false };
        return 0;
}

static int on_run(void *state, const struct message *m)
{
        struct reader *r = state;
        const struct reader_job *job = NULL;
        struct reader_result refused = { 0 };
        char name[NAME_MAX_BYTES];

        if (text_copy(name, sizeof(name), m->body) == 0)
                job = reader_job_find(name);
        refused.err = job ? start_job(r, job, m) : ERR_UNSUPPORTED;
        (void)close(m->fd);
        return refused.err ? report(r, m->id, &refused, -1) : 0;
}

static const struct message_rule rules[] = {
        { .type = READER_RUN,
            .min_bytes = 1,
            .max_bytes = NAME_MAX_BYTES,
            .states = STATE_READY,
            .with_fd = true,
            .handle = on_run },
};
static const struct message_table table = { rules, ARRAY_LEN(rules) };

/* A child that did not end in order has its end told, never its half-written answer. */
static int reap(struct reader *r, struct running *job, int status)
{
        struct reader_result result;
        bool whole = WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
                     pread(job->result, &result, sizeof(result), 0) == (ssize_t)sizeof(result);
        int err;

        if (!whole) {
                bool time = job->timed_out || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
                result = (struct reader_result){
                        .err = time ? ERR_LIMIT : ERR_UNTRUSTED,
                        .end = time ? READER_END_TIME : READER_END_CRASH,
                        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                };
        } else if (result.err == ERR_MEMORY) {
                result.end = READER_END_MEMORY;
        }
        err = report(r, job->id, &result, result.err ? -1 : job->output);
        (void)close(job->output);
        (void)close(job->result);
        *job = (struct running){ 0 };
        return err;
}

static int look_after(struct reader *r)
{
        int64_t now = clock_steady(&clock_real);
        int err = 0, status;

        for (size_t i = 0; !err && i < JOBS_MAX; i++) {
                struct running *job = &r->jobs[i];
                if (job->pid == 0)
                        continue;
                if (now > job->until_steady && !job->timed_out) {
                        job->timed_out = true;
                        (void)kill(job->pid, SIGKILL);
                }
                if (waitpid(job->pid, &status, WNOHANG) == job->pid)
                        err = reap(r, job, status);
        }
        return err;
}

static bool has_jobs(const struct reader *r)
{
        for (size_t i = 0; i < JOBS_MAX; i++)
                if (r->jobs[i].pid)
                        return true;
        return false;
}

/* The end of a child interrupts the poll (EINTR); the tick is for those that run too long. */
static int serve(struct reader *r)
{
        static char room[MESSAGE_BYTES_MAX];
        struct message m;
        int err = 0;

        while (!err) {
                struct pollfd p = { .fd = r->socket, .events = POLLIN };
                int n = poll(&p, 1, has_jobs(r) ? TICK_MS : -1);
                if (n > 0) {
                        err = message_receive(&m, r->socket, room, sizeof(room), 0);
                        if (!err)
                                err = message_dispatch(&table, STATE_READY, r, &m);
                }
                if (!err)
                        err = look_after(r);
        }
        return err;
}

static void wake_up(int signal)
{
        (void)signal;
}

int proc_reader_run(void *state)
{
        const struct proc_reader *given = state;
        struct reader r = { .socket = given->socket };
        const struct sigaction on_child = { .sa_handler = wake_up };
        struct confine_report fences;
        int err;

        (void)sigaction(SIGCHLD, &on_child, NULL);
        err = confine_apply(&fences, &(struct confine_request){ .profile = CONFINE_ZYGOTE });
        if (!err)
                err = serve(&r);
        if (err != ERR_CLOSED)
                log_line(LOG_LEVEL_ERROR, "centre reader", "ends: %s", err_text(err));
        for (size_t i = 0; i < JOBS_MAX; i++)
                if (r.jobs[i].pid)
                        (void)kill(r.jobs[i].pid, SIGKILL);
        return err == ERR_CLOSED ? 0 : 1;
}
