/* traffic/archive/part_write.c: see part_write.h. Groups of rows are gathered column by column,
 * then each column becomes a chunk. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/part_write.h"
#include "base/mem.h"
#include "traffic/archive/checksum.h"
#include "traffic/archive/dictionary.h"
#include "traffic/archive/flow_order.h"
#include "traffic/archive/little_endian.h"
#include "traffic/archive/text_order.h"

enum { TEXT_GROUP_BYTES = PART_GROUP_ROWS * FACTS_TEXT_MAX, AHEAD = 16 };

struct part_writer {
        struct buffer *out;
        struct index_entries *entries;
        struct column_scratch *scratch;
        const struct part_label *label;
        const struct part_choice *choice;
        struct buffer groups[TABLES];
        uint64_t rows[TABLES];
        uint32_t group_count[TABLES];
        struct dictionary addresses, texts;
        struct arena *reversed;
        struct buffer text_bytes; /* of the group of texts */
        struct flow_place *places;
        uint32_t *index_hosts; /* of each entry of `addresses`: its number in `entries` */
        uint32_t *name_texts, *lease_texts; /* entries; TEXT_NONE */
        size_t flow_count, between_count;   /* places: those of flows first */
        time_ms first_at, last_at;
        /* the group that is being gathered */
        size_t n;
        struct part_key first;
        time_ms begin_least, end_most;
        uint64_t values[PART_COLUMNS_MAX][PART_GROUP_ROWS];
};

static const uint32_t TEXT_NONE = UINT32_MAX, NO_HOST = UINT32_MAX;

static int write_chunk(
    struct part_writer *w, uint8_t chunk[PART_CHUNK_BYTES], enum part_table t, unsigned column)
{
        size_t before = w->out->len;
        int err = t == TABLE_TEXTS && column == TEXT_BYTES
                      ? blob_write(w->out, w->scratch,
                            (struct text){ w->text_bytes.data, w->text_bytes.len })
                      : column_write(w->out, w->scratch, w->values[column], w->n,
                            part_shapes[t].nature[column]);

        if (err)
                return err;
        put_u32(chunk, (uint32_t)(w->out->len - before));
        put_u32(chunk + 4, (uint32_t)checksum_xxh3(w->out->data + before, w->out->len - before));
        return 0;
}

static int group_end(struct part_writer *w, enum part_table t)
{
        uint8_t entry[PART_GROUP_HEAD_BYTES + PART_COLUMNS_MAX * PART_CHUNK_BYTES] = { 0 };
        size_t columns = part_shapes[t].columns;
        int err = 0;

        if (w->n == 0)
                return 0;
        put_u64(entry, w->first.high);
        put_u64(entry + 8, w->first.low);
        put_u64(entry + 16, (uint64_t)w->begin_least);
        put_u64(entry + 24, (uint64_t)w->end_most);
        put_u64(entry + 32, w->out->len);
        put_u32(entry + 40, (uint32_t)w->n);
        for (unsigned c = 0; c < columns && !err; c++)
                err = write_chunk(w, entry + PART_GROUP_HEAD_BYTES + c * PART_CHUNK_BYTES, t, c);
        if (!err)
                err = buffer_add(
                    &w->groups[t], entry, PART_GROUP_HEAD_BYTES + columns * PART_CHUNK_BYTES);
        w->rows[t] += w->n;
        w->group_count[t]++;
        w->n = 0;
        buffer_clear(&w->text_bytes);
        return err;
}

/* Room for one row more, of which the caller fills the columns w->values[…][w->n - 1]. */
static int row_begin(
    struct part_writer *w, enum part_table t, struct part_key key, time_ms begin, time_ms end)
{
        int err = w->n == PART_GROUP_ROWS ? group_end(w, t) : 0;

        if (err)
                return err;
        if (w->n == 0) {
                w->first = key;
                w->begin_least = begin;
                w->end_most = end;
        }
        w->begin_least = begin < w->begin_least ? begin : w->begin_least;
        w->end_most = end > w->end_most ? end : w->end_most;
        w->first_at = begin < w->first_at ? begin : w->first_at;
        end = end == PART_TIME_OPEN ? begin : end;
        w->last_at = end > w->last_at ? end : w->last_at;
        w->n++;
        return 0;
}

