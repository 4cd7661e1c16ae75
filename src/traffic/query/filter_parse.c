/* traffic/query/filter_parse.c: see filter_parse.h. Grammar, by descent:
 *     either  = both { "or" both }
 *     both    = one { "and" one }
 *     one     = "not" one | "(" either ")" | protocol [ comparison ] | comparison
 * As in tcpdump a bare value takes the words of the comparison before it: `port 80 or 443`. Unlike
 * there `and` binds tighter than `or`, as in nfdump.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/query/filter_parse.h"

#include "base/mem.h"
#include "traffic/query/filter_tree.h"
#include "traffic/query/filter_words.h"

#include <string.h>

struct parser {
        struct filter *filter;
        struct text words;
        size_t at, depth;
        struct filter_piece piece; /* the one looked at */
        struct filter_node last;   /* kind and side for a bare value; FILTER_ALL = none yet */
        bool asks_flows;           /* of what no name has: ports, amounts … */
        struct parse_error *bad;
};

static void step(struct parser *p)
{
        filter_piece_next(&p->piece, p->words, &p->at);
}

/* vi and en each hold one %s, for the word looked at. */
static int refuse(struct parser *p, const char *vi, const char *en)
{
        struct text word = p->piece.kind == FILTER_PIECE_END ? TEXT("…") : p->piece.text;
        int err = parse_error_quote(p->bad, 0, vi, en, word.data, word.len);

        if (p->bad)
                p->bad->column = p->piece.column;
        return err;
}

static bool is_word(const struct parser *p, const char *word)
{
        return p->piece.kind == FILTER_PIECE_WORD && text_is_nocase(p->piece.text, word);
}

static bool take_word(struct parser *p, const char *word)
{
        if (!is_word(p, word))
                return false;
        step(p);
        return true;
}

static bool take_sign(struct parser *p, char kind)
{
        if (p->piece.kind != kind)
                return false;
        step(p);
        return true;
}

/* *out is the number of the new node; the node's name is taken over, also on failure. */
static int add_own(uint16_t *out, struct parser *p, struct filter_node node)
{
        struct filter *f = p->filter;

        if (f->count == f->room && f->room < FILTER_NODES_MAX) {
                size_t room = f->room ? f->room * 2 : 16;
                struct filter_node *grown = mem_grow(f->nodes, room, sizeof(*grown));
                if (!grown) {
                        mem_free(node.name);
                        return ERR_MEMORY;
                }
                f->nodes = grown;
                f->room = room;
        }
        if (f->count == FILTER_NODES_MAX) {
                mem_free(node.name);
                (void)refuse(p, "bộ lọc có quá nhiều điều kiện (đến \"%s\")",
                    "the filter has too many conditions (at \"%s\")");
                return ERR_LIMIT;
        }
        if (node.kind == FILTER_NAME)
                f->asks_names = true;
        if (node.kind == FILTER_PORT || node.kind == FILTER_PROTOCOL || node.kind == FILTER_FLAGS ||
            node.kind == FILTER_AMOUNT)
                p->asks_flows = true;
        *out = (uint16_t)f->count;
        f->nodes[f->count++] = node;
        return 0;
}

static int add_two(
    uint16_t *out, struct parser *p, enum filter_kind kind, uint16_t left, uint16_t right)
{
        return add_own(out, p, (struct filter_node){ .kind = kind, .left = left, .right = right });
}

static int enter(struct parser *p)
{
        if (p->depth == FILTER_DEPTH_MAX) {
                (void)refuse(p, "quá nhiều dấu ngoặc lồng nhau (ở \"%s\")",
                    "too many parentheses inside each other (at \"%s\")");
                return ERR_LIMIT;
        }
        p->depth++;
        return 0;
}

/* "net 10.0.0.0 255.0.0.0", "net 10.0.0.0 mask 255.0.0.0". */
static int take_mask(struct parser *p, struct ip_prefix *prefix)
{
        struct ip_address ignored;

        if (prefix->bits != 128 || !ip_address_is_v4(&prefix->base))
                return 0;
        if (!take_word(p, "mask") && ip_address_parse(&ignored, p->piece.text))
                return 0;
        if (filter_mask_read(&prefix->bits, p->piece.text))
                return refuse(p, "\"%s\" không phải mặt nạ mạng", "\"%s\" is not a network mask");
        step(p);
        for (size_t bit = prefix->bits; bit < 128; bit++)
                prefix->base.bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
        return 0;
}

