/* sensor/settings.c: see settings.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/settings.h"
#include "base/mem.h"
#include "codec/timestamp.h"
#include "sensor/config_parse.h"
#include "system/os/folder.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { CONFIG_BYTES_MAX = 256 << 10, CAPTURES_MAX = 8, RING_MIB_MAX = 512, BUFFER_MIB_MAX = 1024 };

enum kind { TEXT_ONE, TEXT_MANY, NUMBER, PREFIX, TRUTH };

/* Every word of the command line and the file. */
static const struct word {
        const char *name;
        enum kind kind;
        size_t at, count_at; /* of the field, and of how many it has */
        uint64_t max;        /* of a number, of texts */
} words[] = {
#define FIELD(f) offsetof(struct sensor_settings, f)
        { "interface", TEXT_MANY, FIELD(interfaces), FIELD(interface_count), SETTINGS_INPUTS_MAX },
        { "captures", NUMBER, FIELD(captures), 0, CAPTURES_MAX },
        { "filter", TEXT_ONE, FIELD(filter), 0, 0 },
        { "snap-bytes", NUMBER, FIELD(snap_bytes), 0, 65535 },
        { "buffer-mib", NUMBER, FIELD(buffer_mib), 0, BUFFER_MIB_MAX },
        { "netflow", TEXT_MANY, FIELD(netflow), FIELD(netflow_count), SETTINGS_INPUTS_MAX },
        { "syslog", TEXT_MANY, FIELD(syslog), FIELD(syslog_count), SETTINGS_INPUTS_MAX },
        { "follow", TEXT_MANY, FIELD(follow), FIELD(follow_count), SETTINGS_INPUTS_MAX },
        { "zone", TEXT_ONE, FIELD(zone), 0, 0 },
        { "read", TEXT_MANY, FIELD(files), FIELD(file_count), SETTINGS_FILES_MAX },
        { "archive", TEXT_ONE, FIELD(archive), 0, 0 },
        { "state", TEXT_ONE, FIELD(state), 0, 0 },
        { "set", TEXT_ONE, FIELD(set), 0, 0 },
        { "own", PREFIX, FIELD(own), FIELD(own_count), SETTINGS_OWN_MAX },
        { "keep-days", NUMBER, FIELD(keep_days), 0, 36500 },
        { "quota-gib", NUMBER, FIELD(quota_gib), 0, 1 << 20 },
        { "ring-mib", NUMBER, FIELD(ring_mib), 0, RING_MIB_MAX },
        { "flows", NUMBER, FIELD(flows), 0, 1 << 28 },
        { "local", TRUTH, FIELD(local), 0, 0 },
#undef FIELD
};

static int take_many(struct sensor_settings *s, const struct word *w, const char *value)
{
        size_t *count = (size_t *)(void *)((char *)s + w->count_at);

        if (*count == w->max)
                return ERR_LIMIT;
        if (w->kind == PREFIX) {
                struct ip_prefix *at = (struct ip_prefix *)(void *)((char *)s + w->at) + *count;
                int err = ip_prefix_parse(at, text_of(value), true);

                if (err)
                        return err;
        } else {
                ((const char **)(void *)((char *)s + w->at))[*count] = value;
        }
        ++*count;
        return 0;
}

static int take(struct sensor_settings *s, const struct word *w, const char *value)
{
        void *at = (char *)s + w->at;

        switch (w->kind) {
        case TEXT_ONE:
                *(const char **)at = value;
                return 0;
        case NUMBER:
                return text_to_u64(at, text_of(value), w->max);
        case TRUTH:
                *(bool *)at = !value || strcmp(value, "no") != 0;
                return 0;
        default:
                return take_many(s, w, value);
        }
}

static int complain(char *why, enum language l, const char *vi, const char *en, const char *what)
{
        (void)snprintf(why, SETTINGS_WHY_MAX, "%s: %.200s", say(l, vi, en), what);
        return ERR_FORMAT;
}

static const struct word *find(const char *name)
{
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (strcmp(words[i].name, name) == 0)
                        return &words[i];
        return NULL;
}

