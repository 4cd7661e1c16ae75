/* workstation/sweep/package_list.h: what the packages of this system brought, by path, with the
 * digest that dpkg keeps of it. A file whose bytes have that digest is the vendor's. MD5 is all
 * that dpkg has: it says that a file was not altered by accident or by who cannot write dpkg's
 * lists (only root can), and nobody can make another file with a given MD5; it does not say that
 * the package itself was honest. What packages do not list (settings, what was made at
 * installation) is not vouched for. From: /var/lib/dpkg. To: sweep. Limit: PACKAGE_FILES_MAX. Never
 * changes after package_list_load. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_PACKAGE_LIST_H
#define CANH_WORKSTATION_SWEEP_PACKAGE_LIST_H

#include "codec/digest.h"
#include "workstation/sweep/md5sums_parse.h"

enum { PACKAGE_FILES_MAX = 4 << 20 };

struct package_list;

/* `root` is put before every path of the system ("" or a test's folder); paths that are asked are
 * without it. MISSING: this system has no dpkg. */
MUST_USE int package_list_load(struct package_list **out, const char *root);
struct package_list *package_list_free(struct package_list *l);
void package_list_free_at(struct package_list **l);
size_t package_list_count(const struct package_list *l);
/* Changes whenever a package was installed, updated or removed. MISSING as above. */
MUST_USE int package_list_stamp(struct sha256 *out, const char *root);
/* Whether the path (by verdict_path_key) is listed at all; then a digest is worth its while. */
bool package_list_has(const struct package_list *l, uint64_t path_key);
bool package_list_vouches(const struct package_list *l, uint64_t path_key, const uint8_t *md5);
/* The same by the first four bytes of an MD5 that was equal when it was compared whole. */
bool package_list_vouches_still(const struct package_list *l, uint64_t path_key, uint32_t first);
uint32_t package_md5_first(const uint8_t *md5);

#endif