/* What the index must know of a flow of which one end is ours. */
static int index_flow(struct part_writer *w, struct part_key remote, uint32_t host)
{
        const struct ip_address *address = (const void *)w->addresses.entries[host].key.data;
        uint32_t day = index_day(w->label->day);
        int err;

        if (!w->entries)
                return 0;
        err = index_entries_add(w->entries, remote, day, INDEX_FLOWS);
        if (!err && w->index_hosts[host] == NO_HOST)
                err = index_entries_add_host(
                    &w->index_hosts[host], w->entries, address, day, INDEX_FLOWS);
        return err ? err : index_entries_met(w->entries, w->index_hosts[host]);
}

/* Of one with none or both. */
static int index_between(struct part_writer *w, struct part_key remote, struct part_key other)
{
        uint32_t day = index_day(w->label->day);
        int err;

        if (!w->entries)
                return 0;
        err = index_entries_add(w->entries, remote, day, INDEX_BETWEEN);
        return err ? err : index_entries_add(w->entries, other, day, INDEX_BETWEEN);
}

static uint64_t id_of(const struct part_writer *w, const struct ip_address *a)
{
        return dictionary_find(&w->addresses, address_key(a));
}

static int write_flow(struct part_writer *w, enum part_table t, const struct flow_place *p)
{
        const struct flow *f = &w->choice->facts->flows[p->row];
        bool in = flow_place_is_in(p);
        struct part_key remote = part_key_of(flow_remote(f, in));
        int err = row_begin(w, t, remote, f->begin, f->end > f->begin ? f->end : f->begin);
        size_t i;

        if (!err)
                err = t == TABLE_FLOWS ? index_flow(w, remote, p->host / 2)
                                       : index_between(w, remote,
                                             part_key_of(in ? &f->destination : &f->source));
        if (err)
                return err;
        i = w->n - 1;
        w->values[FLOW_REMOTE_HIGH][i] = remote.high;
        w->values[FLOW_REMOTE_LOW][i] = remote.low;
        w->values[FLOW_INTERNAL][i] = dictionary_number_of(&w->addresses, p->host / 2);
        w->values[FLOW_BEGIN][i] = (uint64_t)f->begin;
        w->values[FLOW_DURATION][i] = (uint64_t)f->end - (uint64_t)f->begin;
        w->values[FLOW_BYTES_OUT][i] = f->bytes_out;
        w->values[FLOW_BYTES_IN][i] = f->bytes_in;
        w->values[FLOW_SIDE][i] = in;
        w->values[FLOW_PACKETS_OUT][i] = f->packets_out;
        w->values[FLOW_PACKETS_IN][i] = f->packets_in;
        w->values[FLOW_INTERNAL_PORT][i] = in ? f->destination_port : f->source_port;
        w->values[FLOW_REMOTE_PORT][i] = in ? f->source_port : f->destination_port;
        w->values[FLOW_PROTOCOL][i] = f->protocol;
        w->values[FLOW_FLAGS][i] = f->flags_out | (uint64_t)f->flags_in << 8;
        w->values[FLOW_SAMPLING][i] = f->sampling;
        return 0;
}

static void fetch_ahead(const struct flow *flow)
{
        __builtin_prefetch(flow);
        __builtin_prefetch((const char *)(flow + 1) - 1);
}

static int write_flows(struct part_writer *w)
{
        time_ms day_begin = w->label->day == PART_DAY_ODD ? -1 : w->label->day * (time_ms)DAY_MS;
        const struct flow *flows = w->choice->facts->flows;
        size_t all = w->flow_count + w->between_count;
        int err = flow_order(w->places, w->flow_count, flows, day_begin);

        if (!err)
                err = flow_order(w->places + w->flow_count, w->between_count, flows, day_begin);
        for (size_t i = 0; i < w->flow_count && !err; i++) {
                /* Rows are met in the order of their address, not of memory. */
                if (i + AHEAD < w->flow_count)
                        fetch_ahead(&flows[w->places[i + AHEAD].row]);
                err = write_flow(w, TABLE_FLOWS, &w->places[i]);
        }
        if (!err)
                err = group_end(w, TABLE_FLOWS);
        for (size_t i = w->flow_count; i < all && !err; i++)
                err = write_flow(w, TABLE_BETWEEN, &w->places[i]);
        return err ? err : group_end(w, TABLE_BETWEEN);
}

static int compare_names(const void *a, const void *b, void *state)
{
        const struct part_writer *w = state;
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
        const struct name_sighting *names = w->choice->facts->names;
        uint32_t m = dictionary_number_of(&w->texts, w->name_texts[x]);
        uint32_t n = dictionary_number_of(&w->texts, w->name_texts[y]);

        if (m != n)
                return m < n ? -1 : 1;
        return (names[x].at > names[y].at) - (names[x].at < names[y].at);
}

