/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/web/router.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_pattern_fits_part_by_part(void **state)
{
        static const struct {
                const char *pattern, *path, *first;
        } cases[] = {
                { "/api/v1/units", "/api/v1/units", "" },
                { "/api/v1/units", "/api/v1/units/", NULL },
                { "/api/v1/units", "/api/v1/unit", NULL },
                { "/api/v1/units", "/api/v1/units/a", NULL },
                { "/api/v1/units/{id}", "/api/v1/units/a", "a" },
                { "/api/v1/units/{id}", "/api/v1/units/", NULL },
                { "/api/v1/units/{id}", "/api/v1/units/a/b", NULL },
                { "/api/v1/units/{id}", "/api/v1/units/%2e%2e", "%2e%2e" },
                { "/api/v1/lists/{id}/refused.csv", "/api/v1/lists/a/refused.csv", "a" },
                { "/api/v1/lists/{id}/refused.csv", "/api/v1/lists/a/refused.cs", NULL },
                { "/x/{name}.csv", "/x/units.csv", "units" },
                { "/x/{name}.csv", "/x/.csv", NULL },
                { "/x/{name}.csv", "/x/units.xls", NULL },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct text params[ROUTE_PARAMS_MAX] = { 0 };
                bool fits = router_match(params, cases[i].pattern, cases[i].path);

                if (fits != (cases[i].first != NULL))
                        fail_msg("%s %s", cases[i].pattern, cases[i].path);
                if (fits && cases[i].first && cases[i].first[0])
                        assert_true(text_is(params[0], cases[i].first));
        }
}

static void several_parameters_come_in_their_order(void **state)
{
        struct text params[ROUTE_PARAMS_MAX] = { 0 };

        (void)state;
        assert_true(router_match(params, "/matrix/{unit}/{clause}", "/matrix/u1/1b"));
        assert_true(text_is(params[0], "u1"));
        assert_true(text_is(params[1], "1b"));
}

static void a_body_is_limited_by_its_route_and_unknown_paths_take_next_to_none(void **state)
{
        (void)state;
        assert_int_equal(router_body_limit(NULL, "POST", "/api/v1/captures"), BODY_FILE_MAX);
        assert_int_equal(router_body_limit(NULL, "POST", "/api/v1/units"), BODY_JSON_MAX);
        assert_int_equal(router_body_limit(NULL, "GET", "/api/v1/units"), 1 << 10);
        assert_int_equal(router_body_limit(NULL, "POST", "/api/v1/nothing"), 1 << 10);
        assert_int_equal(router_body_limit(NULL, "POST", "/"), 1 << 10);
}

static bool is_method(const char *word)
{
        static const char *const methods[] = { "GET", "POST", "PATCH", "DELETE" };

        for (size_t i = 0; i < ARRAY_LEN(methods); i++)
                if (strcmp(word, methods[i]) == 0)
                        return true;
        return false;
}

/* A route without a role that is not open by word would be open by mistake. */
static void no_route_is_open_by_mistake_or_there_twice(void **state)
{
        (void)state;
        for (size_t t = 0; api_tables[t]; t++) {
                for (size_t i = 0; i < api_tables[t]->count; i++) {
                        const struct route *r = &api_tables[t]->routes[i];
                        struct text params[ROUTE_PARAMS_MAX];

                        assert_true(is_method(r->method));
                        assert_int_equal(r->min_role == ROLE_NONE, (r->flags & ROUTE_OPEN) != 0);
                        if (strcmp(r->method, "GET") == 0)
                                assert_int_equal(r->flags & ROUTE_FILE_BODY, 0);
                        for (size_t j = 0; j < i; j++)
                                assert_false(
                                    router_match(
                                        params, api_tables[t]->routes[j].pattern, r->pattern) &&
                                    strcmp(api_tables[t]->routes[j].method, r->method) == 0 &&
                                    strcmp(api_tables[t]->routes[j].pattern, r->pattern) == 0);
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_pattern_fits_part_by_part),
                cmocka_unit_test(several_parameters_come_in_their_order),
                cmocka_unit_test(
                    a_body_is_limited_by_its_route_and_unknown_paths_take_next_to_none),
                cmocka_unit_test(no_route_is_open_by_mistake_or_there_twice),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
