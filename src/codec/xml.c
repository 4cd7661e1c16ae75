/* codec/xml.c: see xml.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/xml.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

struct reader {
        XML_Parser xml;
        const struct xml_sink *sink;
        size_t depth, depth_max;
        int err;
};

static void stop(struct reader *r, int err)
{
        if (!r->err)
                r->err = err;
        (void)XML_StopParser(r->xml, XML_FALSE);
}

static const char *local(const char *name)
{
        const char *colon = strrchr(name, ':');

        return colon ? colon + 1 : name;
}

const char *xml_attribute(const char **attributes, const char *name)
{
        for (; attributes[0]; attributes += 2)
                if (strcmp(local(attributes[0]), name) == 0)
                        return attributes[1];
        return NULL;
}

static void on_start(void *state, const char *name, const char **attributes)
{
        struct reader *r = state;
        int err = ++r->depth > r->depth_max ? ERR_LIMIT : 0;

        if (!err && !r->err && r->sink->start)
                err = r->sink->start(r->sink->state, local(name), attributes);
        if (err)
                stop(r, err);
}

static void on_end(void *state, const char *name)
{
        struct reader *r = state;
        int err = 0;

        r->depth--;
        if (!r->err && r->sink->end)
                err = r->sink->end(r->sink->state, local(name));
        if (err)
                stop(r, err);
}

static void on_text(void *state, const char *text, int len)
{
        struct reader *r = state;
        int err = 0;

        if (!r->err && r->sink->text)
                err = r->sink->text(r->sink->state, (struct text){ text, (size_t)len });
        if (err)
                stop(r, err);
}

static void on_doctype(
    void *state, const char *name, const char *system, const char *public_id, int internal)
{
        (void)name;
        (void)system;
        (void)public_id;
        (void)internal;
        stop(state, ERR_FORMAT); /* office documents have none: who puts one there wants entities */
}

int xml_read(struct text bytes, size_t depth_max, const struct xml_sink *sink)
{
        struct reader r = { .sink = sink, .depth_max = depth_max };

        if (bytes.len > INT_MAX)
                return ERR_LIMIT;
        r.xml = XML_ParserCreate("UTF-8");
        if (!r.xml)
                return ERR_MEMORY;
        XML_SetUserData(r.xml, &r);
        XML_SetElementHandler(r.xml, on_start, on_end);
        XML_SetCharacterDataHandler(r.xml, on_text);
        XML_SetStartDoctypeDeclHandler(r.xml, on_doctype);
        if (XML_Parse(r.xml, bytes.data, (int)bytes.len, 1) != XML_STATUS_OK && !r.err)
                r.err = ERR_FORMAT;
        XML_ParserFree(r.xml);
        return r.err;
}
