/* traffic/decode/export_template_parse_fuzz.c: the fields of a template, then records by it. A
 * template tells at least one byte for a record, and no more records come than bytes allow.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"
#include "traffic/decode/test_exports.h"

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct export_limits limits = { .template_fields_max = 64 };
        struct test_seen seen = { 0 };
        struct traffic_sink sink = { test_take_flow, test_take_name, test_take_translation, NULL,
                &seen };
        struct export_counts counts = { 0 };
        struct export_domain domain = { .kind = EXPORT_KIND_IPFIX };
        struct export_context c = { .domain = &domain, .sink = &sink, .counts = &counts };
        struct export_bytes b = { data, size };
        uint32_t count = 0;
        int err;

        if (size < 1)
                return 0;
        assert(export_state_new(&c.state, &limits) == 0);
        (void)export_take(&b, 1);
        struct export_template *t = export_template_parse(&err, &c, &b, 256, data[0] % 80, 0, true);
        assert(t || err == ERR_FORMAT || counts.refused == 1);
        if (t) {
                assert(t->record_bytes_min > 0 && t->step_count <= data[0] % 80 + 1);
                (void)!export_set_parse(&c, t, export_bytes_rest(&b), &count);
                assert((size_t)count * t->record_bytes_min <= b.left);
        }
        mem_free(t);
        export_state_free(c.state);
        return 0;
}
