/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/sample.h"

#include "base/mem.h"
#include "office/registry/accounts.h"
#include "office/registry/units.h"
#include "system/db/db.h"

struct scope sample_scope(const char *root_id)
{
        return (struct scope){ .unit_id = root_id, .account_id = "", .actor = "canh-centre", .address = "",
                .role = ROLE_ADMINISTRATOR };
}

static int make_user(struct sample_made *made, struct db *db, const struct clock *clock,
    const char *login, const char *name, const char *office_name, struct parse_error *bad)
{
        struct account_new wish = { .login = text_of(login), .name = text_of(name),
                .role = ROLE_ADMINISTRATOR };
        char root[ULID_MAX], id[ULID_MAX];
        int err = unit_root(root, db);

        if (err == ERR_MISSING)
                err = unit_create_root(root, db, clock, "VP", office_name, "office");
        if (err)
                return err;
        const struct scope scope = sample_scope(root);
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

int sample_load(struct sample_made *made, struct db *db, const struct clock *clock,
    const char *folder, const char *packs_folder, struct parse_error *bad)
{
        int err = sample_first_user(made, db, clock, "canbo", "Cán bộ trực", "Văn phòng HĐND và UBND huyện Mẫu", bad);

        (void)folder;
        (void)packs_folder;
        return err;
}
