/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/admin_files.h"

#include "base/mem.h"
#include "centre/api/kit_means.h"
#include "centre/authority.h"
#include "centre/bundle.h"
#include "centre/fresh_key.h"
#include "codec/json_fields.h"
#include "office/registry/kits.h"
#include "office/registry/trail.h"
#include "system/db/db.h"
#include "system/os/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

enum { KIT_PEM_MAX = 32 << 10, CODE_LETTERS = 32, KIT_DAYS_MAX = 90, PATH_ROOM = 1024 };

int admin_write_file(const char *path, struct text bytes)
{
        AUTO(file_close_at) int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

        return fd < 0 ? err_from_errno(errno) : file_write_handle(fd, bytes);
}

static int write_new(const char *path, const json_t *value)
{
        char *text = json_dumps(value, JSON_INDENT(1));
        int err = text ? admin_write_file(path, text_of(text)) : ERR_MEMORY;

        if (text)
                sodium_memzero(text, strlen(text));
        free(text);
        return err;
}

/* The keys are read here: who may run this program on the data folder may read them anyway. */
static int issue(struct keys_certificate *head, struct buffer *pem, struct buffer *authority_pem,
    const char *data_folder, const struct clock *clock, const struct keys_issue *request)
{
        struct authority *authority = NULL;
        int err = authority_open(&authority, data_folder, clock);

        if (!err)
                err = authority_issue(head, pem, authority, request, clock_now(clock));
        if (!err)
                err = authority_add_pem(authority_pem, authority);
        (void)authority_close(authority);
        return err;
}

/* The bundle as it lies on disk; nothing is published here, so nothing is signed. */
static int add_means(json_t *kit, const char *data_folder, const struct clock *clock)
{
        struct bundle *bundle = NULL;
        char folder[PATH_ROOM];
        int err = snprintf(folder, sizeof(folder), "%s/bundle", data_folder) >= PATH_ROOM
                      ? ERR_LIMIT
                      : bundle_open(&bundle, folder, "", clock, NULL, NULL);

        if (!err)
                err = kit_add_means(kit, bundle);
        (void)bundle_close(bundle);
        return err;
}

static int add_row(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *kit_id, const char *unit_id, time_ms until)
{
        int err = db_begin(db);

        if (!err)
                err = kit_add(db, clock, scope, kit_id, unit_id, until);
        if (!err)
                err = audit_add(db, clock, scope, "check_kit", "unit", unit_id, unit_id, NULL);
        if (!err)
                err = db_commit(db);
        db_rollback(db);
        return err;
}

int admin_kit(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *data_folder, const char *unit_id, int64_t days, const char *path)
{
        AUTO(buffer_done) struct buffer pem = BUFFER(KIT_PEM_MAX);
        AUTO(buffer_done) struct buffer key = BUFFER(KIT_PEM_MAX);
        AUTO(buffer_done) struct buffer authority = BUFFER(KIT_PEM_MAX);
        AUTO(json_free_at) json_t *kit = NULL;
        struct keys_issue request = { .kind = KEYS_KIND_KIT, .days = (uint32_t)days };
        struct keys_certificate head;
        int err = days < 1 || days > KIT_DAYS_MAX ? ERR_LIMIT : 0;

        (void)ulid_make(request.name, clock);
        if (!err)
                err = fresh_key_make(&key, &request);
        if (!err)
                err = issue(&head, &pem, &authority, data_folder, clock, &request);
        if (!err &&
            !(kit = kit_json(request.name, pem.data, key.data, authority.data, head.until_ms)))
                err = ERR_MEMORY;
        if (!err)
                err = add_means(kit, data_folder, clock);
        if (!err)
                err = write_new(path, kit);
        if (err)
                return err;
        err = add_row(db, clock, scope, request.name, unit_id, head.until_ms);
        if (err)
                (void)unlink(path);
        return err;
}

/* Crockford's letters; 32 of them, in groups of five, are 160 bits. */
void admin_make_code(char out[BACKUP_CODE_MAX])
{
        static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        size_t n = 0;

        for (size_t i = 0; i < CODE_LETTERS; i++) {
                if (i && i % 5 == 0)
                        out[n++] = '-';
                out[n++] = letters[randombytes_uniform(sizeof(letters) - 1)];
        }
        out[n] = '\0';
}

int admin_read_passphrase(char out[PASSPHRASE_MAX], const char *path)
{
        bool given = strcmp(path, "-") != 0;
        FILE *f = given ? fopen(path, "re") : stdin;
        bool read;

        if (!f)
                return err_from_errno(errno);
        read = fgets(out, PASSPHRASE_MAX, f) != NULL;
        if (given)
                (void)fclose(f);
        if (!read)
                return ERR_FORMAT;
        out[strcspn(out, "\r\n")] = '\0';
        return out[0] ? 0 : ERR_FORMAT;
}
