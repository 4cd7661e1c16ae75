/* traffic/query/filter_tree.h: the compiled filter: a tree of comparisons in one array. For this
 * folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_QUERY_FILTER_TREE_H
#define CANH_TRAFFIC_QUERY_FILTER_TREE_H

#include "codec/domain_name.h"
#include "traffic/query/filter.h"

enum filter_kind {
        FILTER_ALL,
        FILTER_AND,
        FILTER_OR,
        FILTER_NOT,     /* of left */
        FILTER_ADDRESS, /* prefix, side */
        FILTER_PORT,    /* low..high, side */
        FILTER_PROTOCOL,
        FILTER_VERSION, /* low: 4 or 6 */
        FILTER_FLAGS,   /* all of low are set */
        FILTER_AMOUNT,  /* low..high of `amount` */
        FILTER_NAME
};

enum filter_side { FILTER_EITHER, FILTER_SOURCE, FILTER_DESTINATION, FILTER_BOTH };

enum filter_amount {
        FILTER_BYTES,
        FILTER_PACKETS,
        FILTER_DURATION, /* ms */
        FILTER_PPS,
        FILTER_BPS, /* bits */
        FILTER_AMOUNTS
};

enum filter_name_rule { FILTER_NAME_ANY, FILTER_NAME_EXACT, FILTER_NAME_SUFFIX };

/* low > high is a comparison that nothing meets: `port > 65535`. */
struct filter_node {
        enum filter_kind kind;
        enum filter_side side;
        enum filter_amount amount;
        enum filter_name_rule rule;
        uint16_t left, right; /* of the same array, always before this node */
        uint64_t low, high;
        struct ip_prefix prefix;
        char *name; /* owned; NULL with FILTER_NAME_ANY */
};

struct filter {
        struct filter_node *nodes;
        size_t count, room; /* the last node is the whole filter */
        bool asks_names;
};

extern const char *const filter_amount_words[FILTER_AMOUNTS];
/* 65535 for ports; what no amount exceeds. */
uint64_t filter_range_max(enum filter_kind kind);

struct filter_word {
        const char *word;
        uint8_t number;
};
/* Protocols by number, the usual word of each first; ends with word NULL. */
extern const struct filter_word filter_protocols[];
#define FILTER_FLAG_LETTERS "FSRPAUEC" /* bit 0 first */

#endif