static int address_value(uint16_t *out, struct parser *p, struct filter_node node)
{
        int err = filter_prefix_read(&node.prefix, p->piece.text);

        if (err)
                return refuse(p,
                    "\"%s\" không phải địa chỉ hoặc dải địa chỉ (tên miền thì viết: name TÊN)",
                    "\"%s\" is not an address or a range (for a name write: name NAME)");
        step(p);
        err = take_mask(p, &node.prefix);
        return err ? err : add_own(out, p, node);
}

/* One value becomes what `sign` makes of it; *is_not is set for !=. */
static void compare(struct filter_node *node, char sign, uint64_t value)
{
        uint64_t max = filter_range_max(node->kind);
        bool is_empty = (sign == '>' && value == max) || (sign == '<' && value == 0);

        node->low = sign == 'G' ? value : sign == '>' ? value + 1 : value;
        node->high = sign == 'G' || sign == '>' ? max : sign == '<' ? value - 1 : value;
        if (sign == 'L' || sign == '<')
                node->low = 0;
        if (is_empty) {
                node->low = 1;
                node->high = 0;
        }
}

static bool sign_is_comparison(char kind)
{
        return kind == '=' || kind == '>' || kind == '<' || kind == 'G' || kind == 'L';
}

static char take_comparison(struct parser *p)
{
        static const struct {
                const char *word;
                char sign;
        } words[] = { { "eq", '=' }, { "gt", '>' }, { "lt", '<' }, { "ge", 'G' }, { "le", 'L' },
                { "ne", 'N' } };
        char sign = p->piece.kind;

        if (sign_is_comparison(sign) || sign == 'N') {
                step(p);
                return sign;
        }
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (take_word(p, words[i].word))
                        return words[i].sign;
        return '=';
}

static int read_number(uint64_t *out, const struct filter_node *node, struct text t)
{
        if (node->kind == FILTER_PORT)
                return filter_port_read(out, t);
        if (node->kind == FILTER_PROTOCOL)
                return filter_protocol_read(out, t);
        return filter_number_read(out, t, node->amount == FILTER_DURATION);
}

/* "80-90" of portrange. */
static int range_value(uint16_t *out, struct parser *p, struct filter_node node)
{
        struct text rest = p->piece.text, first;

        if (!text_split(&first, &rest, '-') || !rest.data || read_number(&node.low, &node, first) ||
            read_number(&node.high, &node, rest) || node.low > node.high)
                return refuse(
                    p, "\"%s\" không phải khoảng TỪ-ĐẾN", "\"%s\" is not a range FROM-TO");
        step(p);
        return add_own(out, p, node);
}

static int number_value(uint16_t *out, struct parser *p, struct filter_node node)
{
        char sign = take_comparison(p);
        uint64_t value;
        uint16_t same;
        int err;

        if (read_number(&value, &node, p->piece.text))
                return refuse(p, "\"%s\" không phải số hợp lệ ở đây",
                    "\"%s\" is not a number that fits here");
        if (node.kind == FILTER_PROTOCOL && sign != '=' && sign != 'N')
                return refuse(p, "giao thức chỉ so sánh bằng hoặc khác (\"%s\")",
                    "a protocol is only equal or not equal (\"%s\")");
        step(p);
        if (sign != 'N') {
                compare(&node, sign, value);
                return add_own(out, p, node);
        }
        compare(&node, '=', value);
        err = enter(p);
        if (!err)
                err = add_own(&same, p, node);
        if (!err)
                err = add_two(out, p, FILTER_NOT, same, 0);
        p->depth--;
        return err;
}

static int flags_value(uint16_t *out, struct parser *p, struct filter_node node)
{
        if (filter_flags_read(&node.low, p->piece.text))
                return refuse(p, "\"%s\" không phải cờ TCP (F S R P A U E C)",
                    "\"%s\" are not TCP flags (F S R P A U E C)");
        step(p);
        return add_own(out, p, node);
}

static bool is_label(struct text t)
{
        for (size_t i = 0; i < t.len; i++)
                if (!((t.data[i] >= 'a' && t.data[i] <= 'z') ||
                        (t.data[i] >= '0' && t.data[i] <= '9') || t.data[i] == '-'))
                        return false;
        return t.len > 0 && t.len < 64;
}

