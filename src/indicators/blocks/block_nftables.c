/* indicators/blocks/block_nftables.c: commands for `nft -f`: two sets of a table that the
 * operator's rules name (`ip daddr @NAME_v4`). The sets are flushed and filled in one transaction,
 * so that there is no moment without them. Elements go one a line: their order does not matter.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/blocks/block_text.h"

static int begin(struct buffer *out, const struct block_options *options)
{
        int err = block_text_head(out, "#", options);

        for (int six = 0; six < 2 && !err; six++)
                err = buffer_add_format(out,
                    "add table inet canh\n"
                    "add set inet canh %.*s_v%d { type ipv%d_addr; flags interval; auto-merge; }\n"
                    "flush set inet canh %.*s_v%d\n",
                    TEXT_ARGS(options->name), six ? 6 : 4, six ? 6 : 4, TEXT_ARGS(options->name),
                    six ? 6 : 4);
        return err;
}

static int add(struct buffer *out, const struct block_options *options, const struct indicator *i)
{
        char text[IP_PREFIX_TEXT_MAX];
        struct ip_prefix p;
        int err = block_text_prefix(&p, i);

        return err ? err
                   : buffer_add_format(out, "add element inet canh %.*s_v%d { %s }\n",
                         TEXT_ARGS(options->name), block_text_is_v4(&p) ? 4 : 6,
                         block_text_write(text, &p));
}

extern const struct block_target block_nftables;
const struct block_target block_nftables = { .id = "nftables",
        .vi = "tập địa chỉ của nftables (nạp bằng nft -f)",
        .en = "sets of nftables (loaded by nft -f)",
        .extension = "nft",
        .begin = begin,
        .add = add,
        .end = block_text_none };
