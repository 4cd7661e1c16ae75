/* centre/reader/job_taxii.c: see job_taxii.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/reader/job_taxii.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "indicators/lists/list_read.h"
#include "indicators/lists/taxii_answer_parse.h"

#include <stdlib.h>

static int answer(
    struct buffer *out, const json_t *options, struct text bytes, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *said = NULL;
        int err = taxii_answer_parse(&said, bytes, bad);
        char *text = err ? NULL : json_dumps(said, JSON_COMPACT);

        (void)options;
        if (!err)
                err = text ? buffer_add_text(out, text) : ERR_MEMORY;
        free(text);
        return err;
}

static int join(
    struct buffer *out, const json_t *options, struct text bytes, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer bundle = BUFFER(LIST_BYTES_MAX);
        AUTO(mem_free_at) struct text *parts = mem_zero(TAXII_PARTS_MAX, sizeof(*parts));
        const json_t *lengths = json_object_get(options, "parts");
        size_t at = 0, count = json_array_size(lengths);
        int err = parts ? 0 : ERR_MEMORY;

        if (!err && count > TAXII_PARTS_MAX)
                err = ERR_LIMIT;
        for (size_t i = 0; i < count && !err; i++) {
                json_int_t len = json_integer_value(json_array_get(lengths, i));

                if (len < 0 || (size_t)len > bytes.len - at)
                        return ERR_BUG;
                parts[i] = (struct text){ bytes.data + at, (size_t)len };
                at += (size_t)len;
        }
        if (!err)
                err = taxii_join(&bundle, NULL, parts, count, bad);
        if (err == ERR_LIMIT)
                (void)parse_error_set(bad, 0, "bộ sưu tập TAXII lớn hơn 64 MiB",
                    "the TAXII collection is larger than 64 MiB");
        return err ? err : buffer_add(out, bundle.data, bundle.len);
}

const struct reader_job job_taxii_answer = { "taxii-answer", 30, 1024, answer };
const struct reader_job job_taxii_join = { "taxii-join", 60, 1536, join };
