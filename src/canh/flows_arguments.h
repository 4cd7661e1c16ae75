/* canh/flows_arguments.h: what the verbs of `canh flows` are told. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef CANH_CANH_FLOWS_ARGUMENTS_H
#define CANH_CANH_FLOWS_ARGUMENTS_H

#include "base/clock.h"
#include "base/language.h"
#include "traffic/query/flow_text.h"
#include "traffic/trace/trace.h"

enum { FLOWS_OWN_MAX = 4096 };

/* A bit each, for the options that a verb knows. */
enum flows_verb { FLOWS_IMPORT = 1, FLOWS_SHOW = 2, FLOWS_HUNT = 4, FLOWS_TRACE = 8 };

struct flows_arguments {
        enum language language;
        const char *archive;
        const char **words; /* what stands behind the archive and is no option */
        size_t word_count;
        enum flow_text_format format;
        time_ms since, until; /* 0 = open */
        int zone_minutes;
        struct ip_prefix *own;
        size_t own_count;
        const char *as; /* import: NULL = found out */
        int keep_days;  /* import; 0 = for ever */
        bool again;     /* import: also what was imported before */
        bool brief;     /* hunt: hosts and days, from the index alone */
        size_t top;     /* show; 0 = single flows */
        enum flow_top_by by;
        enum flow_top_order order;
        uint64_t limit;     /* show; 0 = none */
        const char *nat;    /* trace: a log of translations, besides the archive's */
        const char *ranges; /* trace: a file of dated address ranges; NULL = not judged */
        const char *unit;   /* trace: which of its units we are; NULL = each */
        struct trace_question question; /* trace */
        bool has_public;
};

/* argv[0] is the verb. Complains itself; 0 or a negative value. */
MUST_USE int flows_arguments_take(
    struct flows_arguments *out, enum flows_verb verb, int argc, char **argv, enum language l);
void flows_arguments_done(struct flows_arguments *a);
/* "canh flows: WHAT: reason" to standard error; returns ERR_FORMAT. */
int flows_complain(enum language l, const char *what, const char *vi, const char *en);

#endif
