/* traffic/archive/text_order.h: names with their labels in reverse order, so that those below a
 * name stand together. Pure; for this folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_TEXT_ORDER_H
#define CANH_TRAFFIC_ARCHIVE_TEXT_ORDER_H

#include "traffic/archive/part_layout.h"

/* "evil.example.com" -> "com.example.evil" in out[t.len]; twice gives the same again. */
void text_reverse_labels(char *out, struct text t);
/* By bytes; a text before its longer continuations. */
int text_order_compare(struct text a, struct text b);
/* The first sixteen bytes, zeros behind a shorter text: rises as the texts do. */
struct part_key text_part_key(struct text t);
/* Reversed name: is it `above` or below it? Empty `above`: yes. */
bool text_is_below(struct text reversed, struct text above);

#endif