static int write_names(struct part_writer *w)
{
        uint32_t *rows = w->choice->rows[FACT_NAME];
        size_t count = w->choice->count[FACT_NAME];
        int err = 0;

        if (count)
                qsort_r(rows, count, sizeof(*rows), compare_names, w);
        for (size_t n = 0; n < count && !err; n++) {
                const struct name_sighting *s = &w->choice->facts->names[rows[n]];
                uint64_t number = dictionary_number_of(&w->texts, w->name_texts[rows[n]]);
                size_t i;

                err = row_begin(w, TABLE_NAMES, (struct part_key){ 0, number }, s->at, s->at);
                if (!err && w->entries)
                        err = index_sighting(w->entries, s, dictionary_at(&w->texts, number),
                            index_day(w->label->day));
                if (err)
                        break;
                i = w->n - 1;
                w->values[NAME_TEXT][i] = number;
                w->values[NAME_AT][i] = (uint64_t)s->at;
                w->values[NAME_HOST][i] = id_of(w, &s->host);
                w->values[NAME_PEER][i] = id_of(w, &s->peer);
                w->values[NAME_ANSWER][i] = s->has_answer ? id_of(w, &s->answer) + 1 : 0;
                w->values[NAME_PLACE][i] = s->place;
        }
        return err ? err : group_end(w, TABLE_NAMES);
}

static int write_translations(struct part_writer *w)
{
        int err = 0;

        for (size_t n = 0; n < w->choice->count[FACT_TRANSLATION] && !err; n++) {
                uint32_t row = w->choice->rows[FACT_TRANSLATION][n];
                const struct translation *t = &w->choice->facts->translations[row];
                size_t i;

                err = row_begin(w, TABLE_TRANSLATIONS, (struct part_key){ 0, (uint64_t)t->begin },
                    t->begin, t->end ? t->end : PART_TIME_OPEN);
                if (!err && w->entries)
                        err = index_translation(w->entries, t, index_day(w->label->day));
                if (err)
                        break;
                i = w->n - 1;
                w->values[TRANSLATION_BEGIN][i] = (uint64_t)t->begin;
                w->values[TRANSLATION_END][i] = (uint64_t)t->end;
                w->values[TRANSLATION_INNER][i] = id_of(w, &t->inner);
                w->values[TRANSLATION_OUTER][i] = id_of(w, &t->outer);
                w->values[TRANSLATION_PEER][i] = t->has_peer ? id_of(w, &t->peer) + 1 : 0;
                w->values[TRANSLATION_INNER_PORT][i] = t->inner_port;
                w->values[TRANSLATION_OUTER_PORT][i] = t->outer_port;
                w->values[TRANSLATION_PEER_PORT][i] = t->peer_port;
                w->values[TRANSLATION_PROTOCOL][i] = t->protocol;
        }
        return err ? err : group_end(w, TABLE_TRANSLATIONS);
}

static uint64_t hardware_number(const struct lease *l)
{
        uint64_t number = 1;

        for (unsigned i = 0; i < LEASE_HARDWARE_BYTES; i++)
                number = number << 8 | l->hardware[i];
        return l->has_hardware ? number : 0;
}

static int write_leases(struct part_writer *w)
{
        int err = 0;

        for (size_t n = 0; n < w->choice->count[FACT_LEASE] && !err; n++) {
                uint32_t row = w->choice->rows[FACT_LEASE][n], text = w->lease_texts[row], host;
                const struct lease *l = &w->choice->facts->leases[row];
                size_t i;

                err = row_begin(w, TABLE_LEASES, (struct part_key){ 0, (uint64_t)l->begin },
                    l->begin, l->end ? l->end : PART_TIME_OPEN);
                if (!err && w->entries)
                        err = index_entries_add_host(
                            &host, w->entries, &l->address, index_day(w->label->day), INDEX_OTHERS);
                if (err)
                        break;
                i = w->n - 1;
                w->values[LEASE_BEGIN][i] = (uint64_t)l->begin;
                w->values[LEASE_END][i] = (uint64_t)l->end;
                w->values[LEASE_ADDRESS][i] = id_of(w, &l->address);
                w->values[LEASE_HARDWARE][i] = hardware_number(l);
                w->values[LEASE_HOST_NAME][i] = text == TEXT_NONE ? 0
                                                                  : (uint64_t)dictionary_number_of(
                                                                        &w->texts, text) +
                                                                        1;
        }
        return err ? err : group_end(w, TABLE_LEASES);
}

