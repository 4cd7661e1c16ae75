/* traffic/capture/capture_file.c: see capture_file.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/capture/capture_file.h"

#include "base/buffer.h"
#include "base/mem.h"
#include "traffic/capture/pcapng_parse.h"

#include <pcap/pcap.h>
#include <string.h>

struct capture_file {
        pcap_t *pcap;          /* owns the stream; NULL: pcapng, read here */
        FILE *stream;          /* then */
        struct pcapng *pcapng; /* then */
        struct buffer block;   /* then: the one that the last packet lies in */
        uint64_t packets;
};

/* The words go into both texts; the Vietnamese one says what they mean. */
static int refuse(struct parse_error *bad, size_t packet, const char *why)
{
        return parse_error_quote(bad, packet,
            "Tệp không phải bản ghi lưu lượng pcap hoặc pcapng đọc được (%s)",
            "Not a pcap or pcapng capture that can be read (%s)", why, strlen(why));
}

/* A pcapng file begins with a line end, which no other capture does. */
static bool is_pcapng(FILE *stream)
{
        int first = getc(stream);

        return first != EOF && ungetc(first, stream) == '\n';
}

/* A whole block into c->block. CLOSED at the end of the file. */
static int read_block(struct capture_file *c, const char **why)
{
        uint8_t head[PCAPNG_HEAD];
        size_t n = fread(head, 1, sizeof(head), c->stream), length;
        int err;

        if (n == 0 && feof(c->stream))
                return ERR_CLOSED;
        *why = "the file is cut within a pcapng block";
        if (n < sizeof(head))
                return ERR_FORMAT;
        buffer_clear(&c->block);
        err = pcapng_block_length(&length, c->pcapng, head, why);
        if (!err)
                err = buffer_add(&c->block, head, sizeof(head));
        while (!err && c->block.len < length) {
                char piece[4096];
                size_t want = length - c->block.len;
                n = fread(piece, 1, want < sizeof(piece) ? want : sizeof(piece), c->stream);
                err = n ? buffer_add(&c->block, piece, n) : ERR_FORMAT;
        }
        return err;
}

/* Up to the first section header, without which it is no pcapng. */
static int open_pcapng(struct capture_file *c, FILE *stream, struct parse_error *bad)
{
        struct capture_packet none;
        bool has_packet;
        const char *why = "";
        int err;

        c->stream = stream;
        buffer_init(&c->block, PCAPNG_BLOCK_MAX);
        c->pcapng = mem_zero(1, sizeof(*c->pcapng));
        if (!c->pcapng)
                return ERR_MEMORY;
        err = read_block(c, &why);
        if (!err)
                err = pcapng_block(&none, &has_packet, c->pcapng,
                    (struct text){ c->block.data, c->block.len }, &why);
        return err == ERR_FORMAT ? refuse(bad, 0, why) : err;
}

static int open_pcap(struct capture_file *c, FILE *stream, struct parse_error *bad)
{
        char why[PCAP_ERRBUF_SIZE] = "";

        c->pcap = pcap_fopen_offline(stream, why);
        if (c->pcap)
                return 0;
        (void)fclose(stream); /* on failure libpcap leaves it open */
        return refuse(bad, 0, why);
}

static int next_of_pcapng(struct capture_packet *out, struct capture_file *c, const char **why)
{
        bool has_packet = false;

        while (!has_packet) {
                int err = read_block(c, why);
                if (!err)
                        err = pcapng_block(out, &has_packet, c->pcapng,
                            (struct text){ c->block.data, c->block.len }, why);
                if (err)
                        return err;
        }
        return 0;
}

static int next_of_pcap(struct capture_packet *out, struct capture_file *c, const char **why)
{
        struct pcap_pkthdr *head;
        const unsigned char *bytes;
        int got = pcap_next_ex(c->pcap, &head, &bytes);

        if (got == PCAP_ERROR_BREAK)
                return ERR_CLOSED;
        if (got != 1) {
                *why = pcap_geterr(c->pcap);
                return ERR_FORMAT;
        }
        out->at = (time_ms)head->ts.tv_sec * SECOND_MS + head->ts.tv_usec / 1000;
        out->link_type = pcap_datalink(c->pcap);
        out->bytes = (struct text){ (const char *)bytes, head->caplen };
        out->wire_bytes = head->len;
        return 0;
}

int capture_file_open_own(struct capture_file **out, FILE *stream, struct parse_error *bad)
{
        AUTO(capture_file_close_at) struct capture_file *c = mem_zero(1, sizeof(*c));
        int err;

        if (!c) {
                (void)fclose(stream);
                return ERR_MEMORY;
        }
        err = is_pcapng(stream) ? open_pcapng(c, stream, bad) : open_pcap(c, stream, bad);
        if (err)
                return err;
        *out = MOVE(c);
        return 0;
}

int capture_file_open_bytes(struct capture_file **out, struct text bytes, struct parse_error *bad)
{
        FILE *stream;

        if (bytes.len == 0)
                return refuse(bad, 0, "empty");
        /* Opened for reading alone: the bytes are not changed. */
        stream = fmemopen((void *)(uintptr_t)bytes.data, bytes.len, "rb");
        return stream ? capture_file_open_own(out, stream, bad) : ERR_MEMORY;
}

struct capture_file *capture_file_close(struct capture_file *c)
{
        if (c) {
                if (c->pcap)
                        pcap_close(c->pcap);
                if (c->stream)
                        (void)fclose(c->stream);
                mem_free(c->pcapng);
                buffer_done(&c->block);
                mem_free(c);
        }
        return NULL;
}

void capture_file_close_at(struct capture_file **c)
{
        *c = capture_file_close(*c);
}

int capture_file_next(struct capture_packet *out, struct capture_file *c, struct parse_error *bad)
{
        const char *why = "";
        int err = c->pcap ? next_of_pcap(out, c, &why) : next_of_pcapng(out, c, &why);

        if (err == ERR_FORMAT)
                return refuse(bad, (size_t)c->packets + 1, why);
        if (err)
                return err;
        c->packets++;
        if (out->bytes.len > CAPTURE_PACKET_MAX)
                out->bytes.len = CAPTURE_PACKET_MAX;
        return 0;
}
