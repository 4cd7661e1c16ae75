/* traffic/decode/export_translation.c: which inner end stood behind which outer one, and which
 * names were spoken of, as a record tells. NAT events: RFC 8158, www.iana.org/assignments/ipfix.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_record.h"

#include "codec/domain_name.h"

enum moment { MOMENT_NONE, MOMENT_CREATED, MOMENT_DELETED, MOMENT_SPAN };

/* What the record says of the life of the translation; NONE: its event is none of a translation. */
static enum moment moment_of(const struct export_record *r)
{
        switch (r->numbers[EXPORT_NAT_EVENT]) {
        case 0:
                break;
        case 1:  /* NAT translation create */
        case 4:  /* NAT44 session create */
        case 6:  /* NAT64 session create */
        case 8:  /* NAT44 BIB create */
        case 10: /* NAT64 BIB create */
        case 14: /* address binding create */
        case 16: /* port block allocation */
                return MOMENT_CREATED;
        case 2:
        case 5:
        case 7:
        case 9:
        case 11:
        case 15:
        case 17:
                return MOMENT_DELETED;
        default: /* addresses, ports or quota exhausted */
                return MOMENT_NONE;
        }
        switch (r->numbers[EXPORT_FIREWALL_EVENT]) {
        case EXPORT_FIREWALL_CREATED:
                return MOMENT_CREATED;
        case EXPORT_FIREWALL_DELETED:
                return MOMENT_DELETED;
        default:
                return MOMENT_SPAN;
        }
}

/* NAT64 tells the outer end of an inner IPv6 address as IPv4. */
static const struct ip_address *either(
    const struct export_record *r, enum export_field v4, enum export_field v6)
{
        const struct ip_address *a = export_address(r, v4);

        return a ? a : export_address(r, v6);
}

/* Whether the end that was `address`, `port` is another one behind the NAT; a port of 0 is not
 * told. */
static bool is_changed(const struct ip_address *address, uint16_t port,
    const struct ip_address *post, uint16_t post_port)
{
        return post && (ip_address_compare(address, post) != 0 ||
                           (post_port != 0 && port != 0 && post_port != port));
}

static int give(struct export_context *c, struct translation *t)
{
        c->counts->translations++;
        return traffic_sink_translation(c->sink, t);
}

int export_translation_give(
    struct export_context *c, const struct export_record *r, const struct flow *f)
{
        const struct ip_address *post_source = either(
            r, EXPORT_POST_SOURCE_V4, EXPORT_POST_SOURCE_V6);
        const struct ip_address *post_destination = either(
            r, EXPORT_POST_DESTINATION_V4, EXPORT_POST_DESTINATION_V6);
        const struct ip_address *source = either(r, EXPORT_SOURCE_V4, EXPORT_SOURCE_V6);
        const struct ip_address *destination = either(
            r, EXPORT_DESTINATION_V4, EXPORT_DESTINATION_V6);
        uint16_t source_port = (uint16_t)r->numbers[EXPORT_POST_SOURCE_PORT];
        uint16_t destination_port = (uint16_t)r->numbers[EXPORT_POST_DESTINATION_PORT];
        enum moment moment = moment_of(r);
        struct translation t = { .begin = f->begin,
                .end = moment == MOMENT_CREATED ? 0 : f->end,
                .protocol = f->protocol };
        int err = 0;

        if (moment == MOMENT_NONE)
                return 0;
        if (source && is_changed(source, f->source_port, post_source, source_port)) {
                const struct ip_address *peer = post_destination ? post_destination : destination;
                t.inner = *source;
                t.inner_port = f->source_port;
                t.outer = *post_source;
                t.outer_port = source_port;
                t.has_peer = peer != NULL;
                t.peer = peer ? *peer : t.peer;
                t.peer_port = destination_port ? destination_port : f->destination_port;
                err = give(c, &t);
        }
        /* From outside to a server, or the way back through a source NAT. */
        if (!err && destination && source &&
            is_changed(destination, f->destination_port, post_destination, destination_port)) {
                t.inner = *post_destination;
                t.inner_port = destination_port;
                t.outer = *destination;
                t.outer_port = f->destination_port;
                t.has_peer = true;
                t.peer = *source;
                t.peer_port = f->source_port;
                err = give(c, &t);
        }
        return err;
}

static struct text without_port(struct text name)
{
        name.len = text_find(name, '\0'); /* fields of a fixed length are filled with zeros */
        name.len = text_find(name, ':');
        return name;
}

int export_names_give(struct export_context *c, const struct export_record *r, const struct flow *f)
{
        static const struct {
                enum export_field field;
                enum packet_place place;
        } names[] = {
                { EXPORT_NAME_HTTP, PACKET_PLACE_HTTP },
                { EXPORT_NAME_TLS, PACKET_PLACE_TLS },
                { EXPORT_NAME_DNS, PACKET_PLACE_DNS },
        };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                struct text view = r->views[names[i].field - EXPORT_ADDRESSES_END];
                struct name_sighting s = {
                        .at = f->begin, .host = f->source, .peer = f->destination
                };
                char name[DOMAIN_NAME_MAX];
                int err;
                if (view.len == 0 || domain_name_parse(name, without_port(view)) != 0)
                        continue;
                s.place = names[i].place;
                s.name = text_of(name);
                c->counts->names++;
                err = traffic_sink_name(c->sink, &s);
                if (err)
                        return err;
        }
        return 0;
}
