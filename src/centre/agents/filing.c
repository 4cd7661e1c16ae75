/* centre/agents/filing.c: see filing.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/agents/filing.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/unicode.h"
#include "office/incident/findings.h"
#include "office/incident/incidents.h"
#include "office/intake/machine_detail.h"
#include "office/intake/sweep_orders.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"
#include "system/os/folder.h"

#include <pthread.h>
#include <string.h>

enum { KEY_MAX = 8 << 10, TITLE_MAX = 600, RULES_BYTES_MAX = 256 << 10 };

struct filing_state {
        const struct clock *clock;
        const struct incident_rules *rules;
        json_t *units_ordered; /* of this list: all its machines are in the queue */
        size_t findings, orders;
        char contact[ULID_MAX]; /* the finding that the last contact became */
};

/* "kind:" and the hash of what tells one finding from another. */
static const char *key_of(
    char out[16 + SHA256_HEX_MAX], const char *kind, const struct buffer *what)
{
        struct sha256 digest = sha256_of(what->data ? what->data : "", what->len);
        char hex[SHA256_HEX_MAX];

        (void)snprintf(out, 16 + SHA256_HEX_MAX, "%s:%s", kind, sha256_write(hex, &digest));
        return out;
}

static struct text title_of(char out[TITLE_MAX], struct text what, struct text where)
{
        AUTO(buffer_done) struct buffer b = BUFFER(TITLE_MAX - 1);

        if (buffer_add_format(&b, "%.*s · %.*s", TEXT_ARGS(what), TEXT_ARGS(where)) == 0)
                (void)!text_copy(out, TITLE_MAX, (struct text){ b.data, b.len });
        else /* both too long: the start of the first, cut where a character begins */
                (void)snprintf(out, TITLE_MAX, "%s", "…");
        return text_of(out);
}

static int order(struct filing_state *s, struct db *db, const char *machine_id,
    enum order_priority priority, const char *reason, const char *finding_id)
{
        struct sweep_order o = { machine_id, "sweep", priority, reason, finding_id, "", "Canh" };
        bool added = false;
        int err = sweep_order_add(db, s->clock, &o, &added);

        s->orders += added;
        return err;
}

static int on_hit(void *state, struct db *db, const struct filed_hit *hit)
{
        struct filing_state *s = state;
        AUTO(buffer_done) struct buffer what = BUFFER(KEY_MAX);
        char key[16 + SHA256_HEX_MAX], title[TITLE_MAX];
        struct finding_filed filed;
        struct finding_sighting seen = { .kind = "hit",
                .unit_id = hit->unit_id,
                .machine_id = hit->machine_id,
                .malware = hit->rule,
                .src_ip = TEXT(""),
                .remote = TEXT(""),
                .severity = malware_severity(s->rules, hit->rule),
                .state = "cleaning",
                .seen_at = hit->at,
                .received_at = clock_now(s->clock),
                .confidence = 5,
                .listed_before = true };
        int err = buffer_add_format(
            &what, "%s|%.*s|%.*s", hit->machine_id, TEXT_ARGS(hit->path), TEXT_ARGS(hit->sha256));

        if (err)
                return err;
        seen.key = key_of(key, "hit", &what);
        seen.title = title_of(title, hit->rule, text_of(hit->machine_name));
        err = finding_see(&filed, db, s->clock, s->rules, &seen);
        if (err)
                return err;
        s->findings += filed.created;
        err = sweep_hit_finding(db, hit->hit_id, filed.id);
        /* a second sweep shows that it is gone; the order is open while the first is being filed */
        if (!err && (filed.created || filed.reopened))
                err = order(s, db, hit->machine_id, ORDER_RECHECK, "hit", filed.id);
        return err;
}

static int order_all(
    struct filing_state *s, struct db *db, const char *unit_id, const char *finding_id);

/* Whose it is: the machine's, or the unit's by the address that it called from. */
static int contact_key(
    char key[16 + SHA256_HEX_MAX], const struct filed_contact *c, struct text malware)
{
        AUTO(buffer_done) struct buffer what = BUFFER(KEY_MAX);
        int err = buffer_add_format(&what, "%s|%.*s|%.*s",
            c->machine_id ? c->machine_id : c->source.data, TEXT_ARGS(c->remote),
            TEXT_ARGS(malware));

        if (!err)
                (void)key_of(key, "contact", &what);
        return err;
}

