/* traffic/archive/archive_hunt.c: see archive_hunt in archive.h. SPDX-License-Identifier:
 * Apache-2.0
 */
#include "base/mem.h"
#include "codec/digest.h"
#include "traffic/archive/archive_reader.h"
#include "traffic/archive/dictionary.h"
#include "traffic/archive/hits.h"

enum { CERTIFICATE_BYTES = 20 };

struct hunt {
        const struct indicator_set *set;
        const struct own_ranges *own;
        struct hits hits;
        struct dictionary values;            /* of the indicators that were met */
        const struct indicator_view **views; /* by entry of `values` */
        size_t view_room;
};

/* The one copy of the indicator: equal pointers are equal indicators. */
static int keep_view(
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
        err = keep_view(&hit.indicator, h, &view);
        return err ? err : hits_add(&h->hits, &hit);
}

static int take_flow(void *state, const struct flow *f)
{
        struct hunt *h = state;
        int err = add_end(h, f, &f->destination, &f->source);

        return err ? err : add_end(h, f, &f->source, &f->destination);
}

static int take_name(void *state, const struct name_sighting *s)
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
                err = keep_view(&hit.indicator, h, &view);
                if (!err)
                        err = hits_add(&h->hits, &hit);
        }
        if (err || !s->has_answer || !indicator_set_find_address(&view, h->set, &s->answer))
                return err;
        err = keep_view(&hit.indicator, h, &view);
        return err ? err : hits_add(&h->hits, &hit);
}

int archive_hunt(struct archive_reader *r, const struct indicator_set *set,
    const struct archive_question *q, struct archive_hit_sink sink)
{
        struct archive_question all = { .since = q->since,
                .until = q->until,
                .is_wanted = q->is_wanted,
                .progress = q->progress,
                .state = q->state };
        struct hunt h = { .set = set };
        int err = hits_init(&h.hits);

        if (!err)
                err = archive_each(r, &all,
                    (struct traffic_sink){
                        .take_flow = take_flow, .take_name = take_name, .state = &h });
        hits_sort(&h.hits);
        for (size_t i = 0; i < h.hits.count && !err; i++)
                err = sink.take(sink.state, &h.hits.all[i]);
        hits_done(&h.hits);
        dictionary_done(&h.values);
        mem_free(h.views);
        return err;
}
