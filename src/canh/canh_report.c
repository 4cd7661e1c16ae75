/* canh/canh_report.c: `canh report malware-removal --database FILE --format docx|pdf -o FILE
 * [--from T] [--until T]`: a draft with the figures of this moment; nothing is filed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "canh/command.h"
#include "canh/input.h"
#include "codec/digest.h"
#include "codec/timestamp.h"
#include "office/campaign/campaign.h"
#include "office/documents/docx_write.h"
#include "office/documents/malware_removal.h"
#include "office/documents/pdf_write.h"
#include "office/registry/units.h"
#include "system/db/db.h"

#include <unistd.h>

enum { ARENA_MAX = 256 << 20, REPORT_BYTES_MAX = 32 << 20 };

struct asked {
        const char *database, *format, *out;
        time_ms from, until;
};

static int usage(enum language l)
{
        (void)fprintf(stderr, "%s\n",
            say(l,
                "Cách dùng: canh report malware-removal --database TỆP --format docx|pdf -o TỆP "
                "[--from LÚC] [--until LÚC]",
                "Usage: canh report malware-removal --database FILE --format docx|pdf -o FILE "
                "[--from T] [--until T]"));
        return COMMAND_FAILED;
}

static int read_arguments(struct asked *a, int argc, char **argv)
{
        if (argc < 2 || strcmp(argv[1], "malware-removal") != 0)
                return ERR_FORMAT;
        for (int i = 2; i < argc; i += 2) {
                const char *value = i + 1 < argc ? argv[i + 1] : NULL;
                int err = value ? 0 : ERR_FORMAT;

                if (!err && strcmp(argv[i], "--database") == 0)
                        a->database = value;
                else if (!err && strcmp(argv[i], "--format") == 0)
                        a->format = value;
                else if (!err && strcmp(argv[i], "-o") == 0)
                        a->out = value;
                else if (!err && strcmp(argv[i], "--from") == 0)
                        err = timestamp_parse(&a->from, text_of(value));
                else if (!err && strcmp(argv[i], "--until") == 0)
                        err = timestamp_parse(&a->until, text_of(value));
                else
                        err = ERR_FORMAT;
                if (err)
                        return err;
        }
        if (!a->database || !a->format || !a->out)
                return ERR_FORMAT;
        return strcmp(a->format, "docx") == 0 || strcmp(a->format, "pdf") == 0 ? 0 : ERR_FORMAT;
}

static int gather(
    struct malware_removal *r, struct arena *arena, struct db *db, const struct asked *a)
{
        char root[ULID_MAX];
        struct scope scope = { .unit_id = root,
                .account_id = "",
                .actor = "canh",
                .address = "",
                .role = ROLE_OFFICE };
        struct campaign *c;
        time_ms until = a->until ? a->until : clock_now(&clock_real);
        int err = campaign_open(&c, arena, db, TEXT(""));

        if (!err)
                err = unit_root(root, db);
        if (!err)
                err = campaign_removal_figures(r, arena, db, &clock_real, &scope, c,
                    a->from ? a->from : c->pack->issued_on, until);
        return err;
}

static int write_report(struct arena *arena, const struct malware_removal *r, const struct asked *a)
{
        AUTO(buffer_done)
        struct buffer frozen = BUFFER(FROZEN_BYTES_MAX), file = BUFFER(REPORT_BYTES_MAX);
        struct document_fields fields = { .recipients = { TEXT("Như trên"), TEXT("Lưu: VT") },
                .recipient_count = 2 };
        char hex[SHA256_HEX_MAX];
        struct sha256 digest;
        struct sheet *sheet;
        int err = malware_removal_freeze(&frozen, r);

        if (err)
                return err;
        digest = sha256_of(frozen.data, frozen.len);
        err = malware_removal_sheet(&sheet, arena, r, &fields, sha256_write(hex, &digest));
        if (!err)
                err = strcmp(a->format, "pdf") == 0 ? pdf_write(&file, sheet)
                                                    : docx_write(&file, sheet);
        return err ? err : output_write(a->out, (struct text){ file.data, file.len });
}

static int run(int argc, char **argv, enum language l)
{
        AUTO(db_close_at) struct db *db = NULL;
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct asked a = { NULL };
        struct malware_removal r;
        char url[4200];
        int64_t found;
        int err = read_arguments(&a, argc, argv);

        if (err)
                return usage(l);
        (void)snprintf(url, sizeof(url), "sqlite:%s", a.database);
        err = access(strchr(url, ':') + 1, R_OK) ? ERR_MISSING : db_open(&db, url);
        if (!err)
                err = db_migrate(db, &found);
        if (!err)
                err = arena_new(&arena, ARENA_MAX);
        if (!err)
                err = gather(&r, arena, db, &a);
        if (!err)
                err = write_report(arena, &r, &a);
        if (err)
                input_complain(l, a.database, err, NULL);
        return err ? COMMAND_FAILED : COMMAND_NOTHING_FOUND;
}

extern const struct command command_report;
const struct command command_report = { "report", "lập báo cáo từ dữ liệu của trung tâm",
        "make a report from the centre's data", run };
