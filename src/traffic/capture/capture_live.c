/* traffic/capture/capture_live.c: see capture_live.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/capture/capture_live.h"

#include "base/mem.h"

#include <limits.h>
#include <poll.h>
#include <pcap/pcap.h>
#include <string.h>

enum { WAIT_MS = 100, SNAP_BYTES = 2048, BUFFER_BYTES = 64 << 20 };

struct capture_live {
        pcap_t *pcap;
        int (*take)(void *state, const struct capture_packet *packet);
        void *state;
        int link_type, taken;
        uint32_t last_received, last_dropped; /* libpcap counts in 32 bits */
        struct capture_live_counts counts;
};

static int refuse(char *why, int err, const char *words)
{
        (void)snprintf(why, CAPTURE_WHY_MAX, "%s", words);
        return err;
}

static int err_of(int pcap_status)
{
        switch (pcap_status) {
        case PCAP_ERROR_PERM_DENIED:
        case PCAP_ERROR_PROMISC_PERM_DENIED:
                return ERR_DENIED;
        case PCAP_ERROR_NO_SUCH_DEVICE:
        case PCAP_ERROR_IFACE_NOT_UP:
                return ERR_MISSING;
        default:
                return ERR_IO;
        }
}

static int options_set(pcap_t *p, const struct capture_live_options *o)
{
        size_t snap = o->snap_bytes ? o->snap_bytes : SNAP_BYTES;
        size_t buffer = o->buffer_bytes ? o->buffer_bytes : BUFFER_BYTES;

        if (snap > CAPTURE_PACKET_MAX || buffer > INT_MAX)
                return ERR_LIMIT;
        return pcap_set_snaplen(p, (int)snap) == 0 && pcap_set_buffer_size(p, (int)buffer) == 0 &&
                       pcap_set_timeout(p, WAIT_MS) == 0 && pcap_set_promisc(p, o->promiscuous) == 0
                   ? 0
                   : ERR_BUG;
}

static int filter_set(pcap_t *p, const char *filter, char *why)
{
        struct bpf_program program;
        int status;

        if (!filter)
                return 0;
        if (pcap_compile(p, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
                return refuse(why, ERR_FORMAT, pcap_geterr(p));
        status = pcap_setfilter(p, &program);
        pcap_freecode(&program);
        return status == 0 ? 0 : refuse(why, ERR_FORMAT, pcap_geterr(p));
}

int capture_live_open(
    struct capture_live **out, const struct capture_live_options *options, char *why)
{
        AUTO(capture_live_close_at) struct capture_live *c = mem_zero(1, sizeof(*c));
        char words[PCAP_ERRBUF_SIZE] = "";
        int status, err;

        why[0] = '\0';
        if (!c)
                return ERR_MEMORY;
        c->pcap = pcap_create(options->interface, words);
        if (!c->pcap)
                return refuse(why, ERR_MISSING, words);
        err = options_set(c->pcap, options);
        if (err)
                return err;
        status = pcap_activate(c->pcap);
        if (status < 0) /* above 0 are warnings, as of an interface without promiscuous mode */
                return refuse(why, err_of(status), pcap_geterr(c->pcap));
        err = filter_set(c->pcap, options->filter, why);
        if (err)
                return err;
        /* By itself libpcap waits for the first packet without end (TPACKET_V3). */
        if (pcap_setnonblock(c->pcap, 1, words) != 0)
                return refuse(why, ERR_IO, words);
        c->link_type = pcap_datalink(c->pcap);
        *out = MOVE(c);
        return 0;
}

struct capture_live *capture_live_close(struct capture_live *c)
{
        if (c) {
                if (c->pcap)
                        pcap_close(c->pcap);
                mem_free(c);
        }
        return NULL;
}

void capture_live_close_at(struct capture_live **c)
{
        *c = capture_live_close(*c);
}

int capture_live_handle(const struct capture_live *c)
{
        return pcap_fileno(c->pcap);
}

static void on_packet(
    unsigned char *state, const struct pcap_pkthdr *head, const unsigned char *bytes)
{
        struct capture_live *c = (struct capture_live *)(void *)state;
        const struct capture_packet packet = { .at = (time_ms)head->ts.tv_sec * SECOND_MS +
                                                     head->ts.tv_usec / 1000,
                .link_type = c->link_type,
                .bytes = { (const char *)bytes, head->caplen },
                .wire_bytes = head->len };

        if (c->taken)
                return;
        c->taken = c->take(c->state, &packet);
        if (c->taken)
                pcap_breakloop(c->pcap);
}

int capture_live_each(struct capture_live *c,
    int (*take)(void *state, const struct capture_packet *packet), void *state)
{
        int got;

        struct pollfd p = { .fd = pcap_fileno(c->pcap), .events = POLLIN };

        c->take = take;
        c->state = state;
        c->taken = 0;
        (void)poll(&p, 1, WAIT_MS);
        got = pcap_dispatch(c->pcap, -1, on_packet, (unsigned char *)c);
        if (c->taken)
                return c->taken;
        return got >= 0 ? 0 : ERR_CLOSED;
}

int capture_live_count(struct capture_live_counts *out, struct capture_live *c)
{
        struct pcap_stat s;

        if (pcap_stats(c->pcap, &s) != 0)
                return ERR_IO;
        c->counts.received += (uint32_t)(s.ps_recv - c->last_received);
        c->counts.dropped += (uint32_t)(s.ps_drop - c->last_dropped);
        c->last_received = s.ps_recv;
        c->last_dropped = s.ps_drop;
        *out = c->counts;
        return 0;
}
