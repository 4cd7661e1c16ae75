/* office/intake/sweep_proof.c: see sweep_proof.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/sweep_proof.h"
#include "base/mem.h"
#include "codec/timestamp.h"

const char *sweep_proof_name(enum sweep_proof proof)
{
        static const char *const names[] = { "", "incomplete", "narrow", "undated" };

        return names[proof];
}

json_t *sweep_roots_default(void)
{
        return json_pack("[s,s,s,s,s,s,s,s,s]", "/home", "/root", "/tmp", "/var/tmp", "/dev/shm",
            "/opt", "/srv", "/usr/local", "/var/www");
}

static bool is_below(struct text path, struct text root)
{
        while (root.len > 1 && root.data[root.len - 1] == '/')
                root.len--;
        if (root.len == 0 || path.len < root.len || memcmp(path.data, root.data, root.len) != 0)
                return false;
        return path.len == root.len || path.data[root.len] == '/' || path.data[root.len] == '\\' ||
               (root.len && (root.data[root.len - 1] == '/' || root.data[root.len - 1] == '\\'));
}

bool path_is_below_any(struct text path, const json_t *roots)
{
        const json_t *root;
        size_t i;

        json_array_foreach(
            roots, i, root) if (is_below(path, text_of(json_string_value(root)))) return true;
        return false;
}

bool sweep_covers(const json_t *roots, const json_t *required)
{
        const json_t *root;
        size_t i;

        json_array_foreach(required, i, root)
        {
                if (!path_is_below_any(text_of(json_string_value(root)), roots))
                        return false;
        }
        return json_array_size(required) > 0;
}

int sweep_generation_made_at(time_ms *out, struct text generation)
{
        struct civil_time c = { 0 };
        uint64_t day, time;

        if (generation.len < 16 || generation.data[8] != 'T' || generation.data[15] != 'Z')
                return ERR_FORMAT;
        if (text_to_u64(&day, (struct text){ generation.data, 8 }, 99999999) ||
            text_to_u64(&time, (struct text){ generation.data + 9, 6 }, 999999))
                return ERR_FORMAT;
        c.year = (int)(day / 10000);
        c.month = (int)(day / 100 % 100);
        c.day = (int)(day % 100);
        c.hour = (int)(time / 10000);
        c.minute = (int)(time / 100 % 100);
        c.second = (int)(time % 100);
        return civil_time_to_utc(out, &c, 0);
}

enum sweep_proof sweep_proof_of(
    time_ms *until, const struct report_sweep *sweep, const struct sweep_proof_given *given)
{
        time_ms made_at, bound = sweep->started_at < given->now ? sweep->started_at : given->now;

        *until = 0;
        if (!sweep->complete)
                return SWEEP_INCOMPLETE;
        if (!sweep_covers(sweep->roots, given->required))
                return SWEEP_NARROW;
        if (sweep_generation_made_at(&made_at, sweep->generation) || made_at > given->now)
                return SWEEP_RULES_UNDATED;
        if (given->next_list_at && given->next_list_at - 1 < bound)
                bound = given->next_list_at - 1;
        *until = bound;
        return SWEEP_PROVES;
}