static int name_value(uint16_t *out, struct parser *p, struct filter_node node)
{
        char name[DOMAIN_NAME_MAX];
        struct text word = p->piece.text;

        if (node.rule == FILTER_NAME_SUFFIX && text_starts(word, "."))
                word = (struct text){ word.data + 1, word.len - 1 };
        if (node.rule == FILTER_NAME_SUFFIX && is_label(word) && word.len < sizeof(name)) {
                if (text_copy(name, sizeof(name), word))
                        return ERR_BUG;
        } else if (domain_name_parse(name, word))
                return refuse(p, "\"%s\" không phải tên miền", "\"%s\" is not a domain name");
        step(p);
        node.name = mem_copy_text(name, strlen(name));
        return node.name ? add_own(out, p, node) : ERR_MEMORY;
}

static int one_value(uint16_t *out, struct parser *p, struct filter_node node)
{
        switch (node.kind) {
        case FILTER_ADDRESS:
                return address_value(out, p, node);
        case FILTER_FLAGS:
                return flags_value(out, p, node);
        case FILTER_NAME:
                return name_value(out, p, node);
        default:
                return number_value(out, p, node);
        }
}

/* "in [80, 443]" or "in [80 443]": any of them. */
static int values_in(uint16_t *out, struct parser *p, struct filter_node node)
{
        uint16_t next = 0;
        int err;

        *out = 0;
        if (!take_sign(p, '['))
                return refuse(p, "sau \"in\" phải là [ … ], không phải \"%s\"",
                    "\"in\" wants [ … ], not \"%s\"");
        err = one_value(out, p, node);
        while (!err && !take_sign(p, ']')) {
                (void)take_sign(p, ',');
                err = one_value(&next, p, node);
                if (!err)
                        err = add_two(out, p, FILTER_OR, *out, next);
        }
        return err;
}

static int values(uint16_t *out, struct parser *p, struct filter_node node)
{
        int err;

        p->last = node;
        if (!take_word(p, "in"))
                return one_value(out, p, node);
        err = enter(p);
        if (err)
                return err;
        err = values_in(out, p, node);
        p->depth--;
        return err;
}

/* Words of pcap and nfdump for what flows here do not keep. */
static int refuse_word(struct parser *p)
{
        static const char *const unkept[] = { "ether", "vlan", "mpls", "greater", "less", "len",
                "as", "if", "tos", "dscp", "router", "engine", "next", "bpp", "gateway",
                "broadcast", "multicast", "icmp-type" };

        for (size_t i = 0; i < ARRAY_LEN(unkept); i++)
                if (is_word(p, unkept[i]))
                        return refuse(p, "kho lưu lượng không ghi \"%s\"",
                            "the archive does not keep \"%s\"");
        if (p->piece.kind == FILTER_PIECE_END)
                return refuse(p, "bộ lọc thiếu một điều kiện ở cuối (%s)",
                    "the filter lacks a condition at its end (%s)");
        return refuse(p, "không hiểu \"%s\" ở đây", "\"%s\" is not understood here");
}

/* What a comparison's first word says; FILTER_ALL: it is none. */
static struct filter_node comparison_of(const struct parser *p)
{
        static const struct {
                const char *word;
                enum filter_kind kind;
        } words[] = { { "host", FILTER_ADDRESS }, { "net", FILTER_ADDRESS },
                { "ip", FILTER_ADDRESS }, { "port", FILTER_PORT }, { "portrange", FILTER_PORT },
                { "proto", FILTER_PROTOCOL }, { "flags", FILTER_FLAGS }, { "name", FILTER_NAME } };

        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (is_word(p, words[i].word))
                        return (struct filter_node){ .kind = words[i].kind };
        for (int amount = 0; amount < FILTER_AMOUNTS; amount++)
                if (is_word(p, filter_amount_words[amount]) ||
                    (strcmp("bytes", filter_amount_words[amount]) == 0 && is_word(p, "byte")))
                        return (struct filter_node){ .kind = FILTER_AMOUNT,
                                .amount = (enum filter_amount)amount };
        return (struct filter_node){ .kind = FILTER_ALL };
}

