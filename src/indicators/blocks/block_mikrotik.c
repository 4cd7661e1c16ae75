/* indicators/blocks/block_mikrotik.c: a script for RouterOS (`/import file-name=…`) that fills an
 * address list and takes out what was in it before.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/blocks/block_text.h"

static int begin(struct buffer *out, const struct block_options *options)
{
        int err = block_text_head(out, "#", options);

        return err ? err
                   : buffer_add_format(out,
                         "/ip firewall address-list remove [find list=%.*s]\n"
                         "/ipv6 firewall address-list remove [find list=%.*s]\n",
                         TEXT_ARGS(options->name), TEXT_ARGS(options->name));
}

static int add(struct buffer *out, const struct block_options *options, const struct indicator *i)
{
        char text[IP_PREFIX_TEXT_MAX];
        struct ip_prefix p;
        int err = block_text_prefix(&p, i);

        return err ? err
                   : buffer_add_format(out, "/%s firewall address-list add list=%.*s address=%s\n",
                         block_text_is_v4(&p) ? "ip" : "ipv6", TEXT_ARGS(options->name),
                         block_text_write(text, &p));
}

extern const struct block_target block_mikrotik;
const struct block_target block_mikrotik = { .id = "mikrotik",
        .vi = "danh sách địa chỉ của MikroTik (nạp bằng /import)",
        .en = "address list of MikroTik (loaded by /import)",
        .extension = "rsc",
        .begin = begin,
        .add = add,
        .end = block_text_none };
