/* office/intake/sweep_proof.c: see sweep_proof.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/sweep_proof.h"
#include "base/mem.h"
#include "codec/timestamp.h"

#include <string.h>
#include <strings.h>

const char *sweep_proof_name(enum sweep_proof proof)
{
        static const char *const names[] = { "", "incomplete", "narrow", "undated" };

        return names[proof];
}

json_t *sweep_roots_default(void)
{
        return json_pack("[s,s,s,s,s,s,s,s,s,s,s,s]", "/home", "/root", "/tmp", "/var/tmp",
            "/dev/shm", "/opt", "/srv", "/usr/local", "/var/www", "C:\\Users", "C:\\ProgramData",
            "C:\\Windows\\Temp");
}

static bool is_of_windows(struct text path)
{
        return path.len >= 2 && path.data[1] == ':';
}

static bool begins_alike(struct text path, struct text root)
{
        return is_of_windows(root) ? strncasecmp(path.data, root.data, root.len) == 0
                                   : memcmp(path.data, root.data, root.len) == 0;
}

static bool is_slash(char c)
{
        return c == '/' || c == '\\';
}

static bool is_below(struct text path, struct text root)
{
        while (root.len > 1 && is_slash(root.data[root.len - 1]))
                root.len--;
        if (root.len == 0 || path.len < root.len || !begins_alike(path, root))
                return false;
        return path.len == root.len || is_slash(path.data[root.len]) ||
               is_slash(root.data[root.len - 1]);
}

bool path_is_below_any(struct text path, const json_t *roots)
{
        const json_t *root;
        size_t i;

        json_array_foreach(
            roots, i, root) if (is_below(path, text_of(json_string_value(root)))) return true;
        return false;
}

static bool has_kind(const json_t *roots, bool windows)
{
        const json_t *root;
        size_t i;

        json_array_foreach(roots, i, root)
        {
                if (is_of_windows(text_of(json_string_value(root))) == windows)
                        return true;
        }
        return false;
}

bool sweep_covers(const json_t *roots, const json_t *required)
{
        const json_t *root;
        size_t i, asked = 0;

        json_array_foreach(required, i, root)
        {
                struct text path = text_of(json_string_value(root));

                if (!has_kind(roots, is_of_windows(path)))
                        continue;
                asked++;
                if (!path_is_below_any(path, roots))
                        return false;
        }
        return asked > 0;
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
