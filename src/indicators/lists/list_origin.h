/* indicators/lists/list_origin.h: the words of lists for what a listed thing is: n6, ThreatFox,
 * IntelMQ and RSIT classes, STIX indicator types and labels, MISP tags, people's own. Pure. For
 * this folder. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_LIST_ORIGIN_H
#define CANH_INDICATORS_LISTS_LIST_ORIGIN_H

#include "model/indicator.h"

/* UNSAID when the word says none of them. */
enum indicator_origin list_origin_of(struct text word);

#endif
