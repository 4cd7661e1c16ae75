/* centre/agents/filing_test_input.h: reports and lists for the small office of filing_test.h.
 * Only tests include it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_AGENTS_FILING_TEST_INPUT_H
#define CANH_CENTRE_AGENTS_FILING_TEST_INPUT_H

#include "centre/agents/filing_test.h"

/* Report number n of a machine: id is made of the machine and the number. */
static inline const char *report_text(struct buffer *b, const char *machine, int n,
    const char *kind, time_ms made_at, const char *body)
{
        char at[TIMESTAMP_TEXT_MAX];

        buffer_clear(b);
        assert_int_equal(
            buffer_add_format(b,
                "{\"format\":\"canh-report/1\",\"id\":\"01HK%.6s%016d\",\"machine\":\"%s\","
                "\"sequence\":%d,\"kind\":\"%s\",\"made_at\":\"%s\",\"agent\":\"0.1.0\",\"way\":"
                "\"line\",\"body\":%s}",
                machine + 4, n, machine, n, kind, timestamp_write(at, made_at), body),
            0);
        return b->data;
}

static inline int file_text(
    struct office_test *o, struct report_filed *filed, const char *machine, const struct buffer *b)
{
        return intake_file_report(
            filed, o->db, &o->clock, &o->rules, machine, (struct text){ b->data, b->len }, NULL);
}

/* A sweep that began now and took a minute; hits: JSON items; roots: a JSON array. */
static inline int file_sweep_of(struct office_test *o, const char *machine, int n, const char *hits,
    bool complete, const char *roots, const char *generation)
{
        AUTO(buffer_done) struct buffer body = BUFFER(4 << 20);
        AUTO(buffer_done) struct buffer report = BUFFER(8 << 20);
        char start[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX];
        struct report_filed filed;

        assert_int_equal(
            buffer_add_format(&body,
                "{\"sweep\":\"01HS%.6s%016d\",\"started_at\":\"%s\",\"ended_at\":\"%s\",\"reason\":"
                "\"schedule\",\"order\":\"\",\"complete\":%s,\"generation\":\"%s\",\"rules\":10,"
                "\"hashes\":2,\"roots\":%s,\"files\":100,\"bytes\":1000,\"skipped\":0,"
                "\"failed\":0,\"skipped_why\":{},\"hits\":[%s],\"stopped_why\":\"\"}",
                machine + 4, n, timestamp_write(start, o->now),
                timestamp_write(end, o->now + MINUTE_MS), complete ? "true" : "false", generation,
                roots, hits),
            0);
        o->now += 2 * MINUTE_MS;
        (void)report_text(&report, machine, n, "sweep", o->now, body.data);
        return file_text(o, &filed, machine, &report);
}

/* Of the whole machine, with rules of the first of January. */
static inline int file_sweep(
    struct office_test *o, const char *machine, int n, const char *hits, bool complete)
{
        return file_sweep_of(o, machine, n, hits, complete, "[\"/\"]", "20240101T000000Z-1");
}

#define HIT(action)                                                                                \
        "{\"path\":\"/home/an/x.exe\",\"sha256\":"                                                 \
        "\"275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f\",\"bytes\":68,"       \
        "\"engine\":\"yara\",\"rule\":\"EICAR_Test\",\"action\":\"" action                         \
        "\",\"quarantine_id\":\"q1\"}"

/* rows: JSON lines; sha tells one file from another. */
static inline int file_list(
    struct office_test *o, struct list_outcome *out, const char *sha, const char *rows)
{
        AUTO(json_free_at)
        json_t *head = json_pack("{s:s,s:{s:i,s:i,s:i,s:i,s:i},s:[{s:i,s:s,s:{s:s,"
                                 "s:s}}],s:[]}",
            "list_format", "csv", "counts", "read", 3, "good", 2, "duplicate", 0, "refused", 1,
            "warned", 0, "refused", "line", 7, "raw", "999.1.1.1", "why", "vi",
            "Không phải địa chỉ", "en", "not an address", "warned");
        const struct scope officer = {
                .unit_id = ROOT, .account_id = "", .actor = "an", .address = "", .role = ROLE_OFFICE
        };
        struct list_filing f = { .source = "NCSC",
                .kind = "victim",
                .file_name = "a.csv",
                .sha256 = sha,
                .period = "2024-01",
                .letter = "12/CV",
                .scope = &officer,
                .store = "",
                .zone_minutes = 420,
                .head = head,
                .rows = text_of(rows) };

        assert_non_null(head);
        *out = (struct list_outcome){ 0 };
        return intake_file_list(out, o->db, &o->clock, &o->rules, &f, NULL);
}

#define ROW(ip, malware, more)                                                                     \
        "{\"line\":2,\"seen_at\":\"2024-01-15T07:00:00Z\",\"src_ip\":\"" ip                        \
        "\",\"malware\":\"" malware "\"" more ",\"raw\":\"x\"}\n"

#endif
