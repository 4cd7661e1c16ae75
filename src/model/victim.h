/* model/victim.h: one of our own public addresses, seen by others at a time (a row of a botnet
 * list). From: indicators/lists. To: office/intake. Never an indicator: whoever is on it is to be
 * helped, not blocked.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_MODEL_VICTIM_H
#define CANH_MODEL_VICTIM_H

#include "base/clock.h"
#include "codec/ip_address.h"
#include "model/indicator.h"

/* The texts are views that belong to whoever fills the struct; empty, 0 or -1 = the list is silent.
 */
struct victim {
        time_ms seen_at;
        struct ip_address src_ip;
        int src_port; /* -1 = not said */
        struct text malware, family;
        bool has_cc_ip;
        struct ip_address cc_ip;
        struct text cc_host;
        int cc_port;                     /* -1 = not said */
        enum indicator_origin cc_origin; /* SINKHOLE: the server is of those who saw it */
        struct text protocol;            /* "tcp", "udp" … in lower case */
        struct text inner_name;          /* the machine behind the router, if the observer saw it */
        struct text src_host, url;       /* reverse name; what was asked for */
        struct text isp, unit, note;
        int64_t count; /* times seen; 0 = not said */
        int64_t asn;   /* 0 = not said */
        struct text severity, source;
        size_t line;
        struct text raw; /* the row as it stood, cells joined by ';' */
};

#endif
