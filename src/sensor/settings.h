/* sensor/settings.h: what the sensor is told: by its command line, or by a file whose lines hold
 * the same words without dashes ("interface = eth1", '#' begins a remark).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_SETTINGS_H
#define CANH_SENSOR_SETTINGS_H

#include "base/language.h"
#include "traffic/match/live_match.h"

#define SENSOR_ARCHIVE_FOLDER "/var/lib/canh-sensor/archive"
#define SENSOR_STATE_FOLDER "/var/lib/canh-sensor"

enum { SETTINGS_INPUTS_MAX = 16, SETTINGS_FILES_MAX = 4096, SETTINGS_OWN_MAX = 256 };

struct sensor_settings {
        const char *interfaces[SETTINGS_INPUTS_MAX];
        size_t interface_count;
        uint64_t captures; /* processes for each interface */
        const char *filter;
        uint64_t snap_bytes, buffer_mib;
        const char *netflow[SETTINGS_INPUTS_MAX];
        size_t netflow_count;
        const char *syslog[SETTINGS_INPUTS_MAX]; /* listened at by UDP and by TCP */
        size_t syslog_count;
        const char *follow[SETTINGS_INPUTS_MAX]; /* log files that grow */
        size_t follow_count;
        const char *zone; /* of logs that say none */
        int zone_minutes;
        const char *files[SETTINGS_FILES_MAX];
        size_t file_count;
        const char *archive, *state, *set; /* NULL: none kept, usual, none */
        struct ip_prefix own[SETTINGS_OWN_MAX];
        size_t own_count;
        uint64_t keep_days, quota_gib, ring_mib, flows;
        bool local;       /* no centre: alerts are printed */
        char *file_bytes; /* of the configuration: the texts above point into it */
};

enum { SETTINGS_WHY_MAX = 300 };

/* FORMAT with why[SETTINGS_WHY_MAX] in the language. */
MUST_USE int settings_read(
    struct sensor_settings *out, int argc, char **argv, enum language language, char *why);
/* Whether the address is one of ours. */
bool settings_has_own(const struct sensor_settings *s, const struct ip_address *a);
void settings_done(struct sensor_settings *s);

#endif
