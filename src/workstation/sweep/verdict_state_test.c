/* workstation/sweep/verdict_state_test.c: see verdict_state.h. SPDX-License-Identifier: Apache-2.0
 */
#include "workstation/sweep/verdict_state.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const struct verdict first = { .dev = 1,
        .ino = 7,
        .bytes = 3,
        .modified_ns = 10,
        .changed_ns = 11,
        .path_key = 99,
        .content = { { 1, 2, 3 } },
        .seen_day = 100 };

static unsigned generation_of(struct verdict_state *s, const uint8_t *firsts, size_t count)
{
        int parts[80];
        unsigned g = GENERATION_NONE;

        for (size_t i = 0; i < count; i++) {
                struct sha256 digest = { { firsts[i] } };

                assert_int_equal(part_add(&parts[i], verdict_state_parts(s), &digest), 0);
        }
        assert_int_equal(verdict_state_generation(&g, s, parts, count), 0);
        return g;
}

static int part_of(struct verdict_state *s, uint8_t digest)
{
        struct sha256 d = { { digest } };

        return part_find(verdict_state_parts(s), &d);
}

/* Two files, clean by the parts 1 and 2, of which 2 is a bad rule file. */
static void made(struct verdict_state **out)
{
        const uint8_t parts[] = { 1, 2 };
        struct verdict v = first;

        assert_int_equal(verdict_state_new(out), 0);
        v.generation = (uint16_t)generation_of(*out, parts, 2);
        assert_int_equal(
            part_set_why(verdict_state_parts(*out), part_of(*out, 2), 4, "no such thing"), 0);
        assert_int_equal(verdict_state_put(*out, &v), 0);
        v.ino = 3;
        assert_int_equal(verdict_state_put(*out, &v), 0);
}

static struct verdict_state *reopened(struct verdict_state *s, unsigned today)
{
        struct buffer b = BUFFER(1 << 20);
        struct verdict_state *back = NULL;

        assert_int_equal(verdict_state_write(&b, s, today), 0);
        assert_int_equal(verdict_state_parse_own(&back, &b), 0);
        return back;
}

static void any_change_of_the_file_makes_it_unknown(void **state)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = NULL;
        struct verdict file = first;

        (void)state;
        made(&s);
        assert_non_null(verdict_state_find(s, &file));
        file.changed_ns++;
        assert_null(verdict_state_find(s, &file));
        file = first;
        file.bytes++;
        assert_null(verdict_state_find(s, &file));
        file = first;
        file.path_key++; /* another name of the same file */
        assert_int_equal(verdict_state_find(s, &file)->path_key, 99);
        file.ino = 8;
        assert_null(verdict_state_find(s, &file));
        assert_int_equal(verdict_state_content(s, &first.content, 99, 0)->path_key, 99);
        assert_non_null(verdict_state_content(s, &first.content, 98, 0));
        verdict_state_drop(s, &first);
        assert_null(verdict_state_find(s, &first));
}

static void generation_is_the_set_of_its_parts(void **state)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = NULL;
        const uint8_t turned[] = { 2, 1 }, more[] = { 1, 2, 3 };
        unsigned old, wider;

        (void)state;
        made(&s);
        old = generation_of(s, turned, 2);
        assert_int_equal(old, first.generation);
        wider = generation_of(s, more, 3);
        assert_int_not_equal(wider, old);
        assert_true(verdict_state_holds(s, old, part_of(s, 2)));
        assert_false(verdict_state_holds(s, old, part_of(s, 3)));
        assert_true(verdict_state_holds(s, wider, part_of(s, 3)));
        assert_false(verdict_state_holds(s, GENERATION_NONE, part_of(s, 1)));
}

static void ninth_generation_takes_the_place_of_the_smallest(void **state)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = NULL;

        (void)state;
        made(&s);
        for (uint8_t g = 10; g < 30; g++) { /* far more than are kept, none with a verdict */
                unsigned one = generation_of(s, &g, 1);

                assert_true(verdict_state_holds(s, one, part_of(s, g)));
                assert_false(verdict_state_holds(s, one, part_of(s, 1)));
        }
        assert_non_null(verdict_state_find(s, &first));
}

static void what_was_written_is_read_again(void **state)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = NULL;
        AUTO(verdict_state_free_at) struct verdict_state *back = NULL;
        int bad;

        (void)state;
        made(&s);
        for (uint8_t g = 20; g < 90; g++) /* parts that no verdict needs are left out */
                (void)generation_of(s, &g, 1);
        back = reopened(s, 100);
        assert_int_equal(verdict_state_count(back), 2);
        assert_int_equal(verdict_state_parts(back)->count, 2);
        bad = part_of(back, 2);
        assert_int_equal(verdict_state_parts(back)->at[bad].line, 4);
        assert_string_equal(part_why(verdict_state_parts(back), bad), "no such thing");
        assert_true(verdict_state_holds(back, verdict_state_find(back, &first)->generation, bad));
        assert_true(verdict_state_is_changed(back)); /* nothing of it was visited */
}

static void unchanged_visits_need_no_writing_and_the_unseen_are_forgotten(void **state)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = NULL;
        AUTO(verdict_state_free_at) struct verdict_state *back = NULL;
        AUTO(verdict_state_free_at) struct verdict_state *later = NULL;
        AUTO(verdict_state_free_at) struct verdict_state *much_later = NULL;
        struct verdict v = first;

        (void)state;
        made(&s);
        back = reopened(s, 100);
        for (size_t i = 0; i < verdict_state_count(back); i++) {
                v = verdict_state_all(back)[i];
                v.seen_day = 101;
                assert_int_equal(verdict_state_put(back, &v), 0);
        }
        assert_false(verdict_state_is_changed(back));
        later = reopened(s, 100);
        v = *verdict_state_find(later, &first);
        v.seen_day = 100 + VERDICT_DAYS_MAX + 1;
        assert_int_equal(verdict_state_put(later, &v), 0);
        assert_true(verdict_state_is_changed(later));
        much_later = reopened(later, v.seen_day);
        assert_int_equal(verdict_state_count(much_later), 1);
        assert_non_null(verdict_state_find(much_later, &first));
}

static void altered_or_cut_file_is_refused(void **state)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = NULL;
        AUTO(verdict_state_free_at) struct verdict_state *back = NULL;
        AUTO(buffer_done) struct buffer b = BUFFER(10000);

        (void)state;
        made(&s);
        assert_int_equal(verdict_state_write(&b, s, 100), 0);
        for (size_t n = 0; n < 2 * b.len; n++) { /* cut at n, or the byte n - len altered */
                struct buffer copy = BUFFER(10000);

                assert_int_equal(buffer_add(&copy, b.data, n < b.len ? n : b.len), 0);
                if (n >= b.len)
                        copy.data[n - b.len] ^= 1;
                assert_int_not_equal(verdict_state_parse_own(&back, &copy), 0);
                assert_null(copy.data);
        }
        assert_int_equal(verdict_state_parse_own(&back, &b), 0);
        assert_int_equal(verdict_state_count(back), 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(any_change_of_the_file_makes_it_unknown),
                cmocka_unit_test(generation_is_the_set_of_its_parts),
                cmocka_unit_test(ninth_generation_takes_the_place_of_the_smallest),
                cmocka_unit_test(what_was_written_is_read_again),
                cmocka_unit_test(unchanged_visits_need_no_writing_and_the_unseen_are_forgotten),
                cmocka_unit_test(altered_or_cut_file_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
