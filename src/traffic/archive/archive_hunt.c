/* traffic/archive/archive_hunt.c: see archive_hunt in archive.h. SPDX-License-Identifier:
 * Apache-2.0
 */
#include "base/mem.h"
#include "codec/digest.h"
#include "traffic/archive/hunt.h"
#include "traffic/archive/text_order.h"

enum { CERTIFICATE_BYTES = 20 };

int hunt_keep_view(
    const struct indicator_view **out, struct hunt *h, const struct indicator_view *found)
{
        const struct indicator_view *copy;
        uint32_t entry;
        size_t before = h->values.count;
        int err = hits_view(&copy, &h->hits, found);

        if (!err)
                err = dictionary_add(&entry, &h->values, indicator_view_value(copy));
        if (err)
                return err;
        if (h->values.count > h->view_room) {
                size_t room = h->view_room ? h->view_room * 2 : 64;
                const struct indicator_view **views = mem_grow(h->views, room, sizeof(*views));

                if (!views)
                        return ERR_MEMORY;
                h->views = views;
                h->view_room = room;
        }
        if (h->values.count > before)
                h->views[entry] = copy;
        *out = h->views[entry];
        return 0;
}

static int add_end(struct hunt *h, const struct flow *f, const struct ip_address *listed,
    const struct ip_address *host)
{
        struct archive_hit hit = { .host = *host,
                .peer = *listed,
                .place = PACKET_PLACE_ADDRESS,
                .first_at = f->begin,
                .last_at = f->end,
                .flows = 1,
                .bytes = f->bytes_out + f->bytes_in };
        struct indicator_view view;
        int err;

        if (!indicator_set_find_address(&view, h->set, listed))
                return 0;
        err = hunt_keep_view(&hit.indicator, h, &view);
        return err ? err : hits_add(&h->hits, &hit);
}

static int take_flow(void *state, const struct flow *f)
{
        struct hunt *h = state;
        int err = 0;

        if (h->ends != FLOW_REMOTE_IS_SOURCE)
                err = add_end(h, f, &f->destination, &f->source);
        if (!err && h->ends != FLOW_REMOTE_IS_DESTINATION)
                err = add_end(h, f, &f->source, &f->destination);
        return err;
}

int hunt_take_name(void *state, const struct name_sighting *s)
{
        struct hunt *h = state;
        struct archive_hit hit = { .host = s->host,
                .peer = s->has_answer ? s->answer : s->peer,
                .place = s->place,
                .first_at = s->at,
                .last_at = s->at,
                .flows = 1 };
        uint8_t certificate[CERTIFICATE_BYTES];
        struct indicator_view view;
        int err = 0;

        if (s->place == PACKET_PLACE_CERTIFICATE
                ? hex_parse(certificate, sizeof(certificate), s->name) == 0 &&
                      indicator_set_find_hash(&view, h->set, INDICATOR_CERTIFICATE, certificate)
                : indicator_set_find_name(&view, h->set, s->name)) {
                err = hunt_keep_view(&hit.indicator, h, &view);
                if (!err)
                        err = hits_add(&h->hits, &hit);
        }
        if (err || !s->has_answer || !indicator_set_find_address(&view, h->set, &s->answer))
                return err;
        err = hunt_keep_view(&hit.indicator, h, &view);
        return err ? err : hits_add(&h->hits, &hit);
}

static int compare_candidates(const void *a, const void *b)
{
        const struct hunt_candidate *x = a, *y = b;

        if (x->day != y->day)
                return x->day < y->day ? -1 : 1;
        if (!x->name.data != !y->name.data)
                return x->name.data ? 1 : -1;
        return x->name.data ? text_order_compare(x->name, y->name)
                            : part_key_compare(x->address, y->address);
}

/* Sorted by day, each address and each name once. */
static void sort_candidates(struct hunt *h)
{
        size_t kept = 0;

        if (h->candidate_count)
                qsort(
                    h->candidates, h->candidate_count, sizeof(*h->candidates), compare_candidates);
        for (size_t i = 0; i < h->candidate_count; i++) {
                if (kept && compare_candidates(&h->candidates[kept - 1], &h->candidates[i]) == 0)
                        h->candidates[kept - 1].kinds |= h->candidates[i].kinds;
                else
                        h->candidates[kept++] = h->candidates[i];
        }
        h->candidate_count = kept;
}

static int hunt_file(struct archive_reader *r, struct hunt *h, uint64_t id,
    const struct hunt_candidate *candidates, size_t count)
{
        AUTO(part_close_at) struct part *p = NULL;
        char name[PART_NAME_MAX];
        int err = part_open(&p, r->folder, id, r->scratch);

        if (!err)
                err = hunt_part(h, p, candidates, count);
        return err ? reader_note(r, part_name(name, id), err) : 0;
}

static int hunt_day(
    struct archive_reader *r, struct hunt *h, const struct hunt_candidate *candidates, size_t count)
{
        int err = 0;

        for (size_t i = 0; i < r->manifest.part_count && !err; i++) {
                const struct manifest_part *p = &r->manifest.parts[i];

                if (index_day(p->day) == candidates->day && reader_part_overlaps(p, h->question))
                        err = hunt_file(r, h, p->id, candidates, count);
        }
        return err;
}

static int hunt_candidates(struct archive_reader *r, struct hunt *h)
{
        const struct archive_question *q = h->question;
        size_t at = 0, end;
        int err = 0;

        sort_candidates(h);
        for (; at < h->candidate_count && !err; at = end) {
                for (end = at;
                     end < h->candidate_count && h->candidates[end].day == h->candidates[at].day;)
                        end++;
                if (q->progress)
                        q->progress(q->state, at, h->candidate_count);
                if (q->is_wanted && !q->is_wanted(q->state))
                        return ERR_CLOSED;
                err = hunt_day(r, h, h->candidates + at, end - at);
        }
        if (!err && q->progress)
                q->progress(q->state, h->candidate_count, h->candidate_count);
        return err;
}

/* Without index: every fact is looked at. */
static int hunt_all(struct archive_reader *r, struct hunt *h)
{
        struct archive_question q = *h->question;

        q.address_count = 0;
        q.name = (struct text){ 0 };
        return reader_each(r, &q,
            (struct traffic_sink){
                .take_flow = take_flow, .take_name = hunt_take_name, .state = h },
            &h->ends);
}

int archive_hunt(struct archive_reader *r, const struct indicator_set *set,
    const struct archive_question *q, struct archive_hit_sink sink)
{
        struct hunt h = { .set = set, .question = q, .scan = r->scan };
        bool indexed = false;
        int err = hits_init(&h.hits);

        if (!err)
                err = arena_new(&h.names, SET_BYTES_MAX);
        if (!err)
                err = hunt_ask_indexes(&indexed, r, &h);
        if (!err)
                err = indexed ? hunt_candidates(r, &h) : hunt_all(r, &h);
        hits_sort(&h.hits);
        for (size_t i = 0; i < h.hits.count && !err; i++)
                err = sink.take(sink.state, &h.hits.all[i]);
        hits_done(&h.hits);
        dictionary_done(&h.values);
        h.names = arena_free(h.names);
        mem_free(h.views);
        mem_free(h.candidates);
        mem_free(h.part_names);
        mem_free(h.answers);
        h.hunting = hunting_free(h.hunting);
        return err;
}
