/* workstation/inventory/inventory_internal.h: the parts of an inventory, each from its own sources.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_INVENTORY_INVENTORY_INTERNAL_H
#define CANH_WORKSTATION_INVENTORY_INVENTORY_INTERNAL_H

#include "base/buffer.h"
#include "workstation/inventory/inventory.h"

/* root + path; adds nothing when the file is missing or too large. */
void system_file_read(struct buffer *out, const char *root, const char *path);
struct text system_file_text(const struct buffer *b);
json_t *json_of_text(struct text t); /* NULL without memory; "" when t is not UTF-8 */

/* Each gives a new value to the caller, NULL without memory. */
json_t *inventory_packages(const char *root);
json_t *inventory_accounts(const char *root);
json_t *inventory_hardware(const char *root);
json_t *inventory_updates(const char *root);
/* First MAC address by name of the interface, "" when there is none. */
void inventory_first_mac(char out[32], const char *root);

#endif
