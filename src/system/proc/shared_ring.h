/* system/proc/shared_ring.h: a stream of records from one process to another through memory that
 * both have mapped: no call of the kernel for a record, one only to wake a reader that sleeps. One
 * writer, one reader. Records are whole: what the writer had not committed when it was killed was
 * never there, and whoever is started in its place goes on behind the last one. What the reader had
 * not released it gets again. The reader trusts nothing in the memory: a writer that breaks the
 * order is UNTRUSTED. Limit: the size given at birth; a writer that finds no room is told so and
 * the refusal is counted.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_PROC_SHARED_RING_H
#define CANH_SYSTEM_PROC_SHARED_RING_H

#include "base/text.h"

struct shared_ring;

enum { SHARED_RING_BYTES_MIN = 64 << 10, SHARED_RING_BYTES_MAX = 1 << 30 };

/* The memory, empty, as a handle for both ends. `bytes` is a power of two within the limits. */
MUST_USE int shared_ring_make(int *out_fd, const char *name, size_t bytes);
/* Empties the ring, whatever stands in it. Neither end may have it open: for after one of them
 * broke its order. */
MUST_USE int shared_ring_clear(int fd);
/* What wakes a reader; one handle may serve all rings of one reader. */
MUST_USE int shared_ring_bell(int *out_fd);
/* Maps the ring. The handles stay the caller's and must stay open. UNTRUSTED, MEMORY. */
MUST_USE int shared_ring_open(struct shared_ring **out, int fd, int bell);
struct shared_ring *shared_ring_close(struct shared_ring *r); /* takes NULL, returns NULL */
void shared_ring_close_at(struct shared_ring **r);

/* Writer. Room for one record of `len` bytes, to be filled and committed; NULL: no room now
 * (counted as refused), or longer than a quarter of the ring. Not committed: it never was. */
void *shared_ring_reserve(struct shared_ring *r, size_t len);
void shared_ring_commit(struct shared_ring *r);
/* The same, but waits for room at most timeout_ms; BUSY (then counted as refused), LIMIT. */
MUST_USE int shared_ring_put(struct shared_ring *r, struct text record, int timeout_ms);
/* Records that found no room, by all who ever wrote. */
uint64_t shared_ring_refused(const struct shared_ring *r);

/* Reader. The oldest record, 8-byte aligned; a view until the release. MISSING: empty. UNTRUSTED.
 */
MUST_USE int shared_ring_next(struct text *out, struct shared_ring *r);
/* All that was given so far is done with. */
void shared_ring_release(struct shared_ring *r);
/* Sleeps until a record is there in one of the rings (all of one bell), `other` (-1: none) can be
 * read, or the time is over. */
void shared_ring_wait(struct shared_ring *const *rings, size_t count, int other, int timeout_ms);

#endif
