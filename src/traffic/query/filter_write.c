/* traffic/query/filter_write.c: a filter as words again. A chain of one kind leans to the left and
 * needs no parentheses, nor does `and` within `or`; all else is put into them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/query/filter_tree.h"

#include <inttypes.h>

const struct filter_word filter_protocols[] = {
        { "tcp", 6 },
        { "udp", 17 },
        { "icmp", 1 },
        { "icmp6", 58 },
        { "icmpv6", 58 },
        { "igmp", 2 },
        { "ipip", 4 },
        { "gre", 47 },
        { "esp", 50 },
        { "ah", 51 },
        { "ospf", 89 },
        { "pim", 103 },
        { "vrrp", 112 },
        { "sctp", 132 },
        { NULL, 0 },
};

static const char *side_word(enum filter_side side)
{
        switch (side) {
        case FILTER_SOURCE:
                return "src ";
        case FILTER_DESTINATION:
                return "dst ";
        case FILTER_BOTH:
                return "src and dst ";
        default:
                return "";
        }
}

static int write_address(struct buffer *out, const struct filter_node *n)
{
        char prefix[IP_PREFIX_TEXT_MAX], address[IP_TEXT_MAX];

        if (n->prefix.bits == 128)
                return buffer_add_format(out, "%shost %s", side_word(n->side),
                    ip_address_write(address, &n->prefix.base));
        return buffer_add_format(
            out, "%snet %s", side_word(n->side), ip_prefix_write(prefix, &n->prefix));
}

static int write_range(struct buffer *out, const struct filter_node *n, const char *word)
{
        uint64_t max = filter_range_max(n->kind);

        if (n->low > n->high)
                return buffer_add_format(out, "%s < 0", word);
        if (n->low == n->high)
                return buffer_add_format(out, "%s %" PRIu64, word, n->low);
        if (n->high == max)
                return buffer_add_format(out, "%s >= %" PRIu64, word, n->low);
        if (n->low == 0)
                return buffer_add_format(out, "%s <= %" PRIu64, word, n->high);
        return buffer_add_format(out, "%srange %" PRIu64 "-%" PRIu64, word, n->low, n->high);
}

static int write_protocol(struct buffer *out, uint64_t number)
{
        for (const struct filter_word *w = filter_protocols; w->word; w++)
                if (w->number == number)
                        return buffer_add_format(out, "proto %s", w->word);
        return buffer_add_format(out, "proto %" PRIu64, number);
}

static int write_flags(struct buffer *out, uint64_t flags)
{
        int err = buffer_add_text(out, "flags ");

        for (size_t bit = 0; bit < sizeof(FILTER_FLAG_LETTERS) - 1 && !err; bit++)
                if (flags >> bit & 1)
                        err = buffer_add_byte(out, FILTER_FLAG_LETTERS[bit]);
        return err;
}

static int write_leaf(struct buffer *out, const struct filter_node *n)
{
        int err;

        switch (n->kind) {
        case FILTER_ADDRESS:
                return write_address(out, n);
        case FILTER_PORT:
                err = buffer_add_text(out, side_word(n->side));
                return err ? err : write_range(out, n, "port");
        case FILTER_PROTOCOL:
                return write_protocol(out, n->low);
        case FILTER_VERSION:
                return buffer_add_text(out, n->low == 4 ? "ipv4" : "ipv6");
        case FILTER_FLAGS:
                return write_flags(out, n->low);
        case FILTER_AMOUNT:
                return write_range(out, n, filter_amount_words[n->amount]);
        case FILTER_NAME:
                if (n->rule == FILTER_NAME_ANY)
                        return buffer_add_text(out, "name any");
                return buffer_add_format(
                    out, "name %s%s", n->rule == FILTER_NAME_SUFFIX ? "suffix " : "", n->name);
        default:
                return buffer_add_text(out, "any");
        }
}

static bool is_joined(const struct filter_node *n)
{
        return n->kind == FILTER_AND || n->kind == FILTER_OR;
}

static int write_node(struct buffer *out, const struct filter *f, size_t at);

static int write_part(struct buffer *out, const struct filter *f, size_t at, bool parenthesis)
{
        int err = parenthesis ? buffer_add_byte(out, '(') : 0;

        if (!err)
                err = write_node(out, f, at);
        return !err && parenthesis ? buffer_add_byte(out, ')') : err;
}

static int write_node(struct buffer *out, const struct filter *f, size_t at)
{
        const struct filter_node *n = &f->nodes[at], *left = &f->nodes[n->left];
        const struct filter_node *right = &f->nodes[n->right];
        int err;

        if (n->kind == FILTER_NOT) {
                err = buffer_add_text(out, "not ");
                return err ? err : write_part(out, f, n->left, is_joined(left));
        }
        if (!is_joined(n))
                return write_leaf(out, n);
        err = write_part(out, f, n->left, n->kind == FILTER_AND && left->kind == FILTER_OR);
        if (!err)
                err = buffer_add_text(out, n->kind == FILTER_AND ? " and " : " or ");
        return err ? err
                   : write_part(out, f, n->right,
                         right->kind == FILTER_OR || (is_joined(right) && right->kind == n->kind));
}

int filter_write(struct buffer *out, const struct filter *f)
{
        return write_node(out, f, f->count - 1);
}
