/* indicators/lists/list_cell.h: one cell of a list as people write it: defanged addresses, several
 * in a cell, signs for "nothing", dates of all habits. Pure. For this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_LIST_CELL_H
#define CANH_INDICATORS_LISTS_LIST_CELL_H

#include "codec/ip_address.h"
#include "model/indicator.h"

enum { CELL_TEXT_MAX = 256 };

struct list_why {
        const char *vi, *en;
};

/* Without blanks at both ends, also the unbreakable and the invisible ones. */
struct text list_cell_trim(struct text cell);
/* "", "0", "?", "-", "n/a", "null", "không có" … stand for nothing. */
bool list_cell_is_empty(struct text cell);
/* NFC, one line, no control characters, at most 255 bytes, cut at a character's edge. Returns out.
 */
struct text list_cell_text(char out[CELL_TEXT_MAX], struct text cell);
/* "1[.]2(.)3[dot]4" and "hxxp[:]//" without the fangs' guards; cut at `room`. */
struct text list_cell_refang(char *out, size_t room, struct text cell);

struct list_item {
        enum indicator_type type;
        char value[INDICATOR_VALUE_MAX + 2];
        struct ip_address address; /* set for IPV4, IPV6 */
        struct ip_prefix prefix;   /* set for these and PREFIX */
        int port;                  /* "address:port"; -1 = none */
        bool subdomains;
};

/* One indicator of whatever type. FORMAT with the reason in *why; *out is then of no use. */
MUST_USE int list_item_parse(struct list_item *out, struct text token, struct list_why *why);
/* The next piece of a cell that holds several, without "AS45899" and "(VNPT)"; false at the end. */
bool list_item_split(struct text *out, struct text *rest);

/* How day and month stand in "04/05/2023". */
enum date_order { DATE_DAY_FIRST, DATE_MONTH_FIRST };
/* What a cell says about the order of its column. */
enum date_hint { DATE_HINT_NONE, DATE_HINT_DAY_FIRST, DATE_HINT_MONTH_FIRST };
enum date_hint list_time_hint(struct text cell);
/* RFC 3339, "yyyy-mm-dd hh:mm:ss", "dd/mm/yyyy hh:mm[:ss] [SA|CH|AM|PM]", "hh:mm dd/mm/yyyy", Excel
 * serial days, seconds or milliseconds since 1970, FILETIME. Without zone: zone_minutes. FORMAT. */
MUST_USE int list_time_parse(
    time_ms *out, struct text cell, enum date_order order, int zone_minutes);
/* 0..65535, also "80/tcp" and "80.0"; FORMAT. */
MUST_USE int list_port_parse(int *out, struct text cell);
/* "AS45899", "45899"; FORMAT. */
MUST_USE int list_number_parse(int64_t *out, struct text cell);

#endif
