/* centre/lists/feed_secret.c: see feed_secret.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/lists/feed_secret.h"
#include "base/mem.h"
#include "centre/office.h"
#include "codec/digest.h"
#include "system/db/db_json.h"
#include "system/net/download.h"

#include <stdio.h>

static const char *place_of(char out[KEYS_PLACE_MAX], const char *feed_id, const char *url)
{
        char origin[DOWNLOAD_URL_MAX];

        (void)snprintf(out, KEYS_PLACE_MAX, "feed %s %s", feed_id, download_origin(origin, url));
        return out;
}

int feed_secret_seal(char out[FEED_SEALED_MAX], struct office *office, const char *feed_id,
    const char *url, struct text secret)
{
        AUTO(buffer_done) struct buffer sealed = BUFFER(KEYS_SEALED_MAX);
        char place[KEYS_PLACE_MAX];
        int err = secret.len && secret.len <= KEYS_SECRET_MAX ? 0 : ERR_LIMIT;

        if (!err)
                err = office_seal(&sealed, office, place_of(place, feed_id, url), secret);
        if (!err)
                hex_write(out, (const uint8_t *)sealed.data, sealed.len);
        return err;
}

int feed_secret_open(char *out, size_t room, struct office *office, const json_t *feed)
{
        struct text hex = text_of(json_get_text(feed, "sealed"));
        uint8_t sealed[KEYS_SEALED_MAX];
        char place[KEYS_PLACE_MAX];

        out[0] = '\0';
        if (!hex.len)
                return 0;
        if (hex.len / 2 > sizeof(sealed) || hex_parse(sealed, hex.len / 2, hex))
                return ERR_UNTRUSTED;
        return office_unseal(out, room, office,
            place_of(place, json_get_text(feed, "id"), json_get_text(feed, "url")),
            (struct text){ (const char *)sealed, hex.len / 2 });
}
