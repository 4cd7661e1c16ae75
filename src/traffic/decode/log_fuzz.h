/* traffic/decode/log_fuzz.h: what must hold of every log, whatever its bytes: each line ends as
 * taken, ignored or bad; facts have the form that model/flow.h says; and the same bytes in other
 * pieces give the same. For the log_*_parse_fuzz.c. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_LOG_FUZZ_H
#define CANH_TRAFFIC_DECODE_LOG_FUZZ_H

#include "traffic/decode/log_reader.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline int log_fuzz_flow(void *state, const struct flow *f)
{
        assert(f->begin <= f->end);
        *(uint64_t *)state += f->bytes_out * 3 + f->bytes_in * 5 + f->destination_port;
        return 0;
}

static inline int log_fuzz_name(void *state, const struct name_sighting *s)
{
        static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

        assert(s->name.len > 0 && s->name.len < PACKET_NAME_MAX);
        assert(s->name.data[s->name.len - 1] != '.' && s->name.data[0] != '.');
        for (size_t i = 0; i < s->name.len; i++)
                assert(s->name.data[i] && strchr(letters, s->name.data[i]));
        *(uint64_t *)state += s->name.len * 7 + s->has_answer;
        return 0;
}

static inline int log_fuzz_translation(void *state, const struct translation *t)
{
        assert(ip_address_compare(&t->inner, &t->outer) != 0);
        *(uint64_t *)state += t->inner_port * 11u + t->outer_port;
        return 0;
}

static inline int log_fuzz_lease(void *state, const struct lease *l)
{
        assert(text_is_utf8(l->host_name));
        *(uint64_t *)state += l->host_name.len * 13 + (uint64_t)l->end;
        return 0;
}

/* A sum over the facts; what was counted in *counts. */
static inline uint64_t log_fuzz_read(
    struct log_counts *counts, struct text bytes, const char *as, size_t piece)
{
        const struct log_options options = { .as = text_of(as), .reference = 1700000000000 };
        uint64_t sum = 0;
        const struct traffic_sink sink = { log_fuzz_flow, log_fuzz_name, log_fuzz_translation,
                log_fuzz_lease, &sum };
        struct log_reader *reader = NULL;
        int err = log_reader_new(&reader, &options, &sink);

        while (!err && bytes.len) {
                size_t n = piece < bytes.len ? piece : bytes.len;
                err = log_reader_add(reader, (struct text){ bytes.data, n });
                bytes.data += n;
                bytes.len -= n;
        }
        if (!err)
                err = log_reader_end(reader);
        assert(err == 0);
        *counts = *log_reader_counts(reader);
        (void)log_reader_free(reader);
        return sum;
}

static inline int log_fuzz(const char *as, const uint8_t *data, size_t size)
{
        const struct text bytes = { (const char *)data, size };
        struct log_counts whole, pieces;
        uint64_t sum = log_fuzz_read(&whole, bytes, as, size + 1);

        assert(whole.lines == whole.taken + whole.ignored + whole.bad);
        assert(whole.flows + whole.names + whole.translations + whole.leases >= whole.taken);
        assert(log_fuzz_read(&pieces, bytes, as, 7) == sum);
        assert(memcmp(&whole, &pieces, sizeof(whole)) == 0);
        return 0;
}

#endif
