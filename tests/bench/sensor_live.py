#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sensor_live.py BUILD: canh-sensor watches one end of a pair of virtual interfaces while packets come in at the other: how many a second,
how many were lost, what it cost. Packets are those of a small capture made here (64 hosts, mixed sizes) and sent by one process as fast
as it can, sender and sensor on the same processors. Needs root and `ip`; what cannot be measured here is said.
Output: name, packets/s offered, sent, arrived at the interface, seen by the sensor, dropped and where, CPU seconds of the sensor, us CPU a
packet, the most resident memory of its processes (each shared page counted once) in the first half and in all, and of analysis alone. A
last run sends new flows only, far more than the table has room for: beyond the limits that stand below the bench ends with 1."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SENDER = r"""
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
enum { BATCH = 256, HOSTS = 64 };
static unsigned char frames[BATCH][1514];
int main(int argc, char **argv)
{
        int fd = socket(AF_PACKET, SOCK_RAW, 0), sizes[] = { 60, 60, 120, 590, 1400 };
        long rate = atol(argv[2]), count = atol(argv[3]), sent = 0;
        int fresh = argc == 5; /* each packet a flow of its own */
        struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1]) };
        struct mmsghdr m[BATCH];
        struct iovec v[BATCH];
        struct timespec start, now;
        if (fd < 0 || argc < 4 || bind(fd, (struct sockaddr *)&to, sizeof(to)))
                return 1;
        for (int i = 0; i < BATCH; i++) {
                unsigned char *f = frames[i];
                int len = sizes[i % 5], ip = len - 14;
                memset(f, 0xff, 6);
                f[6] = 2; f[12] = 8;
                f[14] = 0x45; f[16] = (unsigned char)(ip >> 8); f[17] = (unsigned char)ip;
                f[22] = 64; f[23] = 17;
                f[26] = 10; f[29] = (unsigned char)(i % HOSTS);
                f[30] = 198; f[31] = 51; f[32] = 100; f[33] = (unsigned char)(i / HOSTS);
                f[34] = 200; f[35] = (unsigned char)i; f[36] = 1; f[37] = 187;
                f[38] = (unsigned char)((ip - 20) >> 8); f[39] = (unsigned char)(ip - 20);
                v[i] = (struct iovec){ f, (size_t)len };
                memset(&m[i], 0, sizeof(m[i]));
                m[i].msg_hdr.msg_iov = &v[i];
                m[i].msg_hdr.msg_iovlen = 1;
        }
        clock_gettime(CLOCK_MONOTONIC, &start);
        while (sent < count) {
                double due;
                int n;
                for (int i = 0; fresh && i < BATCH; i++) {
                        unsigned number = (unsigned)(sent + i);
                        memcpy(frames[i] + 27, &number, 3);
                        frames[i][34] = (unsigned char)(128 + (number >> 24));
                }
                n = sendmmsg(fd, m, BATCH, 0);
                if (n > 0)
                        sent += n;
                do {
                        clock_gettime(CLOCK_MONOTONIC, &now);
                        due = (double)sent / (double)rate;
                } while (due > (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9);
        }
        printf("%ld %.3f\n", sent, (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9);
        return 0;
}
"""
SECONDS = 8
FLOWS = 131072
# Two rings of 64 MiB, the kernel's 128 MiB, the table; and what the archive keeps until it seals (256 MiB), twice while it does.
ANALYSIS_KIB_MAX, WHOLE_KIB_MAX = 256 << 10, 1 << 20


def cpu_of(pid):
    """User and system seconds of the processes below pid."""
    total = 0.0
    for one in below(pid):
        with open(f"/proc/{one}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def memory_of(pid, field):
    """KiB of a process, by a line of /proc."""
    try:
        with open(f"/proc/{pid}/{'smaps_rollup' if field == 'Pss' else 'status'}", encoding="ascii") as f:
            return int(re.search(rf"^{field}:\s*(\d+)", f.read(), re.M)[1])
    except (OSError, TypeError):
        return 0


def below(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(one) for one in f.read().split()]


def name_of(pid):
    with open(f"/proc/{pid}/comm", encoding="ascii") as f:
        return f.read().strip()


def counted(interface, what):
    with open(f"/sys/class/net/{interface}/statistics/{what}", encoding="ascii") as f:
        return int(f.read())


def await_capture(interface, captures):
    """Until the kernel shows the sensor's packet sockets on the interface."""
    with open(f"/sys/class/net/{interface}/ifindex", encoding="ascii") as f:
        index = f.read().strip()
    until = time.time() + 30
    while time.time() < until:
        with open("/proc/net/packet", encoding="ascii") as f:
            if sum(line.split()[4] == index for line in f.readlines()[1:]) >= captures:
                break
        time.sleep(0.1)
    time.sleep(1)


def measure(sensor, sender, folder, rate, captures, *fresh):
    space, near = f"canhb{os.getpid()}", f"cb{os.getpid()}"
    for line in (f"netns add {space}", f"link add {near} type veth peer name far netns {space}", f"link set {near} up",
                 f"-n {space} link set far up"):
        subprocess.run(["ip", *line.split()], check=True)
    archive = os.path.join(folder, f"archive-{rate}-{captures}")
    try:
        watch = subprocess.Popen([sensor, "--interface", near, "--local", "--captures", str(captures), "--own", "10.0.0.0/8",
                                  "--archive", archive, "--buffer-mib", "128", "--filter", "udp", *(["--flows", str(FLOWS)] if fresh else [])],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=dict(os.environ, LANG="en_GB.UTF-8"))
        await_capture(near, captures)
        sending = subprocess.Popen(["ip", "netns", "exec", space, sender, "far", str(rate), str(rate * SECONDS), *fresh],
                                   stdout=subprocess.PIPE, text=True)
        samples = [0]
        while sending.poll() is None:
            samples.append(sum(memory_of(one, "Pss") for one in below(watch.pid)))
            time.sleep(0.5)
        done = sending.communicate()[0]
        half, whole = max(samples[:len(samples) // 2 + 1]), max(samples)
        most = max(memory_of(one, "VmHWM") for one in below(watch.pid) if name_of(one) == "canh-analyse")
        time.sleep(2)
        cpu = cpu_of(watch.pid)
        arrived, never = counted(near, "rx_packets"), counted(near, "rx_dropped")
        watch.send_signal(signal.SIGINT)
        said = watch.communicate(timeout=180)[1]
    finally:
        subprocess.run(["ip", "netns", "del", space], check=False)
    sent, seconds = done.split()
    found = re.search(r"(\d+) packets, (\d+) dropped", said)
    packets, dropped = int(found[1]), int(found[2])
    lost = re.search(r"^lost: (.*)$", said, re.M)
    flows = re.search(r"(\d+) flows", said)[1]
    print(f"sensor live, {captures} captures{', new flows only' if fresh else ''}: offered {int(sent) / float(seconds):,.0f}/s, sent {int(sent):,}, arrived {arrived:,} "
          f"(lost before any capture {never:,}), seen {packets:,}, dropped {dropped:,} ({100 * dropped / max(packets, 1):.2f}%), CPU {cpu:.2f} s, {1e6 * cpu / int(sent):.2f} us a packet; {flows} flows; "
          f"memory at most {half / 1024:.0f} MiB in the first half, {whole / 1024:.0f} MiB in all, analysis at most {most / 1024:.0f} MiB"
          f"{'; lost ' + lost[1] if lost else ''}", flush=True)
    return whole, most


def main():
    if os.geteuid() or not shutil.which("ip"):
        print("sensor live: not measured: needs root and ip")
        return 0
    sensor = os.path.join(os.path.abspath(sys.argv[1]), "src/sensor/canh-sensor")
    with tempfile.TemporaryDirectory(prefix="canh-live-") as folder:
        source, sender = os.path.join(folder, "sender.c"), os.path.join(folder, "sender")
        with open(source, "w", encoding="ascii") as f:
            f.write(SENDER)
        subprocess.run(["cc", "-O2", "-o", sender, source], check=True)
        for rate, captures in ((250000, 1), (500000, 1), (500000, 2)):
            measure(sensor, sender, folder, rate, captures)
        whole, most = measure(sensor, sender, folder, 500000, 1, "fresh")
    if whole > WHOLE_KIB_MAX or most > ANALYSIS_KIB_MAX:
        print("sensor live: more memory than it may have: not met")
        return 1
    return 0


sys.exit(main())
