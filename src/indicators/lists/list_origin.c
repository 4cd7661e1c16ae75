/* indicators/lists/list_origin.c: see list_origin.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_origin.h"
#include "base/mem.h"
#include "codec/unicode.h"

#include <string.h>

enum { WORD_MAX = 200 };

static const struct {
        const char *word;
        enum indicator_origin origin;
        bool inside; /* also as a part of a longer word */
} words[] = { { "sinkhole", INDICATOR_ORIGIN_SINKHOLE, true },
        { "ho den", INDICATOR_ORIGIN_SINKHOLE, true }, { "c2", INDICATOR_ORIGIN_CONTROL, false },
        { "control", INDICATOR_ORIGIN_CONTROL, false }, { "c&c", INDICATOR_ORIGIN_CONTROL, false },
        { "cc", INDICATOR_ORIGIN_CONTROL, false }, { "c2-server", INDICATOR_ORIGIN_CONTROL, false },
        { "c2 server", INDICATOR_ORIGIN_CONTROL, false },
        { "botnet_cc", INDICATOR_ORIGIN_CONTROL, false },
        { "command-and-control", INDICATOR_ORIGIN_CONTROL, true },
        { "command and control", INDICATOR_ORIGIN_CONTROL, true },
        { "may chu dieu khien", INDICATOR_ORIGIN_CONTROL, true },
        { "scan", INDICATOR_ORIGIN_SCAN, false }, { "scanner", INDICATOR_ORIGIN_SCAN, false },
        { "scanning", INDICATOR_ORIGIN_SCAN, false }, { "do quet", INDICATOR_ORIGIN_SCAN, true },
        { "reconnaissance", INDICATOR_ORIGIN_SCAN, true } };

enum indicator_origin list_origin_of(struct text word)
{
        AUTO(buffer_done) struct buffer folded = BUFFER(4 * WORD_MAX);
        struct text t;

        word = text_trim(word);
        if (!word.len || word.len > WORD_MAX || unicode_add_folded(&folded, word) || !folded.len)
                return INDICATOR_ORIGIN_UNSAID;
        t = text_trim((struct text){ folded.data, folded.len });
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (text_is(t, words[i].word) ||
                    (words[i].inside &&
                        memmem(t.data, t.len, words[i].word, strlen(words[i].word))))
                        return words[i].origin;
        return INDICATOR_ORIGIN_UNSAID;
}