/* What must be known of a finding's other end before anybody blocks it. */
static const char sinkhole_vi[] = "Đầu kia là máy chủ sinkhole của bên bảo vệ: dùng để tìm máy "
                                  "nhiễm, không phải kẻ tấn công, không chặn";
static const char sinkhole_en[] =
    "the other end is a defenders' sinkhole: it tells which machine is "
    "infected, it is no attacker and is not to be blocked";

/* *out, the caller's: the reason (may be NULL) with that sentence behind it. */
static int with_sinkhole(json_t **out, const json_t *reason)
{
        const char *vi = json_get_text(reason, "vi"), *en = json_get_text(reason, "en");

        *out = json_pack("{s:s++,s:s++}", "vi", vi, vi[0] ? "; " : "", sinkhole_vi, "en", en,
            en[0] ? "; " : "", sinkhole_en);
        return *out ? 0 : ERR_MEMORY;
}

static int on_contact(void *state, struct db *db, const struct filed_contact *c)
{
        struct filing_state *s = state;
        char key[16 + SHA256_HEX_MAX], title[TITLE_MAX];
        struct finding_filed filed;
        struct text malware = c->family.len ? c->family : c->list;
        struct finding_sighting seen = { .kind = "contact",
                .key = key,
                .unit_id = c->unit_id,
                .machine_id = c->machine_id,
                .malware = malware,
                .src_ip = c->source,
                .remote = c->remote,
                .severity = malware_severity(s->rules, malware),
                .state = "cleaning",
                .seen_at = c->last_at,
                .received_at = clock_now(s->clock),
                .confidence = c->machine_id ? 5 : 2,
                .listed_before = true };
        AUTO(json_free_at) json_t *reason = NULL;
        int err = contact_key(key, c, malware);

        if (!err && c->sinkhole)
                err = with_sinkhole(&reason, NULL);
        if (err)
                return err;
        seen.reason = reason;
        seen.title = title_of(title, malware.len ? malware : c->remote,
            c->machine_id ? text_of(c->machine_name) : c->source);
        err = finding_see(&filed, db, s->clock, s->rules, &seen);
        if (err)
                return err;
        s->findings += filed.created;
        memcpy(s->contact, filed.id, ULID_MAX);
        if (!filed.created && !filed.reopened)
                return 0;
        return c->machine_id ? order(s, db, c->machine_id, ORDER_LISTED, "contact", filed.id)
                             : order_all(s, db, c->unit_id, filed.id);
}

/* Rows that no machine was found for close when every machine behind the address is clean. */
static int verify_units(struct filing_state *s, struct db *db, const struct filed_sweep *sweep)
{
        AUTO(json_free_at) json_t *units = NULL;
        const json_t *unit;
        size_t i;
        int err = units_above_json(&units, db, sweep->unit_id);

        if (err)
                return err;
        json_array_foreach(units, i, unit)
        {
                const char *id = json_get_text(unit, "id");
                time_ms since = 0;

                err = unit_clean_since(&since, db, id);
                if (!err && since > 0)
                        err = findings_verify_unit(db, s->clock, id, since, sweep->sweep_id, NULL);
                if (err)
                        return err;
        }
        return 0;
}

static int on_swept(void *state, struct db *db, const struct filed_sweep *sweep)
{
        struct filing_state *s = state;
        char proof[ULID_MAX];
        time_ms since = 0;
        int err;

        if (!sweep->proves || sweep->open_hits > 0)
                return 0;
        err = machine_clean_since(&since, proof, db, sweep->machine_id);
        if (!err && since > 0)
                err = findings_verify_machine(db, s->clock, sweep->machine_id, since, proof, NULL);
        return err ? err : verify_units(s, db, sweep);
}

static int file_contact(struct filing_state *s, struct db *db, const struct filed_contact *contact)
{
        AUTO(json_free_at) json_t *units = json_object();

        s->units_ordered = units;
        return units ? on_contact(s, db, contact) : ERR_MEMORY;
}

int intake_file_contact(bool *created, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct filed_contact *contact)
{
        struct filing_state s = { .clock = clock, .rules = rules };
        int err = file_contact(&s, db, contact);

        if (!err)
                *created = s.findings > 0;
        return err;
}

