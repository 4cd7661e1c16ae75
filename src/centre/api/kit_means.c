/* centre/api/kit_means.c: see kit_means.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/api/kit_means.h"
#include "base/mem.h"
#include "centre/bundle.h"
#include "codec/digest.h"
#include "codec/json_fields.h"
#include "system/db/db_json.h"
#include "system/os/folder.h"

#include <unistd.h>

enum { MANIFEST_BYTES_MAX = 64 << 10, SIGNATURE_BYTES_MAX = 1 << 10 };

static int add_file(json_t *list, struct bundle *bundle, const json_t *file, size_t *left)
{
        AUTO(buffer_done) struct buffer text = BUFFER(*left);
        AUTO(json_free_at) json_t *one = NULL;
        uint64_t bytes = 0;
        int fd = -1;
        int err = bundle_open_file(bundle, &fd, &bytes, text_of(json_get_text(file, "sha256")));

        if (err)
                return err;
        err = bytes > *left ? ERR_LIMIT : file_read_handle(&text, fd);
        (void)close(fd);
        if (err)
                return err;
        *left -= text.len;
        one = json_pack("{s:s,s:s%}", "name", json_get_text(file, "name"), "text",
            text.data ? text.data : "", text.len);
        if (!one) /* no UTF-8: an agent could not have taken it as text either */
                return ERR_FORMAT;
        return json_array_append(list, one) ? ERR_MEMORY : 0;
}

static int add_files(json_t *kit, struct bundle *bundle, const json_t *manifest)
{
        const json_t *file;
        size_t i, left = KIT_MEANS_BYTES_MAX;

        json_array_foreach(json_object_get(manifest, "files"), i, file)
        {
                json_t *list = json_object_get(kit, json_get_text(file, "kind"));
                int err = list ? add_file(list, bundle, file, &left) : 0;

                if (err)
                        return err;
        }
        return 0;
}

int kit_add_means(json_t *kit, struct bundle *bundle)
{
        AUTO(buffer_done) struct buffer text = BUFFER(MANIFEST_BYTES_MAX);
        AUTO(buffer_done) struct buffer signature = BUFFER(SIGNATURE_BYTES_MAX);
        AUTO(json_free_at) json_t *manifest = NULL;
        char sha256[SHA256_HEX_MAX];
        int err = bundle ? bundle_manifest(bundle, &text, &signature, sha256) : ERR_MISSING;

        if (err)
                return err == ERR_MISSING ? 0 : err;
        err = json_read(&manifest, (struct text){ text.data, text.len }, NULL);
        if (err)
                return err;
        if (json_object_set_new(
                kit, "generation", json_string(json_get_text(manifest, "generation"))) ||
            json_object_set_new(kit, "rules", json_array()) ||
            json_object_set_new(kit, "hashes", json_array()))
                return ERR_MEMORY;
        return add_files(kit, bundle, manifest);
}
