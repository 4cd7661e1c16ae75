/* model/packet.h: what one packet says about who talks to whom. From: traffic/decode. To:
 * traffic/match. Content is never kept: payload is a view that lives as long as the packet's bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_MODEL_PACKET_H
#define CANH_MODEL_PACKET_H

#include "base/clock.h"
#include "codec/ip_address.h"

enum packet_protocol { PACKET_ICMP = 1, PACKET_TCP = 6, PACKET_UDP = 17, PACKET_ICMP6 = 58 };

struct packet {
        struct ip_address source, destination;
        uint16_t source_port, destination_port; /* 0 without has_ports */
        uint8_t protocol;                       /* of the last header that could be read */
        bool has_ports;
        bool is_fragment;       /* not the first one: it has no ports and no payload of its own */
        bool is_first_fragment; /* others with its fragment_id follow */
        uint8_t tcp_flags;      /* 0 when it is no TCP or cut */
        uint8_t icmp_type, icmp_code; /* 0 when it is no ICMP or cut */
        uint32_t ip_bytes;            /* of the IP packet as it was on the wire, with its headers */
        uint32_t fragment_id;         /* with is_fragment or is_first_fragment */
        struct text payload;          /* behind the transport header; empty when there is none */
        struct text inner; /* a packet carried in this one (IP in IP, GRE, VXLAN); empty = none */
        int inner_link;    /* its link type, as packet_parse takes it */
};

/* Where in a packet a name or address was seen. */
enum packet_place {
        PACKET_PLACE_ADDRESS,    /* source or destination */
        PACKET_PLACE_DNS,        /* a question, or a name or address of an answer */
        PACKET_PLACE_TLS,        /* the server name of a ClientHello */
        PACKET_PLACE_HTTP,       /* the Host header, or the whole URL */
        PACKET_PLACE_CERTIFICATE /* the SHA-1 of a certificate that a log names */
};

enum { PACKET_NAME_MAX = 256, PACKET_NAMES_MAX = 16, PACKET_URL_MAX = 2048 };

struct packet_name {
        enum packet_place place;
        char text[PACKET_NAME_MAX];
};

/* What a payload names. More than PACKET_NAMES_MAX are left out and counted. */
struct packet_names {
        struct packet_name names[PACKET_NAMES_MAX];
        struct ip_address addresses[PACKET_NAMES_MAX]; /* of DNS answers */
        size_t name_count, address_count, left_out;
        bool is_answer;           /* DNS: not the question itself; the resolver sent it */
        char url[PACKET_URL_MAX]; /* "host/path" of an HTTP request; "" = none */
};

/* Where decoded packets go. An error ends the reading and is handed back. */
struct packet_sink {
        int (*take)(
            void *state, time_ms at, const struct packet *packet, const struct packet_names *names);
        void *state;
};

/* "address", "dns", "tls", "http", "certificate". */
const char *packet_place_name(enum packet_place place);
/* "tcp", "udp", "icmp", "icmp6"; "ip" for others. */
const char *packet_protocol_name(uint8_t protocol);

#endif
