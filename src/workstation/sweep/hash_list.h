/* workstation/sweep/hash_list.h: digests of known malware files: MD5, SHA-1, SHA-256, each with a
 * name. From: list files. To: sweep. Limit: HASHES_MAX entries. Never changes after
 * hash_list_finish.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_HASH_LIST_H
#define CANH_WORKSTATION_SWEEP_HASH_LIST_H

#include "base/text.h"
#include "codec/digest.h"

enum hash_kind { HASH_KIND_MD5, HASH_KIND_SHA1, HASH_KIND_SHA256, HASH_KINDS };
enum { HASHES_MAX = 4 << 20, HASH_NAME_MAX = 120 };

struct hash_list;

MUST_USE int hash_list_new(struct hash_list **out);
struct hash_list *hash_list_free(struct hash_list *h);
void hash_list_free_at(struct hash_list **h);
/* Adds every line of a list: `HASH`, `HASH NAME`, `HASH;NAME`, `HASH,NAME`, or ClamAV's
 * `MD5:SIZE:NAME`; `#` begins a remark. A line that is none of these is refused: FORMAT with its
 * number, and nothing of this text was added. */
MUST_USE int hash_list_add_text(struct hash_list *h, struct text list, struct parse_error *bad);
/* After the last add, before the first find. */
void hash_list_finish(struct hash_list *h);
size_t hash_list_count(const struct hash_list *h);
bool hash_list_has_kind(const struct hash_list *h, enum hash_kind kind);
/* The name under which it is listed, NULL when it is not. A view into the list. */
const char *hash_list_find(const struct hash_list *h, enum hash_kind kind, const uint8_t *digest);
/* Over what is listed of one kind. */
struct sha256 hash_list_digest(const struct hash_list *h, enum hash_kind kind);
size_t hash_kind_bytes(enum hash_kind kind);

#endif
