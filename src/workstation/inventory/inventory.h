/* workstation/inventory/inventory.h: what this machine is and has: the body of a report of kind
 * `inventory` (docs/formats/agent-report.md). From: /etc, /proc, /sys, the package data base. To:
 * the program, which sends it. What cannot be read is left empty, never guessed. Limits:
 * PACKAGES_MAX, ACCOUNTS_MAX.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_INVENTORY_INVENTORY_H
#define CANH_WORKSTATION_INVENTORY_INVENTORY_H

#include "base/text.h"
#include "codec/digest.h"

#include <jansson.h>

enum { PACKAGES_MAX = 20000, ACCOUNTS_MAX = 5000, LISTENERS_MAX = 5000 };

/* `root` is "" or a folder that holds etc/, proc/, sys/, var/, for tests. *out belongs to the
 * caller. */
MUST_USE int inventory_collect(json_t **out, const char *root);
/* SHA-256 of the machine's stable identity, in hex: /etc/machine-id and the first MAC address.
 * MISSING: neither. */
MUST_USE int inventory_machine_key(char out[SHA256_HEX_MAX], const char *root);
/* "Debian GNU/Linux 12 (bookworm)"; "Linux" when it is not said. */
MUST_USE int inventory_os_name(char *out, size_t room, const char *root);
/* The addresses of the machine that others can reach; NULL without memory. Asks by a socket: a
 * process that has given up the network asks before, and inventory_collect then has none. */
json_t *inventory_addresses(void);
MUST_USE int inventory_host_name(char *out, size_t room);

#endif
