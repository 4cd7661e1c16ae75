/* indicators/lists/warning_list.h: what must never become an indicator: public lists in the format
 * of github.com/MISP/misp-warninglists.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_WARNING_LIST_H
#define CANH_INDICATORS_LISTS_WARNING_LIST_H

#include "codec/ip_address.h"
#include "model/indicator.h"

struct warning_list;

enum { WARNING_BYTES_MAX = 64 << 20 };

/* One JSON document of type cidr, hostname, string or substring. FORMAT; UNSUPPORTED for other
 * types (regex), with the list's name in *bad: the caller goes on without it. */
MUST_USE int warning_list_parse(
    struct warning_list **out, struct text bytes, struct parse_error *bad);
struct warning_list *warning_list_free(struct warning_list *list);
void warning_list_free_at(struct warning_list **list);
const char *warning_list_name(const struct warning_list *list);
size_t warning_list_count(const struct warning_list *list);
/* The first list that speaks of this indicator, or NULL. address is NULL unless it is IPV4, IPV6.
 */
const struct warning_list *warning_lists_find(const struct warning_list *const *lists, size_t count,
    const struct indicator *indicator, const struct ip_address *address);

#endif