static int write_addresses(struct part_writer *w)
{
        int err = 0;

        for (size_t n = 0; n < w->addresses.count && !err; n++) {
                struct part_key key = part_key_of(
                    (const void *)dictionary_at(&w->addresses, n).data);

                err = row_begin(w, TABLE_ADDRESSES, key, INT64_MAX, INT64_MIN);
                if (err)
                        break;
                w->values[ADDRESS_HIGH][w->n - 1] = key.high;
                w->values[ADDRESS_LOW][w->n - 1] = key.low;
        }
        return err ? err : group_end(w, TABLE_ADDRESSES);
}

static int write_texts(struct part_writer *w)
{
        int err = 0;

        for (size_t n = 0; n < w->texts.count && !err; n++) {
                struct text t = dictionary_at(&w->texts, n);

                err = row_begin(w, TABLE_TEXTS, text_part_key(t), INT64_MAX, INT64_MIN);
                if (!err)
                        err = buffer_add(&w->text_bytes, t.data, t.len);
                if (err)
                        break;
                w->values[TEXT_LENGTH][w->n - 1] = t.len;
        }
        return err ? err : group_end(w, TABLE_TEXTS);
}

static int collect_flows(struct part_writer *w, const struct own_ranges *own)
{
        const struct part_choice *c = w->choice;
        size_t n = c->count[FACT_FLOW], front = 0, back = n;

        w->places = mem_zero(n + 1, sizeof(*w->places));
        if (!w->places)
                return ERR_MEMORY;
        for (size_t i = 0; i < n; i++) {
                const struct flow *f = &c->facts->flows[c->rows[FACT_FLOW][i]];
                bool out = own_ranges_have(own, &f->source);
                bool in = own_ranges_have(own, &f->destination);
                struct flow_place *p = &w->places[in != out ? front++ : --back];
                uint32_t entry;
                int err;

                in = in && !out;
                err = dictionary_add(
                    &entry, &w->addresses, address_key(in ? &f->destination : &f->source));
                if (err)
                        return err;
                *p = (struct flow_place){ 0, c->rows[FACT_FLOW][i], entry * 2 + in };
        }
        w->flow_count = front;
        w->between_count = n - front;
        return 0;
}

static int collect_address(struct part_writer *w, bool has, const struct ip_address *a)
{
        uint32_t entry;

        return has ? dictionary_add(&entry, &w->addresses, address_key(a)) : 0;
}

static int collect_text(uint32_t *out, struct part_writer *w, struct text t)
{
        char *copy = arena_zero(w->reversed, t.len + 1, 1);

        if (!copy)
                return ERR_MEMORY;
        text_reverse_labels(copy, t);
        return dictionary_add(out, &w->texts, (struct text){ copy, t.len });
}

static int collect_names(struct part_writer *w)
{
        const struct part_choice *c = w->choice;
        int err = 0;

        w->name_texts = mem_zero(c->facts->count[FACT_NAME] + 1, sizeof(*w->name_texts));
        if (!w->name_texts)
                return ERR_MEMORY;
        for (size_t i = 0; i < c->count[FACT_NAME] && !err; i++) {
                uint32_t row = c->rows[FACT_NAME][i];
                const struct name_sighting *s = &c->facts->names[row];

                err = collect_address(w, true, &s->host);
                if (!err)
                        err = collect_address(w, true, &s->peer);
                if (!err)
                        err = collect_address(w, s->has_answer, &s->answer);
                if (!err)
                        err = collect_text(&w->name_texts[row], w, s->name);
        }
        return err;
}

static int collect_others(struct part_writer *w)
{
        const struct part_choice *c = w->choice;
        int err = 0;

        for (size_t i = 0; i < c->count[FACT_TRANSLATION] && !err; i++) {
                const struct translation *t = &c->facts->translations[c->rows[FACT_TRANSLATION][i]];

                err = collect_address(w, true, &t->inner);
                if (!err)
                        err = collect_address(w, true, &t->outer);
                if (!err)
                        err = collect_address(w, t->has_peer, &t->peer);
        }
        w->lease_texts = mem_zero(c->facts->count[FACT_LEASE] + 1, sizeof(*w->lease_texts));
        if (!w->lease_texts)
                return ERR_MEMORY;
        for (size_t i = 0; i < c->count[FACT_LEASE] && !err; i++) {
                uint32_t row = c->rows[FACT_LEASE][i];
                const struct lease *l = &c->facts->leases[row];

                w->lease_texts[row] = TEXT_NONE;
                err = collect_address(w, true, &l->address);
                if (!err && l->host_name.len)
                        err = collect_text(&w->lease_texts[row], w, l->host_name);
        }
        return err;
}

