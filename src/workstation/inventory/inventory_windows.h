/* workstation/inventory/inventory_windows.h: the body of an inventory from what a Windows machine
 * answers. Pure over what it is handed, so that recorded answers of any machine are tested
 * everywhere. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_INVENTORY_INVENTORY_WINDOWS_H
#define CANH_WORKSTATION_INVENTORY_INVENTORY_WINDOWS_H

#include "system/os/socket_table.h"
#include "system/os/windows/machine_facts.h"
#include "system/os/windows/registry.h"

#include <jansson.h>

enum { WINDOWS_SERVICES_MAX = 5000, WINDOWS_AUTOSTART_MAX = 2000, WINDOWS_UPDATES_MAX = 20000 };

struct windows_answers {
        const struct registry *registry;
        const struct machine_facts *facts;
        const struct socket_table *sockets;
};

/* *out belongs to the caller; without "addresses". */
MUST_USE int inventory_of_windows(json_t **out, const struct windows_answers *a);
/* "Windows 10 Pro 22H2". */
void windows_name(char *out, size_t room, const struct registry *r);
/* "10.0.19045.3803"; "" when the registry does not say. */
void windows_build(char *out, size_t room, const struct registry *r);

/* The parts, each NULL without memory. */
json_t *windows_programs(const struct registry *r);
json_t *windows_updates(const struct registry *r);
json_t *windows_services(const struct registry *r);
json_t *windows_autostart(const struct registry *r);
json_t *windows_protection(const struct registry *r);

#endif
