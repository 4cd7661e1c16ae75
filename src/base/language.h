/* base/language.h: every sentence a person reads exists in Vietnamese and English.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_BASE_LANGUAGE_H
#define CANH_BASE_LANGUAGE_H

enum language { LANGUAGE_VI, LANGUAGE_EN };

/* From LC_ALL, LC_MESSAGES, LANG: anything that starts with "en" or is C/POSIX is English,
 * all else Vietnamese. */
enum language language_from_environment(void);
/* "en" or "en-GB" is English, all else Vietnamese. */
enum language language_of(const char *tag);
const char *language_tag(enum language l);
/* One of the two, unchanged; the compiler checks both when it is used as a format. */
const char *say(enum language l, const char *vi, const char *en)
    __attribute__((format_arg(2), format_arg(3)));

#endif