static int write_directory(struct part_writer *w)
{
        AUTO(buffer_done) struct buffer dir = BUFFER(PART_DIRECTORY_MAX);
        uint8_t head[PART_DIRECTORY_HEAD_BYTES] = { 0 }, trailer[PART_TRAILER_BYTES];
        const struct part_label *l = w->label;
        int err;

        put_u64(head, l->id);
        put_u64(head + 8, (uint64_t)l->sealed_at);
        put_u64(head + 16, (uint64_t)w->first_at);
        put_u64(head + 24, (uint64_t)w->last_at);
        put_u32(head + 32, (uint32_t)l->day);
        put_u32(head + 36, (uint32_t)l->replaced_count);
        put_u32(head + 40, TABLES);
        err = buffer_add(&dir, head, sizeof(head));
        for (unsigned t = 0; t < TABLES && !err; t++) {
                uint8_t table[PART_TABLE_BYTES] = { 0 };

                put_u64(table, w->rows[t]);
                put_u32(table + 8, w->group_count[t]);
                put_u32(table + 12, part_shapes[t].columns);
                err = buffer_add(&dir, table, sizeof(table));
        }
        for (unsigned t = 0; t < TABLES && !err; t++)
                err = buffer_add(&dir, w->groups[t].data, w->groups[t].len);
        for (size_t i = 0; i < l->replaced_count && !err; i++) {
                uint8_t id[8];

                put_u64(id, l->replaced[i]);
                err = buffer_add(&dir, id, sizeof(id));
        }
        if (err)
                return err;
        put_u64(trailer, w->out->len);
        put_u64(trailer + 8, dir.len);
        put_u64(trailer + 16, checksum_xxh3(dir.data, dir.len));
        put_u64(trailer + 24, checksum_xxh3(trailer, 24));
        err = buffer_add(w->out, dir.data, dir.len);
        return err ? err : buffer_add(w->out, trailer, sizeof(trailer));
}

static int number_all(struct part_writer *w)
{
        int err = dictionary_number(&w->addresses, text_order_compare);

        w->index_hosts = mem_zero(w->addresses.count + 1, sizeof(*w->index_hosts));
        if (!w->index_hosts)
                return ERR_MEMORY;
        for (size_t i = 0; i < w->addresses.count; i++)
                w->index_hosts[i] = NO_HOST;
        return err ? err : dictionary_number(&w->texts, text_order_compare);
}

static int write_all(struct part_writer *w, const struct own_ranges *own)
{
        int (*const steps[])(struct part_writer *) = { collect_names, collect_others, number_all,
                write_flows, write_names, write_translations, write_leases, write_addresses,
                write_texts, write_directory };
        uint8_t header[PART_HEADER_BYTES] = PART_MAGIC;
        int err;

        put_u32(header + 8, PART_VERSION);
        err = buffer_add(w->out, header, sizeof(header));
        if (!err)
                err = collect_flows(w, own);
        for (size_t i = 0; i < ARRAY_LEN(steps) && !err; i++)
                err = steps[i](w);
        return err;
}

int part_write(struct buffer *out, struct part_span *span, struct index_entries *entries,
    struct column_scratch *s, const struct own_ranges *own, const struct part_label *label,
    const struct part_choice *choice)
{
        AUTO(mem_free_at) struct part_writer *w = mem_zero(1, sizeof(*w));
        int err;

        if (!w)
                return ERR_MEMORY;
        w->out = out;
        w->entries = entries;
        w->scratch = s;
        w->label = label;
        w->choice = choice;
        w->first_at = INT64_MAX;
        w->last_at = INT64_MIN;
        buffer_init(&w->text_bytes, TEXT_GROUP_BYTES);
        for (unsigned t = 0; t < TABLES; t++)
                buffer_init(&w->groups[t], PART_DIRECTORY_MAX);
        err = arena_new(&w->reversed, (size_t)1 << 32);
        if (!err)
                err = write_all(w, own);
        if (!err)
                *span = (struct part_span){ w->first_at, w->last_at };
        for (unsigned t = 0; t < TABLES; t++)
                buffer_done(&w->groups[t]);
        buffer_done(&w->text_bytes);
        dictionary_done(&w->addresses);
        dictionary_done(&w->texts);
        w->reversed = arena_free(w->reversed);
        mem_free(MOVE(w->places));
        mem_free(MOVE(w->index_hosts));
        mem_free(MOVE(w->name_texts));
        mem_free(MOVE(w->lease_texts));
        return err;
}
