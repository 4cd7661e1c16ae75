/* centre/settings.h: the command line of canh-centre. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_SETTINGS_H
#define CANH_CENTRE_SETTINGS_H

#include "base/text.h"

enum { SETTING_MAX = 512 };

struct settings {
        char data_folder[SETTING_MAX];
        char database_url[SETTING_MAX];
        char packs_folder[SETTING_MAX];
        char listen_address[64], agents_address[64];
        unsigned listen_port, agents_port;
        char certificate_file[SETTING_MAX],
            key_file[SETTING_MAX];       /* of the console; empty: our own */
        char sample_folder[SETTING_MAX]; /* empty: none */
        bool help, version;
        int admin_at; /* index in argv of what follows "admin"; 0: not asked for */
};

/* 0, or FORMAT with *bad for the person who typed it. */
MUST_USE int settings_read(struct settings *out, int argc, char **argv, struct parse_error *bad);
/* "127.0.0.1:8080", "[::1]:8080", ":8080" (all addresses). FORMAT. */
MUST_USE int settings_address(char address[64], unsigned *port, struct text t);
bool settings_is_loopback(const char *address);

#endif
