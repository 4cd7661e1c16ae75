/* canh/list_arguments.h: what `canh list show` and `canh list build` are told.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_LIST_ARGUMENTS_H
#define CANH_CANH_LIST_ARGUMENTS_H

#include "base/language.h"
#include "indicators/lists/list_read.h"
#include "indicators/lists/warning_list.h"

enum {
        ARGUMENT_FILES_MAX = 4096,
        ARGUMENT_OURS_MAX = 4096,
        ARGUMENT_WARNINGS_MAX = 256,
        ARGUMENT_MAP_MAX = 64
};

/* "--map src_ip=3" or "--map src_ip=Địa chỉ". */
struct named_column {
        enum list_field field;
        struct text column;
};

struct list_arguments {
        const char **files;
        size_t file_count;
        const char *output;
        const char *packs; /* NULL: ./packs, else what was installed */
        const char *show;  /* of compare: "new", "gone", "still", "all"; NULL: only counts */
        bool json, no_pack;
        struct ip_prefix *ours;
        struct warning_list **warnings;
        struct named_column map[ARGUMENT_MAP_MAX];
        size_t map_count;
        struct list_options options; /* with views into the above */
};

/* Reads the command line (and the warning lists it names); complains itself. 0, or a negative
 * value. */
MUST_USE int list_arguments_take(
    struct list_arguments *out, int argc, char **argv, enum language l);
void list_arguments_done(struct list_arguments *a);
/* Column names and numbers (from 1) to columns of this file, which is read once for its header. */
MUST_USE int list_arguments_map(struct list_mapping map[ARGUMENT_MAP_MAX],
    const struct list_arguments *a, struct text bytes, struct parse_error *bad);

#endif