static int name_comparison(uint16_t *out, struct parser *p)
{
        struct filter_node node = { .kind = FILTER_NAME, .rule = FILTER_NAME_EXACT };

        if (take_word(p, "any"))
                return add_own(
                    out, p, (struct filter_node){ .kind = FILTER_NAME, .rule = FILTER_NAME_ANY });
        if (take_word(p, "suffix"))
                node.rule = FILTER_NAME_SUFFIX;
        return values(out, p, node);
}

static int comparison(uint16_t *out, struct parser *p, enum filter_side side)
{
        struct filter_node node = comparison_of(p);
        bool is_range = is_word(p, "portrange");

        node.side = side;
        if (node.kind != FILTER_ALL)
                step(p);
        else if (side != FILTER_EITHER && p->piece.kind == FILTER_PIECE_WORD)
                node.kind = FILTER_ADDRESS; /* `src 10.0.0.1` */
        else
                return refuse_word(p);
        if (side != FILTER_EITHER && node.kind != FILTER_ADDRESS && node.kind != FILTER_PORT)
                return refuse(p, "src, dst chỉ đi với host, net hoặc port, không với \"%s\"",
                    "src and dst go with host, net or port only, not with \"%s\"");
        if (is_range) {
                p->last = node;
                return range_value(out, p, node);
        }
        if (node.kind == FILTER_AMOUNT && is_word(p, "range")) {
                step(p);
                return range_value(out, p, node);
        }
        return node.kind == FILTER_NAME ? name_comparison(out, p) : values(out, p, node);
}

static int sided_comparison(uint16_t *out, struct parser *p)
{
        struct parser before;
        enum filter_side side = FILTER_EITHER;
        bool is_source = is_word(p, "src"), both;

        if (!is_source && !is_word(p, "dst"))
                return comparison(out, p, side);
        side = is_source ? FILTER_SOURCE : FILTER_DESTINATION;
        step(p);
        before = *p;
        both = is_word(p, "and");
        if (take_word(p, "and") || take_word(p, "or")) {
                if (take_word(p, is_source ? "dst" : "src") && comparison_of(p).kind != FILTER_ALL)
                        side = both ? FILTER_BOTH : FILTER_EITHER;
                else
                        *p = before; /* the `and` joins two comparisons */
        }
        return comparison(out, p, side);
}

static bool begins_comparison(const struct parser *p)
{
        return is_word(p, "src") || is_word(p, "dst") || comparison_of(p).kind != FILTER_ALL;
}

/* `ip` before a value is `host`, else IPv4, as each of the two families of tools has it. */
static bool is_host_word(const struct parser *p)
{
        struct parser ahead = *p;
        struct ip_prefix ignored;

        if (!take_word(&ahead, "ip"))
                return false;
        return is_word(&ahead, "in") || filter_prefix_read(&ignored, ahead.piece.text) == 0;
}

/* "tcp", "ip6", "any"; MISSING when it is none of these. */
static int plain_word(struct filter_node *out, const struct parser *p)
{
        static const char *const four[] = { "ip", "ipv4", "inet", "inet4", "ip4" };
        static const char *const six[] = { "ip6", "ipv6", "inet6" };
        uint64_t number;

        *out = (struct filter_node){ .kind = FILTER_VERSION };
        for (size_t i = 0; i < ARRAY_LEN(four); i++)
                if (is_word(p, four[i]))
                        out->low = 4;
        for (size_t i = 0; i < ARRAY_LEN(six); i++)
                if (is_word(p, six[i]))
                        out->low = 6;
        if (out->low)
                return is_host_word(p) ? ERR_MISSING : 0;
        if (p->piece.kind != FILTER_PIECE_WORD ||
            text_to_u64(&number, p->piece.text, UINT64_MAX) == 0)
                return ERR_MISSING;
        if (is_word(p, "any")) {
                out->kind = FILTER_ALL;
                return 0;
        }
        if (filter_protocol_read(&number, p->piece.text))
                return ERR_MISSING;
        *out = (struct filter_node){ .kind = FILTER_PROTOCOL, .low = number, .high = number };
        return 0;
}

