/* system/os/proc_net_parse.c: see proc_net_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/proc_net_parse.h"
#include "codec/digest.h"

#include <string.h>

/* The next field between blanks; empty at the end. */
static struct text next_field(struct text *rest)
{
        size_t n = 0;
        struct text field;

        *rest = text_trim(*rest);
        while (n < rest->len && rest->data[n] != ' ' && rest->data[n] != '\t')
                n++;
        field = (struct text){ rest->data, n };
        rest->data += n;
        rest->len -= n;
        return field;
}

static int hex_number(uint32_t *out, struct text t)
{
        uint8_t bytes[4] = { 0 };
        char padded[9] = "00000000";
        int err;

        if (!t.len || t.len > 8)
                return ERR_FORMAT;
        memcpy(padded + 8 - t.len, t.data, t.len);
        err = hex_parse(bytes, 4, (struct text){ padded, 8 });
        if (!err)
                *out = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                       (uint32_t)bytes[2] << 8 | bytes[3];
        return err;
}

/* The kernel prints each 32-bit word of an address as a number of its own byte order. */
static int address_parse(struct ip_address *out, uint16_t *port, struct text t)
{
        struct text words;
        uint32_t number, word;
        int err;

        if (!text_split(&words, &t, ':') || !t.data || (words.len != 8 && words.len != 32))
                return ERR_FORMAT;
        err = hex_number(&number, t);
        if (err || number > UINT16_MAX)
                return ERR_FORMAT;
        if (words.len == 8) {
                err = hex_number(&word, words);
                if (!err)
                        *out = ip_address_from_v4(__builtin_bswap32(word));
        }
        for (size_t i = 0; !err && words.len == 32 && i < 4; i++) {
                err = hex_number(&word, (struct text){ words.data + i * 8, 8 });
                memcpy(out->bytes + i * 4, &word, 4);
        }
        *port = (uint16_t)number;
        return err;
}

int proc_net_parse_line(struct proc_net_line *out, struct text line)
{
        struct proc_net_line n = { .state = 0 };
        struct text rest = line, number = next_field(&rest);
        uint64_t uid = 0;
        uint32_t state = 0;
        int err;

        if (!text_ends(number, ":"))
                return ERR_FORMAT;
        err = address_parse(&n.local, &n.local_port, next_field(&rest));
        if (!err)
                err = address_parse(&n.remote, &n.remote_port, next_field(&rest));
        if (!err)
                err = hex_number(&state, next_field(&rest));
        for (int skipped = 0; skipped < 3; skipped++) /* queues, timer, retransmits */
                (void)next_field(&rest);
        if (!err)
                err = text_to_u64(&uid, next_field(&rest), UINT32_MAX);
        (void)next_field(&rest); /* timeout */
        if (!err)
                err = text_to_u64(&n.inode, next_field(&rest), UINT64_MAX);
        if (err)
                return ERR_FORMAT;
        n.state = state;
        n.uid = (uint32_t)uid;
        *out = n;
        return 0;
}
