/* office/campaign/json_parts.c. SPDX-License-Identifier: Apache-2.0 */
#include "codec/timestamp.h"
#include "office/campaign/json_parts.h"

json_t *json_of_text(struct text t)
{
        return json_stringn(t.data ? t.data : "", t.len);
}

json_t *json_of_words(struct words w)
{
        return json_pack("{s:o,s:o}", "vi", json_of_text(w.vi), "en", json_of_text(w.en));
}

json_t *json_of_time(time_ms at)
{
        char out[TIMESTAMP_TEXT_MAX];

        return at ? json_string(timestamp_write(out, at)) : json_null();
}