/* `tcp` alone, or joined to what follows: `tcp dst port 80`. */
static int plain(uint16_t *out, struct parser *p, struct filter_node node)
{
        uint16_t right = 0;
        int err;

        *out = 0;
        step(p);
        err = add_own(out, p, node);
        if (err || node.kind == FILTER_ALL || !begins_comparison(p))
                return err;
        err = enter(p);
        if (err)
                return err;
        err = sided_comparison(&right, p);
        p->depth--;
        return err ? err : add_two(out, p, FILTER_AND, *out, right);
}

/* A value without words: those of the comparison before it; without one an address says itself what
 * it is. */
static int bare_value(uint16_t *out, struct parser *p)
{
        struct ip_prefix ignored;
        struct filter_node node = p->last;

        if (node.kind == FILTER_ALL) {
                if (filter_prefix_read(&ignored, p->piece.text))
                        return refuse_word(p);
                node.kind = FILTER_ADDRESS;
        }
        return values(out, p, node);
}

static bool is_value(const struct parser *p)
{
        struct ip_prefix prefix;
        uint64_t number;

        if (p->piece.kind != FILTER_PIECE_WORD)
                return sign_is_comparison(p->piece.kind) && p->last.kind != FILTER_ALL;
        return filter_prefix_read(&prefix, p->piece.text) == 0 ||
               filter_number_read(&number, p->piece.text, false) == 0 ||
               (p->last.kind == FILTER_PORT && filter_port_read(&number, p->piece.text) == 0) ||
               (p->last.kind == FILTER_NAME && text_find(p->piece.text, '.') < p->piece.text.len);
}

static int either(uint16_t *out, struct parser *p);

static int one(uint16_t *out, struct parser *p)
{
        struct filter_node node;
        uint16_t inner;
        bool is_not;
        int err = enter(p);

        if (err)
                return err;
        is_not = take_word(p, "not") || take_sign(p, '!');
        if (is_not) {
                err = one(&inner, p);
                if (!err)
                        err = add_two(out, p, FILTER_NOT, inner, 0);
        } else if (take_sign(p, '(')) {
                err = either(out, p);
                if (!err && !take_sign(p, ')'))
                        err = refuse(p, "thiếu dấu ) trước \"%s\"", "a ) is missing before \"%s\"");
        } else if (begins_comparison(p) && (!is_word(p, "ip") || is_host_word(p))) {
                err = sided_comparison(out, p);
        } else if (plain_word(&node, p) == 0) {
                err = plain(out, p, node);
        } else {
                err = is_value(p) ? bare_value(out, p) : refuse_word(p);
        }
        p->depth--;
        return err;
}

static int both(uint16_t *out, struct parser *p)
{
        uint16_t next = 0;
        int err;

        *out = 0;
        err = one(out, p);
        while (!err && (take_word(p, "and") || take_sign(p, '&'))) {
                err = one(&next, p);
                if (!err)
                        err = add_two(out, p, FILTER_AND, *out, next);
        }
        return err;
}

static int either(uint16_t *out, struct parser *p)
{
        uint16_t next = 0;
        int err;

        *out = 0;
        err = both(out, p);
        while (!err && (take_word(p, "or") || take_sign(p, '|'))) {
                err = both(&next, p);
                if (!err)
                        err = add_two(out, p, FILTER_OR, *out, next);
        }
        return err;
}

static int whole(struct parser *p)
{
        uint16_t root;
        int err;

        step(p);
        if (p->piece.kind == FILTER_PIECE_END)
                return add_own(&root, p, (struct filter_node){ .kind = FILTER_ALL });
        err = either(&root, p);
        if (err)
                return err;
        if (p->piece.kind != FILTER_PIECE_END)
                return refuse(p, "thiếu and hoặc or trước \"%s\"",
                    "an `and` or `or` is missing before \"%s\"");
        if (p->filter->asks_names && p->asks_flows)
                return refuse(p, "name chỉ đi với host và net, không với cổng, cờ, số lượng (%s)",
                    "name goes with host and net only, not with ports, flags or amounts (%s)");
        return 0;
}

int filter_parse(struct filter **out, struct text words, struct parse_error *bad)
{
        AUTO(filter_free_at) struct filter *filter = mem_zero(1, sizeof(*filter));
        struct parser p = { .filter = filter, .words = words, .bad = bad };
        int err;

        if (!filter)
                return ERR_MEMORY;
        err = whole(&p);
        if (err)
                return err;
        *out = MOVE(filter);
        return 0;
}
