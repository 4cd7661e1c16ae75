/* traffic/decode/export_fields.h: which fields of templates (IANA IPFIX information elements,
 * NetFlow v9 types, those of makers) mean something to us, and what. Pure; a const table.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_EXPORT_FIELDS_H
#define CANH_TRAFFIC_DECODE_EXPORT_FIELDS_H

#include <stdint.h>

/* Numbers first, then addresses, then views. _IN is the way back. Elements with one meaning share
 * one name. NTP: RFC 7011 6.1.9, microseconds and nanoseconds look the same. */
enum export_field {
        EXPORT_OCTETS,
        EXPORT_PACKETS,
        EXPORT_OCTETS_TOTAL,
        EXPORT_PACKETS_TOTAL,
        EXPORT_OCTETS_POST,
        EXPORT_PACKETS_POST,
        EXPORT_OCTETS_INITIATOR,
        EXPORT_PACKETS_INITIATOR,
        EXPORT_OCTETS_IN,
        EXPORT_PACKETS_IN,
        EXPORT_FLAGS,
        EXPORT_FLAGS_IN,
        EXPORT_PROTOCOL,
        EXPORT_IP_VERSION,
        EXPORT_SOURCE_PORT,
        EXPORT_DESTINATION_PORT,
        EXPORT_POST_SOURCE_PORT,
        EXPORT_POST_DESTINATION_PORT,
        EXPORT_ICMP_TYPE_CODE,
        EXPORT_ICMP_TYPE,
        EXPORT_ICMP_CODE,
        EXPORT_NAT_EVENT,
        EXPORT_FIREWALL_EVENT,
        EXPORT_BIFLOW_DIRECTION,
        EXPORT_START_UPTIME,
        EXPORT_END_UPTIME,
        EXPORT_START_SECONDS,
        EXPORT_END_SECONDS,
        EXPORT_START_MS,
        EXPORT_END_MS,
        EXPORT_START_NTP,
        EXPORT_END_NTP,
        EXPORT_START_DELTA_US,
        EXPORT_END_DELTA_US,
        EXPORT_EVENT_SECONDS,
        EXPORT_EVENT_MS,
        EXPORT_EVENT_NTP,
        EXPORT_DURATION_MS,
        EXPORT_DURATION_US,
        EXPORT_SYSTEM_INIT_MS,
        EXPORT_SAMPLING_INTERVAL,
        EXPORT_SAMPLER_ID,
        EXPORT_SAMPLED_PACKETS, /* so many are taken … */
        EXPORT_SKIPPED_PACKETS, /* … and so many are not */
        EXPORT_SAMPLING_SIZE,   /* so many are taken of … */
        EXPORT_SAMPLING_POPULATION,
        EXPORT_SAMPLING_PROBABILITY,
        EXPORT_NUMBERS,

        EXPORT_SOURCE_V4 = EXPORT_NUMBERS,
        EXPORT_DESTINATION_V4,
        EXPORT_POST_SOURCE_V4,
        EXPORT_POST_DESTINATION_V4,
        EXPORT_SOURCE_V6,
        EXPORT_DESTINATION_V6,
        EXPORT_POST_SOURCE_V6,
        EXPORT_POST_DESTINATION_V6,
        EXPORT_ADDRESSES_END,

        EXPORT_FRAME = EXPORT_ADDRESSES_END, /* the first bytes of a packet, from its link header */
        EXPORT_IP_PACKET,                    /* the same from its IP header */
        EXPORT_NAME_HTTP,
        EXPORT_NAME_TLS,
        EXPORT_NAME_DNS,
        EXPORT_FIELDS_END,
        EXPORT_NOTHING = 255
};

enum { EXPORT_ENTERPRISE_REVERSE = 29305 }; /* RFC 5103 */

/* EXPORT_NOTHING when the field is not known, or not wanted. enterprise 0: IANA. */
enum export_field export_field_find(uint32_t enterprise, uint16_t id);

#endif
