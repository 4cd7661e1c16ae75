/* centre/office.h: what every handler of the centre's web process may use besides the database:
 * folders, settings, and the two other processes. The reader parses foreign bytes, the keys process
 * signs; both are asked by message and may be gone for a moment: then a call answers BUSY and
 * nothing was changed.
 *
 * Made once by proc_web; shared by all threads; every call here may be made from any thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_OFFICE_H
#define CANH_CENTRE_OFFICE_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/scope.h"

#include <stdatomic.h>

struct bundle;
struct db;
struct db_pool;
struct http_server;
struct incident_rules;
struct keys_issue;
struct question_line;
struct rate;

enum {
        OFFICE_PATH_MAX = 1024,
        OFFICE_URL_MAX = 256,
        OFFICE_CODE_MAX = 32,
        CERTIFICATE_PEM_MAX = 8 << 10
};

struct office {
        char data_folder[OFFICE_PATH_MAX];   /* all below it is ours alone */
        char list_folder[OFFICE_PATH_MAX];   /* DATA/lists: stored lists and uploads (intake) */
        char bundle_folder[OFFICE_PATH_MAX]; /* DATA/bundle: what agents fetch */
        char packs_folder[OFFICE_PATH_MAX];  /* packs/: directive packs, rules, warning lists */
        char database_url[OFFICE_PATH_MAX];
        char agents_url[OFFICE_URL_MAX];      /* https://HOST:PORT as agents reach it, for the enrol
                                                 command */
        char first_run_code[OFFICE_CODE_MAX]; /* empty when there is an account */
        bool secure_cookies;                  /* the console is served over TLS */
        const struct clock *clock;
        time_ms started_at;
        int64_t schema; /* number of the database's schema */
        struct db_pool *pool;
        struct question_line *reader;
        struct question_line *keys;
        struct question_line *fetch;
        struct http_server *console;
        struct http_server *agents;
        struct rate *enrol_rate, *report_rate, *block_rate;
        struct bundle *bundle;
        const struct incident_rules *rules;         /* deadlines of incidents, read once */
        atomic_int reader_pid, keys_pid, fetch_pid; /* for the status page */
        atomic_uint_fast64_t jobs_run, jobs_failed, requests, problems;
        atomic_uint_fast64_t rows_dropped; /* of machines beyond their limits (agent_reports.h) */
};

/* The scope of whoever works at the machine itself, and of what the centre does by itself: all
 * units. The identifier must outlive it. */
static inline struct scope office_own_scope(const char *root_unit_id)
{
        return (struct scope){ .unit_id = root_unit_id,
                .account_id = "",
                .actor = "canh-centre",
                .address = "",
                .role = ROLE_ADMINISTRATOR };
}

struct fetch_result;
struct fetch_wish;
/* Has the fetch process get a file and adds its bytes to *body. BUSY: the process is away; else
 * what came of it stands in *out. */
MUST_USE int office_fetch(struct fetch_result *out, struct buffer *body, struct office *office,
    const struct fetch_wish *wish);

/* Runs the named job (centre/reader/job.h) over `bytes` in a confined child and adds its answer to
 * *out. Errors are the job's own (FORMAT, LIMIT, UNSUPPORTED … with *bad), or LIMIT when it used
 * too much memory or time, UNTRUSTED when it broke its confinement or crashed (the upload's fault,
 * *bad says so), BUSY when the reader is away. */
MUST_USE int office_reader_run(struct office *office, struct buffer *out, const char *job,
    const char *options_json, struct text bytes, struct parse_error *bad);

struct certificate {
        char serial[65]; /* lower-case hex */
        time_ms until;
        struct buffer pem; /* certificate_done frees it */
};
void certificate_done(struct certificate *c);

/* Issues a client certificate (CN = machine_id, 400 days) for the public key of a PEM request. The
 * request is parsed by the reader; the keys process is given the bare curve point. FORMAT with
 * *bad: no valid request. */
MUST_USE int office_issue_certificate(struct certificate *out, struct office *office,
    struct text csr_pem, const char *machine_id, struct parse_error *bad);
/* Issues a check kit's certificate (CN = kit:kit_id) together with a fresh private key in PEM
 * (*key). */
MUST_USE int office_issue_kit(struct certificate *out, struct buffer *key, struct office *office,
    const char *kit_id, int days);
/* The authority's certificate in PEM, and the SHA-256 of its DER in hex (the FINGERPRINT of a
 * token). */
MUST_USE int office_authority(struct buffer *pem, char fingerprint[65], struct office *office);
/* Only the authority's own certificate, without that of the signing key. */
MUST_USE int office_root(struct buffer *pem, struct office *office);
/* Checks a certificate from a result file: issued by our authority, valid now, not revoked. Writes
 * its CN and serial. UNTRUSTED with *bad when not. PEM of one certificate. */
MUST_USE int office_check_certificate(char common_name[65], char serial[65], struct office *office,
    struct db *db, struct text pem, struct parse_error *bad);
/* ECDSA-P256-SHA256 (DER) of the certificate's key over data: 0, or UNTRUSTED. */
MUST_USE int office_check_signature(struct office *office, struct text certificate_pem,
    struct text data, struct text signature_der);

/* For proc_web: any request to the keys process; and the certificate of a server of ours with its
 * key. `names`: one a line. */
MUST_USE int office_issue(
    struct certificate *out, struct office *office, const struct keys_issue *request);
MUST_USE int office_issue_server(
    struct certificate *out, struct buffer *key, struct office *office, const char *names);
/* A bundle_sign (centre/bundle.h); state is the office. */
MUST_USE int office_sign_manifest(void *state, struct buffer *signature, struct text manifest);

/* The public key of the lists that the office hands on (list_key.h): DER added to *der (may be
 * NULL), its SHA-256 in hex. */
MUST_USE int office_list_key(struct buffer *der, char fingerprint[65], struct office *office);
/* ECDSA-SHA256 (DER) by that key over data. */
MUST_USE int office_sign_list(struct buffer *signature, struct office *office, struct text data);

/* A small secret that must be had again (the password of a feed) is kept in the database only as
 * the keys process sealed it; `place` says whose it is and where it may go, and without the same
 * place it does not open. *out takes bytes. LIMIT beyond KEYS_SECRET_MAX. */
MUST_USE int office_seal(
    struct buffer *out, struct office *office, const char *place, struct text secret);
/* The caller wipes out[room]. UNTRUSTED: sealed for another place or by another office. */
MUST_USE int office_unseal(
    char *out, size_t room, struct office *office, const char *place, struct text sealed);

/* The set in use changed: keeps the two files (hashes may be empty) and publishes a bundle of the
 * next generation with the rules of packs/rules. The files are whole on disk before this returns.
 * *generation (room 40) may be NULL. Failure leaves the earlier bundle in use. */
MUST_USE int office_publish_set(
    struct office *office, char *generation, struct text set_bytes, struct text hash_bytes);
/* Publishes again when packs/rules changed since the last bundle; no effect else. */
MUST_USE int office_publish_if_changed(struct office *office);
/* Generation of the bundle in use, "" when there is none; room 40. */
void office_generation(struct office *office, char *out);

/* After a commit that added rows to `change` or orders for agents: wakes those who wait. Cheap. */
void office_notify_change(struct office *office);

#endif
