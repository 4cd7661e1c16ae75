/* indicators/blocks/block_text.c: see block_text.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/blocks/block_text.h"
#include "codec/timestamp.h"

int block_text_head(struct buffer *out, const char *comment, const struct block_options *options)
{
        char at[TIMESTAMP_TEXT_MAX];

        return buffer_add_format(out, "%s Canh, %.*s, %s\n", comment, TEXT_ARGS(options->name),
            timestamp_write(at, options->at));
}

int block_text_prefix(struct ip_prefix *out, const struct indicator *i)
{
        if (i->type != INDICATOR_IPV4 && i->type != INDICATOR_IPV6 && i->type != INDICATOR_PREFIX)
                return ERR_UNSUPPORTED;
        return ip_prefix_parse(out, i->value, true);
}

const char *block_text_write(char out[IP_PREFIX_TEXT_MAX], const struct ip_prefix *prefix)
{
        return prefix->bits == 8 * sizeof(prefix->base.bytes) ? ip_address_write(out, &prefix->base)
                                                              : ip_prefix_write(out, prefix);
}

int block_text_none(struct buffer *out, const struct block_options *options)
{
        (void)out;
        (void)options;
        return 0;
}

bool block_text_is_v4(const struct ip_prefix *prefix)
{
        return prefix->bits >= BLOCK_V4_BITS && ip_address_is_v4(&prefix->base);
}
