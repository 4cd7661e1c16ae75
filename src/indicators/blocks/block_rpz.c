/* indicators/blocks/block_rpz.c: a DNS response policy zone (draft-vixie-dnsop-dns-rpz), for BIND,
 * Unbound, PowerDNS, Knot: names as they are, addresses as triggers on the answer (rpz-ip). The
 * zone is relative: the operator names its origin. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/blocks/block_text.h"

enum { REFRESH_SECONDS = 3600, RETRY_SECONDS = 600, EXPIRE_SECONDS = 604800, TTL_SECONDS = 300 };

static const char *answer_of(const struct block_options *options)
{
        static const char *const answers[] = { [BLOCK_NXDOMAIN] = ".",
                [BLOCK_NODATA] = "*.",
                [BLOCK_DROP] = "rpz-drop.",
                [BLOCK_PASSTHRU] = "rpz-passthru." };

        return answers[options->answer];
}

static int begin(struct buffer *out, const struct block_options *options)
{
        int err = block_text_head(out, ";", options);

        return err ? err
                   : buffer_add_format(out,
                         "$TTL %d\n@ SOA localhost. root.localhost. ( %u %d %d %d %d )\n"
                         "@ NS localhost.\n",
                         TTL_SECONDS, options->serial, REFRESH_SECONDS, RETRY_SECONDS,
                         EXPIRE_SECONDS, TTL_SECONDS);
}

static int add_name(
    struct buffer *out, const struct block_options *options, const struct indicator *i)
{
        int err = buffer_add_format(
            out, "%.*s CNAME %s\n", TEXT_ARGS(i->value), answer_of(options));

        return err || !i->subdomains ? err
                                     : buffer_add_format(out, "*.%.*s CNAME %s\n",
                                           TEXT_ARGS(i->value), answer_of(options));
}

/* 32.7.100.51.198: prefix length, then the octets backwards. */
static int add_v4(struct buffer *out, const struct ip_prefix *p)
{
        const uint8_t *b = p->base.bytes + 12;

        return buffer_add_format(
            out, "%d.%d.%d.%d.%d", p->bits - BLOCK_V4_BITS, b[3], b[2], b[1], b[0]);
}

/* 128.1.zz.db8.2001: the groups backwards, the longest run of zeros as zz, as in the text form. */
static int add_v6(struct buffer *out, const struct ip_prefix *p)
{
        uint16_t groups[8];
        int run_at = -1, run = 1, err;

        for (int i = 0; i < 8; i++)
                groups[i] = (uint16_t)(p->base.bytes[2 * i] << 8 | p->base.bytes[2 * i + 1]);
        for (int i = 0; i < 8; i++) {
                int n = 0;
                while (i + n < 8 && groups[i + n] == 0)
                        n++;
                if (n > run) {
                        run_at = i;
                        run = n;
                }
        }
        err = buffer_add_format(out, "%d", p->bits);
        for (int i = 7; i >= 0 && !err; i--) {
                if (run_at >= 0 && i >= run_at && i < run_at + run) {
                        err = buffer_add_text(out, ".zz");
                        i = run_at;
                } else {
                        err = buffer_add_format(out, ".%x", groups[i]);
                }
        }
        return err;
}

static int add(struct buffer *out, const struct block_options *options, const struct indicator *i)
{
        struct ip_prefix p;
        int err;

        if (i->type == INDICATOR_NAME)
                return add_name(out, options, i);
        err = block_text_prefix(&p, i);
        if (!err)
                err = block_text_is_v4(&p) ? add_v4(out, &p) : add_v6(out, &p);
        return err ? err : buffer_add_format(out, ".rpz-ip CNAME %s\n", answer_of(options));
}

extern const struct block_target block_rpz;
const struct block_target block_rpz = { .id = "rpz",
        .vi = "vùng chính sách trả lời DNS (RPZ)",
        .en = "DNS response policy zone (RPZ)",
        .extension = "zone",
        .begin = begin,
        .add = add,
        .end = block_text_none };
