/* office/documents/sheet_test.c: content, and its way into XML. SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "codec/timestamp.h"
#include "office/documents/sheet.h"
#include "office/documents/xml_text.h"

#include <expat.h>

static struct sheet *new_sheet(struct arena **arena)
{
        struct sheet *s;

        assert_int_equal(arena_new(arena, 1 << 20), 0);
        assert_int_equal(sheet_new(&s, *arena), 0);
        return s;
}

static void points_follow_the_vietnamese_alphabet(void **state)
{
        static const char *const row[] = { "a", "b", "c", "d", "đ", "e", "g", "h" };

        (void)state;
        for (int i = 0; i < 8; i++)
                assert_string_equal(sheet_point_letter(i), row[i]);
}

static void dates_carry_the_zeros_of_the_decree(void **state)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct sheet *s = new_sheet(&arena);
        struct civil_time feb = { 2024, 2, 7, 9, 0, 0, 0 }, nov = { 2024, 11, 21, 9, 0, 0, 0 };
        time_ms at;

        (void)state;
        assert_int_equal(civil_time_to_utc(&at, &feb, ZONE_VIETNAM_MINUTES), 0);
        assert_string_equal(sheet_date(s, at, 0).data, "ngày 07 tháng 02 năm 2024");
        assert_string_equal(sheet_date(s, 0, at).data, "ngày\u2003\u2003tháng 02 năm 2024");
        assert_int_equal(civil_time_to_utc(&at, &nov, ZONE_VIETNAM_MINUTES), 0);
        assert_string_equal(sheet_date(s, at, 0).data, "ngày 21 tháng 11 năm 2024");
}

static void text_is_composed_and_loses_what_no_document_may_hold(void **state)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct sheet *s = new_sheet(&arena);

        (void)state;
        assert_string_equal(sheet_text(s, TEXT("Tie\xCC\x82\xCC\x81ng")).data, "Tiếng");
        assert_string_equal(sheet_text(s, TEXT("a\x01\x00z\xFFz")).data, "a  z\uFFFDz");
        assert_string_equal(
            sheet_capitals(s, TEXT("Phòng Văn hóa, đường")).data, "PHÒNG VĂN HÓA, ĐƯỜNG");
        assert_int_equal(sheet_check(s), 0);
}

struct heard {
        char text[4096];
        size_t len;
};

static void hear(void *state, const XML_Char *s, int len)
{
        struct heard *h = state;

        if (h->len + (size_t)len < sizeof(h->text)) {
                memcpy(h->text + h->len, s, (size_t)len);
                h->len += (size_t)len;
        }
}

static void hostile_text_stays_text_in_xml(void **state)
{
        static const char hostile[] =
            "</w:t><script>&\"'\x02\xC0\x80\xED\xA0\x80\xEF\xBF\xBF]]>&#0;&amp; \xF0\x9F\x98\x80 "
            "tốt";
        AUTO(buffer_done) struct buffer xml = BUFFER(4096);
        XML_Parser parser = XML_ParserCreate("UTF-8");
        struct heard heard = { .len = 0 };

        (void)state;
        assert_int_equal(buffer_add_text(&xml, "<t>"), 0);
        assert_int_equal(xml_add_text(&xml, (struct text){ hostile, sizeof(hostile) - 1 }), 0);
        assert_int_equal(buffer_add_text(&xml, "</t>"), 0);
        XML_SetUserData(parser, &heard);
        XML_SetCharacterDataHandler(parser, hear);
        assert_int_equal(XML_Parse(parser, xml.data, (int)xml.len, 1), XML_STATUS_OK);
        XML_ParserFree(parser);
        heard.text[heard.len] = '\0';
        assert_non_null(strstr(heard.text, "</w:t><script>&\"'\uFFFD"));
        assert_non_null(strstr(heard.text, "]]>&#0;&amp; \xF0\x9F\x98\x80 tốt"));
}

static void a_sheet_without_room_says_so_and_does_not_fall(void **state)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct sheet *s;

        (void)state;
        assert_int_equal(arena_new(&arena, 4096), 0);
        assert_int_equal(sheet_new(&s, arena), 0);
        for (int i = 0; i < 300; i++)
                sheet_line(s, SHEET_PARAGRAPH, TEXT("một dòng chữ dài để đầy bộ nhớ của trang"));
        assert_int_equal(sheet_check(s), ERR_LIMIT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(points_follow_the_vietnamese_alphabet),
                cmocka_unit_test(dates_carry_the_zeros_of_the_decree),
                cmocka_unit_test(text_is_composed_and_loses_what_no_document_may_hold),
                cmocka_unit_test(hostile_text_stays_text_in_xml),
                cmocka_unit_test(a_sheet_without_room_says_so_and_does_not_fall),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
