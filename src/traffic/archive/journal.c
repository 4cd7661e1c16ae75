/* traffic/archive/journal.c: see journal.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/journal.h"
#include "base/mem.h"
#include "system/os/folder.h"
#include "traffic/archive/checksum.h"
#include "traffic/archive/little_endian.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH_MAX = JOURNAL_BATCH_HEAD_BYTES + JOURNAL_BATCH_BYTES + JOURNAL_RECORD_MAX };

const char *journal_name(char out[JOURNAL_NAME_MAX], uint64_t number)
{
        (void)snprintf(out, JOURNAL_NAME_MAX, "%016" PRIu64 ".journal", number);
        return out;
}

static int batch_begin(struct journal *j)
{
        uint8_t head[JOURNAL_BATCH_HEAD_BYTES] = { 0 };

        buffer_clear(&j->batch);
        j->last_begin = 0;
        return buffer_add(&j->batch, head, sizeof(head));
}

/* Reads exactly len bytes, or says how it ended: MISSING at the end of the file. */
static int read_exactly(int fd, void *out, size_t len)
{
        char *at = out;

        while (len) {
                ssize_t n = read(fd, at, len);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return n < 0 ? ERR_IO : ERR_MISSING;
                at += n;
                len -= (size_t)n;
        }
        return 0;
}

/* The next batch's records in out; FORMAT or MISSING: the journal ends here. */
static int read_batch(struct buffer *out, int fd)
{
        uint8_t head[JOURNAL_BATCH_HEAD_BYTES];
        uint32_t len;
        int err = read_exactly(fd, head, sizeof(head));

        if (err)
                return err;
        len = get_u32(head);
        if (len == 0 || len > BATCH_MAX)
                return ERR_FORMAT;
        buffer_clear(out);
        err = buffer_reserve(out, len);
        if (!err)
                err = read_exactly(fd, out->data, len);
        if (err)
                return err;
        out->len = len;
        return (uint32_t)checksum_xxh64(out->data, len) == get_u32(head + 4) ? 0 : ERR_FORMAT;
}

static int read_header(int fd)
{
        uint8_t header[JOURNAL_HEADER_BYTES];
        int err = read_exactly(fd, header, sizeof(header));

        if (err)
                return err;
        if (memcmp(header, JOURNAL_MAGIC, 8) != 0)
                return ERR_FORMAT;
        return get_u32(header + 8) == JOURNAL_VERSION ? 0 : ERR_UNSUPPORTED;
}

static int replay(struct journal *j, struct traffic_sink sink)
{
        AUTO(buffer_done) struct buffer records = BUFFER(BATCH_MAX);
        int err = read_header(j->fd);

        if (err)
                return err;
        j->len = JOURNAL_HEADER_BYTES;
        for (;;) {
                err = read_batch(&records, j->fd);
                if (!err)
                        err = journal_parse((struct text){ records.data, records.len }, sink);
                if (err)
                        return err;
                j->len += JOURNAL_BATCH_HEAD_BYTES + records.len;
        }
}

static int make_header(struct journal *j)
{
        uint8_t header[JOURNAL_HEADER_BYTES] = JOURNAL_MAGIC;
        int err;

        put_u32(header + 8, JOURNAL_VERSION);
        if (ftruncate(j->fd, 0) != 0 || lseek(j->fd, 0, SEEK_SET) != 0)
                return ERR_IO;
        err = file_write_handle(j->fd, (struct text){ (const char *)header, sizeof(header) });
        if (!err)
                j->len = sizeof(header);
        return err;
}

int journal_open(struct journal *j, struct folder *folder, uint64_t number,
    struct traffic_sink sink, uint64_t *dropped)
{
        char name[JOURNAL_NAME_MAX];
        struct stat st;
        int err;

        *j = (struct journal){ .batch = BUFFER(BATCH_MAX) };
        j->fd = openat(folder_handle(folder), journal_name(name, number),
            O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (j->fd < 0 || fstat(j->fd, &st) != 0)
                return err_from_errno(errno);
        err = st.st_size ? replay(j, sink) : ERR_MISSING;
        if (err != ERR_MISSING && err != ERR_FORMAT)
                return err;
        *dropped = (uint64_t)st.st_size - j->len;
        err = 0;
        if (j->len == 0)
                err = make_header(j);
        else if (*dropped && ftruncate(j->fd, (off_t)j->len) != 0)
                err = ERR_IO;
        if (!err && lseek(j->fd, (off_t)j->len, SEEK_SET) < 0)
                err = ERR_IO;
        if (!err)
                err = folder_sync(folder);
        return err ? err : batch_begin(j);
}

void journal_close(struct journal *j)
{
        file_close_at(&j->fd);
        buffer_done(&j->batch);
}

static int write_batch(struct journal *j)
{
        size_t records = j->batch.len - JOURNAL_BATCH_HEAD_BYTES;
        uint8_t *head = (uint8_t *)j->batch.data;
        int err;

        put_u32(head, (uint32_t)records);
        put_u32(head + 4, (uint32_t)checksum_xxh64(head + JOURNAL_BATCH_HEAD_BYTES, records));
        err = file_write_handle(j->fd, (struct text){ j->batch.data, j->batch.len });
        if (err) { /* half a batch may stand there: the next one goes in its place */
                if (ftruncate(j->fd, (off_t)j->len) != 0 ||
                    lseek(j->fd, (off_t)j->len, SEEK_SET) < 0)
                        return ERR_IO;
                return err;
        }
        j->len += j->batch.len;
        return batch_begin(j);
}

int journal_flush(struct journal *j, bool durable)
{
        int err = j->batch.len > JOURNAL_BATCH_HEAD_BYTES ? write_batch(j) : 0;

        if (!err && durable && fdatasync(j->fd) != 0)
                err = errno == ENOSPC || errno == EDQUOT ? ERR_LIMIT : ERR_IO;
        return err;
}

static int make_room(struct journal *j)
{
        return j->batch.len >= JOURNAL_BATCH_BYTES ? journal_flush(j, false) : 0;
}

int journal_add_flow(struct journal *j, const struct flow *flow)
{
        int err = make_room(j);

        return err ? err : journal_write_flow(&j->batch, &j->last_begin, flow);
}

int journal_add_name(struct journal *j, const struct name_sighting *sighting)
{
        int err = make_room(j);

        return err ? err : journal_write_name(&j->batch, &j->last_begin, sighting);
}

int journal_add_translation(struct journal *j, const struct translation *translation)
{
        int err = make_room(j);

        return err ? err : journal_write_translation(&j->batch, &j->last_begin, translation);
}

int journal_add_lease(struct journal *j, const struct lease *lease)
{
        int err = make_room(j);

        return err ? err : journal_write_lease(&j->batch, &j->last_begin, lease);
}