int intake_file_contact_as(char finding_id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct filed_contact *contact)
{
        struct filing_state s = { .clock = clock, .rules = rules };
        int err = file_contact(&s, db, contact);

        if (!err)
                memcpy(finding_id, s.contact, ULID_MAX);
        return err;
}

/* What was refused is kept in the trail: who tried to pass what. */
static void note_refused(
    struct db *db, const struct clock *clock, const struct report_sender *sender, int why)
{
        struct scope nobody = { .unit_id = "", .account_id = "", .actor = "Canh", .address = "" };
        AUTO(json_free_at) json_t *detail = json_pack("{s:s}", "why", err_text(why));
        const char *who = sender->machine_id ? sender->machine_id : "kit";

        if (why != ERR_DENIED && why != ERR_EXISTS && why != ERR_UNTRUSTED)
                return;
        if (!detail || db_begin(db))
                return;
        if (audit_add(db, clock, &nobody, "report_refused", "machine", who, NULL, detail) ||
            db_commit(db))
                db_rollback(db);
}

int intake_file_report_of(struct report_filed *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct report_sender *sender, struct text bytes,
    struct parse_error *bad)
{
        struct filing_state s = { .clock = clock, .rules = rules };
        struct report_sink sink = { on_hit, on_contact, on_swept, &s };
        int err = agent_report_file(out, db, clock, sender, bytes, &sink, bad);

        if (err)
                note_refused(db, clock, sender, err);
        return err;
}

int intake_file_report(struct report_filed *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const char *machine_id, struct text bytes,
    struct parse_error *bad)
{
        struct report_sender sender = { .machine_id = machine_id, .way = "line" };

        return intake_file_report_of(out, db, clock, rules, &sender, bytes, bad);
}

static int order_all(
    struct filing_state *s, struct db *db, const char *unit_id, const char *finding_id)
{
        AUTO(json_free_at) json_t *machines = NULL;
        const json_t *machine;
        size_t i;
        int err;

        if (json_object_get(s->units_ordered, unit_id))
                return 0;
        if (json_object_set_new(s->units_ordered, unit_id, json_true()))
                return ERR_MEMORY;
        err = unit_machines_json(&machines, db, unit_id);
        if (err)
                return err;
        json_array_foreach(
            machines, i, machine) if ((err = order(s, db, json_get_text(machine, "id"),
                                           ORDER_BEHIND_NAT, "nat", finding_id))) return err;
        return 0;
}

static int order_candidates(
    struct filing_state *s, struct db *db, const struct attribution *where, const char *finding_id)
{
        const json_t *machine;
        size_t i;

        if (where->machine_id[0])
                return order(s, db, where->machine_id, ORDER_LISTED, "list", finding_id);
        if (!where->by_name && !where->by_contact)
                return order_all(s, db, where->unit_id, finding_id);
        json_array_foreach(where->machines, i, machine)
        {
                int err = order(
                    s, db, json_get_text(machine, "id"), ORDER_LISTED, "list", finding_id);
                if (err)
                        return err;
        }
        /* several spoke to it: those first, but the row closes only when all are clean */
        return order_all(s, db, where->unit_id, finding_id);
}

static int victim_key(char key[16 + SHA256_HEX_MAX], const struct filed_victim *v)
{
        AUTO(buffer_done) struct buffer what = BUFFER(KEY_MAX);
        char hex[IP_HEX_MAX];
        struct text malware = v->row->family.len ? v->row->family : v->row->malware;
        int err;

        if ((err = buffer_add_format(
                 &what, "%s|%s|", v->source_id, ip_address_write_hex(hex, &v->row->src_ip))) ||
            (err = unicode_add_folded(&what, malware)) || (err = buffer_add_byte(&what, '|')) ||
            (err = unicode_add_folded(&what, v->row->inner_name)))
                return err == ERR_LIMIT ? ERR_FORMAT : err;
        (void)key_of(key, "victim", &what);
        return 0;
}

static const char *state_of(const struct attribution *where)
{
        if (!where->unit_id[0])
                return "new";
        return where->machine_total > 0 ? "cleaning" : "attributed";
}

