/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/sample.h"

#include "base/mem.h"
#include "centre/office.h"
#include "office/campaign/campaign.h"
#include "office/campaign/pack.h"
#include "office/registry/accounts.h"
#include "office/registry/trail.h"
#include "office/registry/transfer.h"
#include "office/registry/units.h"
#include "system/db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define SAMPLE_OFFICE "Văn phòng HĐND và UBND huyện Mẫu"

enum { PATH_ROOM = 1100, SAMPLE_BYTES_MAX = 8 << 20 };

static int make_user(struct sample_made *made, struct db *db, const struct clock *clock,
    const char *login, const char *name, const char *office_name, struct parse_error *bad)
{
        struct account_new wish = {
                .login = text_of(login), .name = text_of(name), .role = ROLE_ADMINISTRATOR
        };
        char root[ULID_MAX], id[ULID_MAX];
        int err = unit_root(root, db);

        if (err == ERR_MISSING)
                err = unit_create_root(root, db, clock, "VP", office_name, "lead_office");
        if (err)
                return err;
        const struct scope scope = office_own_scope(root);
        wish.unit_id = root;
        return account_create(id, made->password, db, clock, &scope, &wish, bad);
}

int sample_first_user(struct sample_made *made, struct db *db, const struct clock *clock,
    const char *login, const char *name, const char *office_name, struct parse_error *bad)
{
        int err = text_copy(made->login, sizeof(made->login), text_of(login));

        if (!err)
                err = db_begin(db);
        if (!err)
                err = make_user(made, db, clock, login, name, office_name, bad);
        if (!err)
                err = db_commit(db);
        db_rollback(db);
        return err;
}

static int read_file(struct buffer *out, const char *folder, const char *name)
{
        char path[PATH_ROOM], piece[1 << 14];
        ssize_t n = 0;
        int fd, err = 0;

        if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
                return ERR_LIMIT;
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return err_from_errno(errno);
        while (!err && (n = read(fd, piece, sizeof(piece))) > 0)
                err = buffer_add(out, piece, (size_t)n);
        (void)close(fd);
        return n < 0 ? ERR_IO : err;
}

static int import_one(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *folder, const char *topic, struct parse_error *bad)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        AUTO(buffer_done) struct buffer bytes = BUFFER(SAMPLE_BYTES_MAX);
        const struct transfer_options options = { .on_conflict = TRANSFER_UPDATE };
        struct transfer_result result = { 0 };
        char name[64];
        int err = arena_new(&arena, SAMPLE_BYTES_MAX * 4);

        (void)snprintf(name, sizeof(name), "%s.csv", topic);
        if (!err)
                err = read_file(&bytes, folder, name);
        if (err)
                return err == ERR_MISSING ? 0 : err;
        err = transfer_import(&result, arena, db, clock, scope, record_topic_of(text_of(topic)),
            &options, (struct text){ bytes.data, bytes.len }, bad);
        if (!err && result.refused_count) {
                *bad = result.refused[0].bad;
                err = ERR_FORMAT;
        }
        return err;
}

int sample_import(
    struct db *db, const struct clock *clock, const char *folder, struct parse_error *bad)
{
        static const char *const topics[] = { "units", "people", "ranges", "systems", "machines" };
        char root[ULID_MAX];
        int err = unit_root(root, db);

        for (size_t i = 0; !err && i < ARRAY_LEN(topics); i++) {
                const struct scope scope = office_own_scope(root);
                err = import_one(db, clock, &scope, folder, topics[i], bad);
        }
        return err;
}

int sample_load_pack(
    struct db *db, const struct clock *clock, const char *folder, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SAMPLE_BYTES_MAX);
        struct pack_faults faults = { 0 };
        char id[ULID_MAX];
        int err = read_file(&bytes, folder, "pack.json");

        if (err)
                return err;
        err = campaign_load(id, db, clock, (struct text){ bytes.data, bytes.len }, &faults);
        if (err == ERR_FORMAT && faults.count)
                *bad = faults.items[0].why;
        return err;
}

static int write_settings(struct db *db, const struct clock *clock)
{
        static const char *const pairs[][2] = { { "office_name", SAMPLE_OFFICE },
                { "parent_name", "UBND huyện Mẫu" },
                { "directive_issuer", "Ủy ban nhân dân huyện Mẫu" },
                { "authority", "Chánh Văn phòng" }, { "place", "Mẫu" },
                { "hotline", "0200 3 000 000" }, { "pack", SAMPLE_PACK } };
        int err = db_begin(db);

        for (size_t i = 0; !err && i < ARRAY_LEN(pairs); i++)
                err = setting_write(db, clock, pairs[i][0], text_of(pairs[i][1]));
        if (!err)
                err = db_commit(db);
        db_rollback(db);
        return err;
}

int sample_load(struct sample_made *made, struct db *db, const struct clock *clock,
    const char *folder, const char *packs_folder, struct parse_error *bad)
{
        char pack[PATH_ROOM];
        int err = sample_first_user(made, db, clock, "canbo", "Cán bộ trực", SAMPLE_OFFICE, bad);

        if (!err)
                err = write_settings(db, clock);
        if (!err)
                err = sample_import(db, clock, folder, bad);
        (void)snprintf(pack, sizeof(pack), "%s/" SAMPLE_PACK, packs_folder);
        return err ? err : sample_load_pack(db, clock, pack, bad);
}

static bool is_pack_name(const char *name)
{
        return name[0] && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static int lead_kind_of(char out[PACK_KIND_MAX], struct db *db)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        const struct pack_unit_kind *lead;
        struct campaign *c;
        int err = arena_new(&arena, SAMPLE_BYTES_MAX * 4);

        if (!err)
                err = campaign_open(&c, arena, db, TEXT(""));
        if (err)
                return err;
        lead = pack_lead_kind(c->pack);
        return text_copy(out, PACK_KIND_MAX, lead ? lead->id : TEXT("office"));
}

int pack_take(char lead_kind[PACK_KIND_MAX], struct db *db, const struct clock *clock,
    const char *packs_folder, const char *name, struct parse_error *bad)
{
        char folder[PATH_ROOM];
        int err = is_pack_name(name) ? 0 : ERR_MISSING;

        if (!err &&
            snprintf(folder, sizeof(folder), "%s/%s", packs_folder, name) >= (int)sizeof(folder))
                err = ERR_MISSING;
        if (!err)
                err = sample_load_pack(db, clock, folder, bad);
        if (err == ERR_MISSING)
                (void)!parse_error_set(
                    bad, 0, "Không có bộ văn bản chỉ đạo này.", "There is no such directive pack.");
        return err ? err : lead_kind_of(lead_kind, db);
}
