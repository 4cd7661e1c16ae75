/* workstation/sweep/file_facts.c: see file_facts.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/file_facts.h"
#include "base/mem.h"

#include <string.h>

struct beginning {
        const char *bytes;
        size_t len;
        const char *type;
};

static const struct beginning beginnings[] = { { "MZ", 2, "EXE" }, { "\177ELF", 4, "ELF" },
        { "%PDF", 4, "PDF" }, { "PK\3\4", 4, "ZIP" }, { "Rar!", 4, "RAR" },
        { "7z\xBC\xAF\x27\x1C", 6, "7Z" }, { "\x1F\x8B", 2, "GZIP" },
        { "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, "OLE" }, { "GIF8", 4, "GIF" },
        { "\x89PNG", 4, "PNG" }, { "\xFF\xD8\xFF", 3, "JPEG" }, { "{\\rtf", 5, "RTF" },
        { "L\0\0\0\1\x14\2\0", 8, "LNK" }, { "MSCF", 4, "CAB" }, { "#!", 2, "SCRIPT" },
        { "\xCA\xFE\xBA\xBE", 4, "CLASS" }, { "MDMP", 4, "MDMP" }, { "regf", 4, "REGF" } };

const char *file_type_of(struct text bytes)
{
        for (size_t i = 0; i < ARRAY_LEN(beginnings); i++)
                if (bytes.len >= beginnings[i].len &&
                    memcmp(bytes.data, beginnings[i].bytes, beginnings[i].len) == 0)
                        return beginnings[i].type;
        return "";
}

const char *file_extension_of(const char *name)
{
        const char *dot = strrchr(name, '.');

        return dot && dot != name ? dot : "";
}
