/* traffic/capture/capture_file.c: see capture_file.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/capture/capture_file.h"

#include "base/mem.h"

#include <pcap/pcap.h>
#include <string.h>

struct capture_file {
        pcap_t *pcap; /* owns the stream */
        uint64_t packets;
};

/* libpcap's own words go into the English text; the Vietnamese one says what it means. */
static int refuse(struct parse_error *bad, size_t packet, const char *why)
{
        return parse_error_quote(bad, packet,
            "Tệp không phải bản ghi lưu lượng pcap hoặc pcapng đọc được (%s)",
            "Not a pcap or pcapng capture that can be read (%s)", why, strlen(why));
}

int capture_file_open_own(struct capture_file **out, FILE *stream, struct parse_error *bad)
{
        char why[PCAP_ERRBUF_SIZE] = "";
        struct capture_file *c = mem_zero(1, sizeof(*c));

        if (!c) {
                (void)fclose(stream);
                return ERR_MEMORY;
        }
        c->pcap = pcap_fopen_offline(stream, why);
        if (!c->pcap) {
                (void)fclose(stream); /* on failure libpcap leaves it open */
                mem_free(c);
                return refuse(bad, 0, why);
        }
        *out = c;
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
                pcap_close(c->pcap);
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
        struct pcap_pkthdr *head;
        const unsigned char *bytes;
        int got = pcap_next_ex(c->pcap, &head, &bytes);

        if (got == PCAP_ERROR_BREAK)
                return ERR_CLOSED;
        if (got != 1)
                return refuse(bad, (size_t)c->packets + 1, pcap_geterr(c->pcap));
        c->packets++;
        out->at = (time_ms)head->ts.tv_sec * SECOND_MS + head->ts.tv_usec / 1000;
        out->link_type = pcap_datalink(c->pcap);
        out->bytes = (struct text){ (const char *)bytes, head->caplen };
        if (out->bytes.len > CAPTURE_PACKET_MAX)
                out->bytes.len = CAPTURE_PACKET_MAX;
        out->wire_bytes = head->len;
        return 0;
}
