/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/settings.h"

#include "base/mem.h"

#include <unistd.h>

#ifndef CANH_SHARE
#define CANH_SHARE "/usr/local/share/canh"
#endif

int settings_address(char address[64], unsigned *port, struct text t)
{
        size_t colon = t.len;
        struct text host, number;
        uint64_t value;

        while (colon > 0 && t.data[colon - 1] != ':')
                colon--;
        if (colon == 0)
                return ERR_FORMAT;
        host = (struct text){ t.data, colon - 1 };
        number = (struct text){ t.data + colon, t.len - colon };
        if (host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
                host = (struct text){ host.data + 1, host.len - 2 };
        if (text_is(host, "localhost"))
                host = TEXT("127.0.0.1");
        if (host.len == 0)
                host = TEXT("0.0.0.0");
        if (text_to_u64(&value, number, 65535) != 0 || text_copy(address, 64, host) != 0)
                return ERR_FORMAT;
        *port = (unsigned)value;
        return 0;
}

bool settings_is_loopback(const char *address)
{
        return text_starts(text_of(address), "127.") || strcmp(address, "::1") == 0;
}

static int take_address(
    char address[64], unsigned *port, const char *value, struct parse_error *bad)
{
        if (settings_address(address, port, text_of(value)) == 0)
                return 0;
        return parse_error_quote(bad, 0, "Địa chỉ phải có dạng 127.0.0.1:8080, không phải “%s”.",
            "An address looks like 127.0.0.1:8080, not \"%s\".", value, strlen(value));
}

static int take_text(char out[SETTING_MAX], const char *value, struct parse_error *bad)
{
        if (value[0] && text_copy(out, SETTING_MAX, text_of(value)) == 0)
                return 0;
        return parse_error_quote(bad, 0, "Giá trị quá dài hoặc trống: “%s”.",
            "A value is too long or empty: \"%s\".", value, strlen(value));
}

static int take_option(
    struct settings *s, const char *name, const char *value, struct parse_error *bad)
{
        const struct {
                const char *name;
                char *into;
        } texts[] = {
                { "--data", s->data_folder },
                { "--database", s->database_url },
                { "--packs", s->packs_folder },
                { "--sample", s->sample_folder },
                { "--certificate", s->certificate_file },
                { "--key", s->key_file },
        };

        if (strcmp(name, "--listen") == 0)
                return take_address(s->listen_address, &s->listen_port, value, bad);
        if (strcmp(name, "--agents") == 0)
                return take_address(s->agents_address, &s->agents_port, value, bad);
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                if (strcmp(name, texts[i].name) == 0)
                        return take_text(texts[i].into, value, bad);
        return parse_error_quote(
            bad, 0, "Không có tùy chọn “%s”.", "There is no option \"%s\".", name, strlen(name));
}

static void presets(struct settings *s)
{
        *s = (struct settings){ .data_folder = "var",
                .listen_address = "127.0.0.1",
                .listen_port = 8080,
                .agents_address = "127.0.0.1",
                .agents_port = 8443 };
        (void)snprintf(s->packs_folder, SETTING_MAX, "%s",
            access("packs", R_OK) == 0 ? "packs" : CANH_SHARE "/packs");
}

int settings_read(struct settings *out, int argc, char **argv, struct parse_error *bad)
{
        struct settings s;
        int err = 0;

        presets(&s);
        for (int i = 1; !err && i < argc; i++) {
                if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
                        s.help = true;
                } else if (strcmp(argv[i], "--version") == 0) {
                        s.version = true;
                } else if (strcmp(argv[i], "admin") == 0) {
                        s.admin_at = i + 1;
                        break;
                } else if (i + 1 >= argc) {
                        err = parse_error_quote(bad, 0,
                            "“%s” cần một giá trị, hoặc không có tùy chọn này.",
                            "\"%s\" needs a value, or there is no such option.", argv[i],
                            strlen(argv[i]));
                } else {
                        err = take_option(&s, argv[i], argv[i + 1], bad);
                        i++;
                }
        }
        if (!err && !s.database_url[0])
                (void)snprintf(
                    s.database_url, SETTING_MAX, "sqlite:%.480s/office/canh.db", s.data_folder);
        if (!err)
                *out = s;
        return err;
}
