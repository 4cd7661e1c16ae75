# tools/say.sh: sourced by the scripts that people start. say VI EN prints the sentence in the language of LANG, by the same
# rule as the programs (src/base/language.c): English for en, C and POSIX, else Vietnamese; without EN
# the sentence serves both. SPDX-License-Identifier: Apache-2.0
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-vi}}} in
en* | C* | POSIX*) english=yes ;;
*) english= ;;
esac
say() { if [ -n "$english" ]; then printf '%s\n' "${2:-$1}"; else printf '%s\n' "$1"; fi; }
