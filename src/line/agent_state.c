/* line/agent_state.c: see agent_state.h. SPDX-License-Identifier: Apache-2.0 */
#include "line/agent_state.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NOTE_BYTES_MAX = 1 << 20, NAME_ROOM = 48, LOCK_TRIES = 200, LOCK_WAIT_US = 10000 };

struct agent_state {
        struct folder *folder, *outbox;
};

void agent_identity_init(struct agent_identity *i)
{
        *i = (struct agent_identity){ .authority = BUFFER(AGENT_PEM_MAX),
                .certificate = BUFFER(AGENT_PEM_MAX),
                .key = BUFFER(AGENT_PEM_MAX) };
}

void agent_identity_done(struct agent_identity *i)
{
        if (i->key.data)
                sodium_memzero(i->key.data, i->key.room);
        buffer_done(&i->authority);
        buffer_done(&i->certificate);
        buffer_done(&i->key);
}

int agent_state_open(struct agent_state **out, const char *path)
{
        AUTO(agent_state_close_at) struct agent_state *s = mem_zero(1, sizeof(*s));
        int err = s ? folder_open_or_make(&s->folder, path, 0700) : ERR_MEMORY;

        if (!err)
                err = folder_open_in(&s->outbox, s->folder, "outbox", true);
        if (err)
                return err;
        *out = MOVE(s);
        return 0;
}

struct agent_state *agent_state_close(struct agent_state *s)
{
        if (s) {
                (void)folder_close(s->outbox);
                (void)folder_close(s->folder);
                mem_free(s);
        }
        return NULL;
}

void agent_state_close_at(struct agent_state **s)
{
        *s = agent_state_close(*s);
}

const struct folder *agent_state_folder(const struct agent_state *s)
{
        return s->folder;
}

const char *agent_state_path(const struct agent_state *s)
{
        return folder_path(s->folder);
}

int agent_note_load(json_t **out, const struct agent_state *s, const char *name)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(NOTE_BYTES_MAX);
        int err = file_read_all(&bytes, s->folder, name);

        return err ? err
                   : json_read(out, (struct text){ bytes.data ? bytes.data : "", bytes.len }, NULL);
}

int agent_note_save(const struct agent_state *s, const char *name, const json_t *note)
{
        AUTO(mem_free_at) char *text = json_dumps(note, JSON_INDENT(1));

        return text ? file_write_atomic(s->folder, name, text_of(text), 0600) : ERR_MEMORY;
}

bool agent_was_refused(const struct agent_state *s)
{
        AUTO(json_free_at) json_t *note = NULL;

        return agent_note_load(&note, s, AGENT_CENTRE_NOTE) == 0 &&
               json_is_true(json_object_get(note, "refused"));
}

static int field_copy(char *out, size_t room, const json_t *o, const char *name)
{
        struct text t;
        int err = json_field_text(&t, o, name, room - 1, NULL);

        return err ? err : text_copy(out, room, t);
}

int agent_identity_load(struct agent_identity *out, const struct agent_state *s)
{
        AUTO(json_free_at) json_t *o = NULL;
        int err = agent_note_load(&o, s, "enrolment.json");

        if (!err)
                err = field_copy(out->centre, sizeof(out->centre), o, "centre");
        if (!err)
                err = field_copy(out->machine, sizeof(out->machine), o, "machine");
        if (!err)
                err = field_copy(out->name, sizeof(out->name), o, "name");
        if (!err)
                err = field_copy(out->unit, sizeof(out->unit), o, "unit");
        if (!err)
                err = file_read_all(&out->authority, s->folder, "authority.pem");
        if (!err)
                err = file_read_all(&out->certificate, s->folder, "certificate.pem");
        return err ? err : file_read_all(&out->key, s->folder, "key.pem");
}

int agent_authority_load(struct buffer *out, const struct agent_state *s)
{
        return file_read_all(out, s->folder, "authority.pem");
}

static struct text view(const struct buffer *b)
{
        return (struct text){ b->data ? b->data : "", b->len };
}

int agent_identity_save(const struct agent_state *s, const struct agent_identity *i)
{
        AUTO(json_free_at)
        json_t *o = json_pack("{ss ss ss ss}", "centre", i->centre, "machine", i->machine, "name",
            i->name, "unit", i->unit);
        int err = o ? file_write_atomic(s->folder, "key.pem", view(&i->key), 0600) : ERR_MEMORY;

        if (!err)
                err = file_write_atomic(s->folder, "certificate.pem", view(&i->certificate), 0600);
        if (!err)
                err = file_write_atomic(s->folder, "authority.pem", view(&i->authority), 0600);
        if (!err)
                (void)!file_remove(s->folder, AGENT_CENTRE_NOTE); /* said of the one before */
        return err ? err : agent_note_save(s, "enrolment.json", o);
}

/* `check` may run beside the resident program. */
static int sequence_lock(int *out, const struct agent_state *s)
{
        int err = file_lock(out, s->folder, "sequence.lock");

        for (int i = 0; err == ERR_BUSY && i < LOCK_TRIES; i++) {
                (void)usleep(LOCK_WAIT_US);
                err = file_lock(out, s->folder, "sequence.lock");
        }
        return err;
}

