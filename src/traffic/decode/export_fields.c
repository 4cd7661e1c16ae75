/* traffic/decode/export_fields.c: see export_fields.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_fields.h"

#include "base/mem.h"

struct known_field {
        uint32_t enterprise;
        uint16_t id;
        uint8_t field; /* enum export_field */
};

enum {
        ENTERPRISE_NETSCALER = 5951,
        ENTERPRISE_YAF = 6871,
        ENTERPRISE_CESNET = 8057,
        ENTERPRISE_FLOWMON = 39499
};

/* www.iana.org/assignments/ipfix; by number, so that a look finds what is missing. */
static const struct known_field iana[] = {
        { 0, 1, EXPORT_OCTETS },
        { 0, 2, EXPORT_PACKETS },
        { 0, 4, EXPORT_PROTOCOL },
        { 0, 6, EXPORT_FLAGS },
        { 0, 7, EXPORT_SOURCE_PORT },
        { 0, 8, EXPORT_SOURCE_V4 },
        { 0, 11, EXPORT_DESTINATION_PORT },
        { 0, 12, EXPORT_DESTINATION_V4 },
        { 0, 21, EXPORT_END_UPTIME },
        { 0, 22, EXPORT_START_UPTIME },
        { 0, 23, EXPORT_OCTETS_POST },
        { 0, 24, EXPORT_PACKETS_POST },
        { 0, 27, EXPORT_SOURCE_V6 },
        { 0, 28, EXPORT_DESTINATION_V6 },
        { 0, 32, EXPORT_ICMP_TYPE_CODE },
        { 0, 34, EXPORT_SAMPLING_INTERVAL },
        { 0, 48, EXPORT_SAMPLER_ID },
        { 0, 50, EXPORT_SAMPLING_INTERVAL },
        { 0, 60, EXPORT_IP_VERSION },
        { 0, 85, EXPORT_OCTETS_TOTAL },
        { 0, 86, EXPORT_PACKETS_TOTAL },
        { 0, 104, EXPORT_FRAME },
        { 0, 139, EXPORT_ICMP_TYPE_CODE },
        { 0, 150, EXPORT_START_SECONDS },
        { 0, 151, EXPORT_END_SECONDS },
        { 0, 152, EXPORT_START_MS },
        { 0, 153, EXPORT_END_MS },
        { 0, 154, EXPORT_START_NTP },
        { 0, 155, EXPORT_END_NTP },
        { 0, 156, EXPORT_START_NTP },
        { 0, 157, EXPORT_END_NTP },
        { 0, 158, EXPORT_START_DELTA_US },
        { 0, 159, EXPORT_END_DELTA_US },
        { 0, 160, EXPORT_SYSTEM_INIT_MS },
        { 0, 161, EXPORT_DURATION_MS },
        { 0, 162, EXPORT_DURATION_US },
        { 0, 176, EXPORT_ICMP_TYPE },
        { 0, 177, EXPORT_ICMP_CODE },
        { 0, 178, EXPORT_ICMP_TYPE },
        { 0, 179, EXPORT_ICMP_CODE },
        { 0, 180, EXPORT_SOURCE_PORT },
        { 0, 181, EXPORT_DESTINATION_PORT },
        { 0, 182, EXPORT_SOURCE_PORT },
        { 0, 183, EXPORT_DESTINATION_PORT },
        { 0, 225, EXPORT_POST_SOURCE_V4 },
        { 0, 226, EXPORT_POST_DESTINATION_V4 },
        { 0, 227, EXPORT_POST_SOURCE_PORT },
        { 0, 228, EXPORT_POST_DESTINATION_PORT },
        { 0, 230, EXPORT_NAT_EVENT },
        { 0, 231, EXPORT_OCTETS_INITIATOR },
        { 0, 232, EXPORT_OCTETS_IN },
        { 0, 233, EXPORT_FIREWALL_EVENT },
        { 0, 239, EXPORT_BIFLOW_DIRECTION },
        { 0, 281, EXPORT_POST_SOURCE_V6 },
        { 0, 282, EXPORT_POST_DESTINATION_V6 },
        { 0, 298, EXPORT_PACKETS_INITIATOR },
        { 0, 299, EXPORT_PACKETS_IN },
        { 0, 302, EXPORT_SAMPLER_ID },
        { 0, 305, EXPORT_SAMPLED_PACKETS },
        { 0, 306, EXPORT_SKIPPED_PACKETS },
        { 0, 309, EXPORT_SAMPLING_SIZE },
        { 0, 310, EXPORT_SAMPLING_POPULATION },
        { 0, 311, EXPORT_SAMPLING_PROBABILITY },
        { 0, 313, EXPORT_IP_PACKET },
        { 0, 315, EXPORT_FRAME },
        { 0, 322, EXPORT_EVENT_SECONDS },
        { 0, 323, EXPORT_EVENT_MS },
        { 0, 324, EXPORT_EVENT_NTP },
        { 0, 325, EXPORT_EVENT_NTP },
};

static const struct known_field makers[] = {
        { EXPORT_ENTERPRISE_REVERSE, 1, EXPORT_OCTETS_IN },
        { EXPORT_ENTERPRISE_REVERSE, 2, EXPORT_PACKETS_IN },
        { EXPORT_ENTERPRISE_REVERSE, 6, EXPORT_FLAGS_IN },
        { EXPORT_ENTERPRISE_REVERSE, 85, EXPORT_OCTETS_IN },
        { EXPORT_ENTERPRISE_REVERSE, 86, EXPORT_PACKETS_IN },
        /* Cisco ASA 8.x, before the numbers of IANA */
        { 0, 40001, EXPORT_POST_SOURCE_V4 },
        { 0, 40002, EXPORT_POST_DESTINATION_V4 },
        { 0, 40003, EXPORT_POST_SOURCE_PORT },
        { 0, 40004, EXPORT_POST_DESTINATION_PORT },
        { 0, 40005, EXPORT_FIREWALL_EVENT },
        /* YAF: flags of the first packet, and of all behind it; with 0x4000 those of the way back
         */
        { ENTERPRISE_YAF, 14, EXPORT_FLAGS },
        { ENTERPRISE_YAF, 15, EXPORT_FLAGS },
        { ENTERPRISE_YAF, 14 | 0x4000, EXPORT_FLAGS_IN },
        { ENTERPRISE_YAF, 15 | 0x4000, EXPORT_FLAGS_IN },
};

enum export_field export_field_find(uint32_t enterprise, uint16_t id)
{
        if (enterprise == 0)
                for (size_t i = 0; i < ARRAY_LEN(iana); i++)
                        if (iana[i].id == id)
                                return iana[i].field;
        for (size_t i = 0; i < ARRAY_LEN(makers); i++)
                if (makers[i].enterprise == enterprise && makers[i].id == id)
                        return makers[i].field;
        return EXPORT_NOTHING;
}