/* The texts stay: the file's bytes are kept, and each word and value is ended in place. */
static int take_line(struct sensor_settings *s, struct text word, struct text value)
{
        const struct word *w;

        ((char *)(uintptr_t)word.data)[word.len] = '\0';
        ((char *)(uintptr_t)value.data)[value.len] = '\0';
        w = find(word.data);
        return w && strcmp(w->name, "read") != 0 ? take(s, w, value.data) : ERR_FORMAT;
}

static int config_read(struct sensor_settings *s, const char *path, enum language l, char *why)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(CONFIG_BYTES_MAX);
        struct parse_error bad = { 0 };
        struct text rest, word, value;
        size_t line = 0;
        int err = s->file_bytes ? ERR_EXISTS : file_read_path(&bytes, path);

        if (err)
                return complain(why, l, "không đọc được tệp cấu hình",
                    "the configuration cannot be read", path);
        rest = (struct text){ bytes.data ? bytes.data : "", bytes.len };
        s->file_bytes = buffer_take(&bytes);
        while ((err = config_next(&word, &value, &rest, &line, &bad)) == 0) {
                err = take_line(s, word, value);
                if (err)
                        return complain(why, l, "từ hoặc giá trị không hợp lệ trong tệp cấu hình",
                            "no such word, or a bad value, in the configuration", word.data);
        }
        return err == ERR_MISSING ? 0 : complain(why, l, bad.why_vi, bad.why_en, path);
}

static bool is_live(const struct sensor_settings *s)
{
        return s->interface_count || s->netflow_count || s->syslog_count || s->follow_count;
}

static int check(struct sensor_settings *s, enum language l, char *why)
{
        bool live = is_live(s);

        if (live == (s->file_count > 0))
                return complain(why, l, "cần một trong", "needs one of",
                    "--config FILE, --interface IF, --netflow ADDR:PORT, --syslog ADDR:PORT, "
                    "--follow FILE, --read FILE…");
        s->zone_minutes = ZONE_VIETNAM_MINUTES;
        if (s->zone && zone_parse(&s->zone_minutes, text_of(s->zone)))
                return complain(
                    why, l, "múi giờ phải có dạng +07:00", "a zone is written +07:00", s->zone);
        if (!s->captures)
                s->captures = 1;
        if (!s->ring_mib)
                s->ring_mib = 64;
        if (s->ring_mib & (s->ring_mib - 1))
                return complain(
                    why, l, "phải là lũy thừa của hai", "must be a power of two", "--ring-mib");
        if (!s->archive && !s->file_count)
                s->archive = SENSOR_ARCHIVE_FOLDER;
        s->local = s->local || s->file_count;
        return 0;
}

int settings_read(struct sensor_settings *out, int argc, char **argv, enum language l, char *why)
{
        struct option options[ARRAY_LEN(words) + 2] = { { "config", required_argument, NULL,
            'c' } };
        int option, index = 0, err = 0;

        *out = (struct sensor_settings){ .state = SENSOR_STATE_FOLDER };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                options[i + 1] = (struct option){ words[i].name,
                        words[i].kind == TRUTH ? no_argument : required_argument, NULL, 0 };
        while (!err && (option = getopt_long(argc, argv, "", options, &index)) != -1) {
                if (option == 'c')
                        err = config_read(out, optarg, l, why);
                else if (option != 0)
                        err = complain(
                            why, l, "không hiểu tham số", "unknown option", argv[optind - 1]);
                else if (take(out, &words[index - 1], optarg))
                        err = complain(
                            why, l, "giá trị không hợp lệ", "bad value", options[index].name);
        }
        /* `--read a b c`: what follows are files too. */
        for (; !err && optind < argc; optind++)
                if (!out->file_count || take(out, find("read"), argv[optind]))
                        err = complain(
                            why, l, "không hiểu tham số", "unknown argument", argv[optind]);
        return err ? err : check(out, l, why);
}

bool settings_has_own(const struct sensor_settings *s, const struct ip_address *a)
{
        for (size_t i = 0; i < s->own_count; i++)
                if (ip_prefix_contains(&s->own[i], a))
                        return true;
        return !s->own_count && ip_address_scope(a) == IP_SCOPE_PRIVATE;
}

void settings_done(struct sensor_settings *s)
{
        mem_free(s->file_bytes);
        s->file_bytes = NULL;
}