int agent_sequence_take(uint64_t *out, const struct agent_state *s, uint64_t least)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(64);
        AUTO(file_close_at) int lock = -1;
        uint64_t last = 0;
        char text[32];
        int err = sequence_lock(&lock, s);

        if (!err)
                err = file_read_all(&bytes, s->folder, "sequence");
        if (!err)
                err = text_to_u64(&last, text_trim(view(&bytes)), INT64_MAX - 1);
        if (err && err != ERR_MISSING)
                return err; /* a guess could repeat a number */
        if (last + 1 < least)
                last = least - 1;
        (void)snprintf(text, sizeof(text), "%llu\n", (unsigned long long)last + 1);
        err = file_write_atomic(s->folder, "sequence", text_of(text), 0600);
        if (!err)
                *out = last + 1;
        return err;
}

static int dump_to_buffer(const char *bytes, size_t len, void *state)
{
        return buffer_add(state, bytes, len) ? -1 : 0;
}

int agent_report_text_own(struct buffer *out, const char *machine, const char *machine_key,
    uint64_t sequence, const char *kind, const char *way, json_t *body, const struct clock *clock)
{
        char id[ULID_MAX], at[TIMESTAMP_TEXT_MAX];
        AUTO(json_free_at)
        json_t *report = json_pack("{ss ss ss sI ss ss ss ss so}", "format", "canh-report/1", "id",
            ulid_make(id, clock), "machine", machine, "sequence", (json_int_t)sequence, "kind",
            kind, "made_at", timestamp_write(at, clock_now(clock)), "agent", CANH_VERSION, "way",
            way, "body", body);

        if (!report)
                return ERR_MEMORY;
        if (machine_key &&
            json_object_set_new(report, "machine_key", json_string(machine_key)) != 0)
                return ERR_MEMORY;
        return json_dump_callback(report, dump_to_buffer, out, JSON_COMPACT) ? ERR_LIMIT : 0;
}

static void report_name(char out[NAME_ROOM], uint64_t sequence)
{
        (void)snprintf(out, NAME_ROOM, "%020llu.json", (unsigned long long)sequence);
}

int agent_report_put_own(const struct agent_state *s, const char *machine, const char *kind,
    json_t *body, const struct clock *clock)
{
        AUTO(buffer_done) struct buffer text = BUFFER(REPORT_BYTES_MAX);
        AUTO(json_free_at) json_t *held = body;
        char name[NAME_ROOM];
        uint64_t sequence;
        int err;

        if (agent_report_count(s) >= OUTBOX_MAX)
                return ERR_LIMIT;
        err = agent_sequence_take(&sequence, s, 1);
        if (!err)
                err = agent_report_text_own(
                    &text, machine, NULL, sequence, kind, "line", json_incref(held), clock);
        if (err)
                return err;
        report_name(name, sequence);
        return file_write_atomic(s->outbox, name, view(&text), 0600);
}

static bool report_sequence(uint64_t *out, const char *name)
{
        struct text t = text_of(name);

        return t.len == 25 && text_ends(t, ".json") &&
               text_to_u64(out, (struct text){ name, 20 }, INT64_MAX) == 0;
}

struct oldest {
        uint64_t sequence;
        size_t count;
};

static int each_report(void *state, const char *name)
{
        struct oldest *o = state;
        uint64_t sequence;

        if (!report_sequence(&sequence, name))
                return 0;
        if (!o->count || sequence < o->sequence)
                o->sequence = sequence;
        o->count++;
        return 0;
}

size_t agent_report_count(const struct agent_state *s)
{
        struct oldest o = { 0, 0 };

        return folder_each(s->outbox, each_report, &o) ? OUTBOX_MAX : o.count;
}

int agent_report_next(struct buffer *out, uint64_t *sequence, const struct agent_state *s)
{
        struct oldest o = { 0, 0 };
        char name[NAME_ROOM];
        int err = folder_each(s->outbox, each_report, &o);

        if (err || !o.count)
                return err ? err : ERR_MISSING;
        report_name(name, o.sequence);
        buffer_clear(out);
        err = file_read_all(out, s->outbox, name);
        if (!err)
                *sequence = o.sequence;
        return err;
}

bool agent_report_is_of(struct text report, const char *machine)
{
        AUTO(json_free_at) json_t *o = NULL;
        struct text named;

        return json_read(&o, report, NULL) == 0 &&
               json_field_text(&named, o, "machine", ULID_MAX, NULL) == 0 &&
               text_is(named, machine);
}

int agent_report_acknowledge(const struct agent_state *s, uint64_t sequence)
{
        char name[NAME_ROOM];

        report_name(name, sequence);
        return file_remove(s->outbox, name);
}

int agent_report_refused(const struct agent_state *s, uint64_t sequence)
{
        char name[NAME_ROOM], aside[NAME_ROOM + 16];

        report_name(name, sequence);
        (void)snprintf(aside, sizeof(aside), "refused-%s", name);
        return file_rename(s->outbox, name, aside);
}
