/* indicators/blocks/block_list.c: see block_list.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/blocks/block_list.h"
#include "base/mem.h"

extern const struct block_target block_nftables, block_mikrotik, block_fortigate_address,
    block_fortigate_name, block_rpz;

static const struct block_target *const targets[] = { &block_nftables, &block_mikrotik,
        &block_fortigate_address, &block_fortigate_name, &block_rpz };

const struct block_target *block_target_at(size_t n)
{
        return n < ARRAY_LEN(targets) ? targets[n] : NULL;
}

const struct block_target *block_target_named(struct text id)
{
        for (size_t i = 0; i < ARRAY_LEN(targets); i++)
                if (text_is(id, targets[i]->id))
                        return targets[i];
        return NULL;
}

/* The name goes into other programs' configuration as it stands. */
static bool is_name(struct text name)
{
        for (size_t i = 0; i < name.len; i++) {
                char c = name.data[i];
                if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
                        (c == '-' && i)))
                        return false;
        }
        return name.len > 0 && name.len <= BLOCK_NAME_MAX && name.data[0] >= 'a';
}

int block_list_begin(
    struct buffer *out, const struct block_target *target, const struct block_options *options)
{
        return is_name(options->name) ? target->begin(out, options) : ERR_FORMAT;
}

int block_list_add(struct buffer *out, struct block_counts *counts,
    const struct block_target *target, const struct block_options *options,
    const struct indicator *i)
{
        int err;

        if (i->valid_until && i->valid_until < options->at) {
                counts->expired++;
                return 0;
        }
        if (i->origin == INDICATOR_ORIGIN_SINKHOLE) {
                counts->sinkholes++;
                return 0;
        }
        if (i->confidence != CONFIDENCE_UNKNOWN && i->confidence < options->least_confidence) {
                counts->unsure++;
                return 0;
        }
        err = target->add(out, options, i);
        if (err == ERR_UNSUPPORTED) {
                counts->foreign++;
                return 0;
        }
        counts->written += !err;
        return err;
}

int block_list_end(
    struct buffer *out, const struct block_target *target, const struct block_options *options)
{
        return target->end(out, options);
}