static int on_victim(void *state, struct db *db, const struct filed_victim *v, char *finding_id)
{
        struct filing_state *s = state;
        char key[16 + SHA256_HEX_MAX], title[TITLE_MAX], ip[IP_TEXT_MAX], cc[IP_TEXT_MAX] = "";
        const struct attribution *where = v->where;
        struct finding_filed filed;
        struct text malware = v->row->family.len ? v->row->family : v->row->malware;
        struct finding_sighting seen = { .kind = "victim",
                .key = key,
                .unit_id = where->unit_id,
                .machine_id = where->machine_id,
                .malware = malware,
                .severity = malware_severity(s->rules, malware),
                .state = state_of(where),
                .seen_at = v->row->seen_at,
                .received_at = v->received_at,
                .confidence = where->confidence,
                .listed_before = v->before };
        AUTO(json_free_at) json_t *reason = NULL;
        int err = victim_key(key, v);

        if (!err && v->row->cc_origin == INDICATOR_ORIGIN_SINKHOLE)
                err = with_sinkhole(&reason, where->reason);
        if (err)
                return err;
        seen.reason = reason ? reason : where->reason;
        if (v->row->has_cc_ip)
                (void)ip_address_write(cc, &v->row->cc_ip);
        seen.src_ip = text_of(ip_address_write(ip, &v->row->src_ip));
        seen.remote = text_of(cc);
        seen.title = title_of(title, malware.len ? malware : TEXT("botnet"), seen.src_ip);
        err = finding_see(&filed, db, s->clock, s->rules, &seen);
        if (err)
                return err;
        s->findings += filed.created;
        if (where->unit_id[0] && filed.open)
                err = order_candidates(s, db, where, filed.id);
        return err ? err : text_copy(finding_id, ULID_MAX, text_of(filed.id));
}

static int on_gone(void *state, struct db *db, const char *finding_id, const char *batch_id)
{
        struct filing_state *s = state;

        return finding_gone(db, s->clock, finding_id, batch_id);
}

typedef int (*list_filer)(struct list_filed *out, struct db *db, const struct clock *clock,
    const struct list_filing *filing, const struct list_filing_sink *sink, struct parse_error *bad);

static int file_list_by(list_filer file, struct list_outcome *out, struct db *db,
    const struct clock *clock, const struct incident_rules *rules, const struct list_filing *filing,
    struct parse_error *bad)
{
        AUTO(json_free_at) json_t *units = json_object();
        struct filing_state s = { .clock = clock, .rules = rules, .units_ordered = units };
        struct list_filing_sink sink = { on_victim, on_gone, &s };
        struct list_outcome outcome = { 0 };
        int err = units ? file(&outcome.filed, db, clock, filing, &sink, bad) : ERR_MEMORY;

        if (err && err != ERR_EXISTS)
                return err;
        outcome.findings = s.findings;
        outcome.orders = s.orders;
        *out = outcome;
        return err;
}

int intake_file_list(struct list_outcome *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct list_filing *filing, struct parse_error *bad)
{
        return file_list_by(list_batch_file, out, db, clock, rules, filing, bad);
}

int intake_file_list_within(struct list_outcome *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct list_filing *filing, struct parse_error *bad)
{
        return file_list_by(list_batch_file_within, out, db, clock, rules, filing, bad);
}

static void rules_load(struct incident_rules *out, const char *packs_folder)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(RULES_BYTES_MAX);
        char path[1200];

        (void)snprintf(path, sizeof(path), "%s/rules/incident-deadlines.json", packs_folder);
        if (file_read_path(&bytes, path) == 0)
                (void)!incident_rules_parse(out, (struct text){ bytes.data, bytes.len }, NULL);
        buffer_clear(&bytes);
        (void)snprintf(path, sizeof(path), "%s/lists/malware-severity.tsv", packs_folder);
        if (file_read_path(&bytes, path) == 0)
                (void)!malware_severity_parse(out, (struct text){ bytes.data, bytes.len }, NULL);
}

/* Packs change only with the program: what was read once is the table of the process. */
const struct incident_rules *intake_rules(const char *packs_folder)
{
        static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
        static struct incident_rules rules;
        static bool loaded;

        (void)pthread_mutex_lock(&lock);
        if (!loaded)
                rules_load(&rules, packs_folder);
        loaded = true;
        (void)pthread_mutex_unlock(&lock);
        return &rules;
}
