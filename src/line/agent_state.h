/* line/agent_state.h: the agent's own folder: who it is, the reports not yet acknowledged, what it
 * last did. Layout: docs/formats/agent-state.md. A report is on the disk before anything is sent
 * and stays until it was acknowledged; its number is spent before the report is written, so that no
 * number is ever used twice. Limit: OUTBOX_MAX reports. One process at a time (link); the others
 * only read.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_LINE_AGENT_STATE_H
#define CANH_LINE_AGENT_STATE_H

#include "base/buffer.h"
#include "base/clock.h"
#include "codec/ulid.h"
#include "system/os/folder.h"

#include <jansson.h>

#define AGENT_CENTRE_NOTE "centre.json" /* the centre's last word: {"refused","at"} */

enum {
        OUTBOX_MAX = 1000,
        AGENT_TEXT_MAX = 256,
        AGENT_PEM_MAX = 16 << 10,
        REPORT_BYTES_MAX = 8 << 20
};

struct agent_identity {
        char centre[AGENT_TEXT_MAX], name[AGENT_TEXT_MAX], unit[AGENT_TEXT_MAX];
        char machine[ULID_MAX];
        struct buffer authority, certificate, key; /* PEM */
};
void agent_identity_init(struct agent_identity *i);
void agent_identity_done(struct agent_identity *i); /* wipes the key */

struct agent_state;

/* DENIED, IO. The folder is made with mode 0700. */
MUST_USE int agent_state_open(struct agent_state **out, const char *path);
struct agent_state *agent_state_close(struct agent_state *s);
void agent_state_close_at(struct agent_state **s);
const struct folder *agent_state_folder(const struct agent_state *s);
const char *agent_state_path(const struct agent_state *s);

/* MISSING: not enrolled. *out must be initialised. */
MUST_USE int agent_identity_load(struct agent_identity *out, const struct agent_state *s);
/* Only the authority's certificates: for a process that must not have the key. */
MUST_USE int agent_authority_load(struct buffer *out, const struct agent_state *s);
/* The key is written first and the name last: an enrolment that was cut off is none. */
MUST_USE int agent_identity_save(const struct agent_state *s, const struct agent_identity *i);

/* Puts a report of this kind into the outbox. LIMIT: the outbox or the disk is full, nothing is
 * kept. Takes body. */
MUST_USE int agent_report_put_own(const struct agent_state *s, const char *machine,
    const char *kind, json_t *body, const struct clock *clock);
/* The text of a report, for the result file. Takes body. */
MUST_USE int agent_report_text_own(struct buffer *out, const char *machine, const char *machine_key,
    uint64_t sequence, const char *kind, const char *way, json_t *body, const struct clock *clock);
/* The oldest report: its text and its number. MISSING when the outbox is empty. */
MUST_USE int agent_report_next(struct buffer *out, uint64_t *sequence, const struct agent_state *s);
MUST_USE int agent_report_acknowledge(const struct agent_state *s, uint64_t sequence);
/* Keeps it aside under refused-…: the centre will never take it. */
MUST_USE int agent_report_refused(const struct agent_state *s, uint64_t sequence);
/* Whether the report's text names this machine. */
bool agent_report_is_of(struct text report, const char *machine);
size_t agent_report_count(const struct agent_state *s);
/* A number that was not used before; never below `least`. BUSY: another process is taking one. */
MUST_USE int agent_sequence_take(uint64_t *out, const struct agent_state *s, uint64_t least);

/* Small notes that outlive the process: times of the last inventory and sweep, orders done. NULL
 * when there is none. */
MUST_USE int agent_note_load(json_t **out, const struct agent_state *s, const char *name);
bool agent_was_refused(const struct agent_state *s);
MUST_USE int agent_note_save(const struct agent_state *s, const char *name, const json_t *note);

#endif
