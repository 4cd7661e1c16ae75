/* indicators/blocks/block_fortigate.c: external block lists of FortiGate ("threat feeds"): one
 * address or prefix a line, and one domain name a line, fetched by the device from a URL.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/blocks/block_text.h"

static int begin(struct buffer *out, const struct block_options *options)
{
        return block_text_head(out, "#", options);
}

static int add_address(
    struct buffer *out, const struct block_options *options, const struct indicator *i)
{
        char text[IP_PREFIX_TEXT_MAX];
        struct ip_prefix p;
        int err = block_text_prefix(&p, i);

        (void)options;
        return err ? err : buffer_add_format(out, "%s\n", block_text_write(text, &p));
}

/* "*.name" stands for the names below; the name itself is a line of its own. */
static int add_name(
    struct buffer *out, const struct block_options *options, const struct indicator *i)
{
        int err;

        (void)options;
        if (i->type != INDICATOR_NAME)
                return ERR_UNSUPPORTED;
        err = buffer_add_format(out, "%.*s\n", TEXT_ARGS(i->value));
        return err || !i->subdomains ? err
                                     : buffer_add_format(out, "*.%.*s\n", TEXT_ARGS(i->value));
}

extern const struct block_target block_fortigate_address, block_fortigate_name;
const struct block_target block_fortigate_address = { .id = "fortigate-address",
        .vi = "nguồn địa chỉ IP cho FortiGate",
        .en = "address feed for FortiGate",
        .extension = "txt",
        .begin = begin,
        .add = add_address,
        .end = block_text_none };
const struct block_target block_fortigate_name = { .id = "fortigate-name",
        .vi = "nguồn tên miền cho FortiGate",
        .en = "domain name feed for FortiGate",
        .extension = "txt",
        .begin = begin,
        .add = add_name,
        .end = block_text_none };
