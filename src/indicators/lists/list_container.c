/* indicators/lists/list_container.c: see list_container.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_container.h"
#include "base/mem.h"
#include "codec/docx.h"
#include "codec/xlsx.h"
#include "codec/zip.h"
#include "indicators/lists/list_read.h"

#include <stdio.h>
#include <string.h>

bool list_container_is(struct text bytes)
{
        return zip_is_archive(bytes) && !xlsx_is_workbook(bytes) && !docx_is_document(bytes);
}

static struct buffer *part_of(void *state, const char *path)
{
        struct list_container *c = state;
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
        struct list_member *m;

        if (!name[0] || name[0] == '.' || strncmp(path, "__MACOSX/", 9) == 0)
                return NULL;
        if (c->count == CONTAINER_MEMBERS_MAX) {
                c->too_many = true;
                return NULL;
        }
        m = &c->members[c->count++];
        (void)snprintf(m->name, sizeof(m->name), "%s", name);
        buffer_init(&m->bytes, LIST_BYTES_MAX);
        return &m->bytes;
}

void list_container_free_at(struct list_container **c)
{
        if (!*c)
                return;
        for (size_t i = 0; i < (*c)->count; i++)
                buffer_done(&(*c)->members[i].bytes);
        mem_free(*c);
        *c = NULL;
}

static int explain(int err, struct parse_error *bad)
{
        if (err == ERR_FORMAT)
                (void)parse_error_set(
                    bad, 0, "tệp nén ZIP bị hỏng hoặc bị cắt", "the ZIP file is damaged or cut");
        if (err == ERR_LIMIT)
                (void)parse_error_set(bad, 0,
                    "tệp nén ZIP có quá nhiều tệp hoặc giải nén ra quá lớn",
                    "the ZIP file holds too many files or unpacks to too much");
        if (err == ERR_DENIED)
                (void)parse_error_set(bad, 0, "tệp nén ZIP có mật khẩu: hãy giải nén rồi nạp lại",
                    "the ZIP file has a password: unpack it and load the file inside");
        return err == ERR_DENIED ? ERR_UNSUPPORTED : err;
}

int list_container_open(struct list_container **out, struct text bytes, struct parse_error *bad)
{
        AUTO(list_container_free_at) struct list_container *c = mem_zero(1, sizeof(*c));
        int err = c ? zip_unpack(bytes, &(struct zip_want){ part_of, c }) : ERR_MEMORY;

        if (!err && c->too_many)
                err = ERR_LIMIT;
        if (!err && c->count == 0)
                return parse_error_set(
                    bad, 0, "tệp nén ZIP không có tệp nào", "the ZIP file holds no file");
        if (err)
                return explain(err, bad);
        *out = MOVE(c);
        return 0;
}
