#!/usr/bin/env python3
"""tests/bench/archive_vs_peers.py BUILD [FLOWS] [--curve] [--only archive|packets]: the same made-up flows in the archive, in
nfdump (over NetFlow 9 on loopback), in ClickHouse and in gzip: bytes a flow, flows imported a second of CPU, and the hunt for
10,000 addresses as a whole process, warm. Then one capture through canh, tcpdump, nfpcapd and suricata: CPU a packet. One table;
a peer that is not installed is left out with a word. --curve: the hunt once more over five times as many flows. Ends with 1
when the engines do not find the same hosts or a target is missed. Targets: docs/bench.md. SPDX-License-Identifier: Apache-2.0"""
import gzip
import ipaddress
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from clickhouse_peer import ClickHouse, is_there as has_clickhouse

PORT = 29957
LISTED = 10000
REPEAT = 15
PACKETS = 2000000
FILTERED_HOSTS = 100  # of tcpdump: with 1,000 its filter takes minutes to compile
GZIP_FLOWS = 1000000  # the rest is scaled


def cpu_of(command, fine=(0,)):
    """(CPU seconds, wall seconds, standard output) of a whole process, which may end with one of `fine`."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    run = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode not in fine:
        raise RuntimeError(f"{command[0]} ended with {run.returncode}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, run.stdout


def middle(runs):
    runs = sorted(runs)
    return runs[len(runs) // 2]


def folder_bytes(folder):
    return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))


class Table:
    """Collects rows, so that one table stands at the end of whatever else was said."""
    def __init__(self):
        self.rows, self.absent, self.missed = [], [], []

    def add(self, what, who, value, beside="", target=None):
        """target: (met, words)."""
        if target and not target[0]:
            self.missed.append(f"{what}, {who}: {target[1]}")
        self.rows.append((what, who, value, beside, "" if not target else ("met: " if target[0] else "MISSED: ") + target[1]))
        print("  ".join(word for word in self.rows[-1] if word), flush=True)

    def lacks(self, name):
        self.absent.append(name)

    def show(self):
        print()
        widths = [max(len(row[n]) for row in self.rows) for n in range(5)]
        for row in self.rows:
            print(" | ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip())
        for name in self.absent:
            print(f"left out, not installed: {name}")
        for name in self.missed:
            print(f"not met: {name}")


class Work:
    """The bench program, a folder, the list in the forms that the engines take."""
    def __init__(self, build, folder, flows):
        self.bench = os.path.join(build, "src/traffic/archive/archive_bench")
        self.canh = os.path.join(build, "src/canh/canh")
        self.folder, self.flows = folder, flows
        self.listed = subprocess.run([self.bench, "list", str(flows), str(LISTED)], check=True, stdout=subprocess.PIPE,
                                     text=True).stdout.split()
        with open(self.path("list"), "w", encoding="ascii") as file:
            file.write("\n".join(self.listed) + "\n")
        subprocess.run([self.bench, "set", self.path("list"), self.path("set")], check=True)

    def path(self, name):
        return os.path.join(self.folder, name)


def pairs_of_ours(out):
    return {tuple(line.split("\t")[:2]) for line in out.splitlines()}


def import_ours(table, work, flows, name):
    said = cpu_of([work.bench, "import", work.path(name), str(flows)])[2]
    rate = int(re.search(r"(\d+) flows/s", said).group(1))
    size = folder_bytes(work.path(name)) / flows
    table.add("import", f"canh, {flows // 1000000} M flows", f"{rate / 1e6:.2f} M flows/s of CPU", "",
              (rate >= 1500000, "at least 1.5 M"))
    table.add("bytes a flow", f"canh, {flows // 1000000} M flows", f"{size:.2f}")
    return size


def hunt_ours(work, name, how):
    runs = [cpu_of([work.bench, "hunt", work.path(name), work.path("set"), how]) for _ in range(REPEAT)]
    return middle(run[0] for run in runs), middle(run[1] for run in runs), pairs_of_ours(runs[0][2])


def spent(cpu, wall):
    return f"{cpu * 1000:.1f} ms CPU" if cpu < 1 else f"{cpu:.2f} s CPU", f"wall {wall * 1000:.1f} ms"


def collect(bench, flows, folder, packing):
    """nfcapd beside the sender, until it has all."""
    os.mkdir(folder)
    collector = subprocess.Popen(["nfcapd", packing, "-w", folder, "-p", str(PORT), "-b", "127.0.0.1", "-t", "86400",
                                  "-B", "4000000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        subprocess.run([bench, "netflow", str(flows), str(PORT)], check=True)
        time.sleep(3)
    finally:
        collector.send_signal(signal.SIGTERM)
        collector.wait()


def nfdump_packings():
    """nfdump knows zstd since 1.7.2."""
    said = subprocess.run(["nfcapd", "-h"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
    return [("lz4", "-y")] + ([("zstd3", "-z=zstd:3")] if "zstd" in said.lower() else [])


def pairs_of_nfdump(out, listed):
    found = set()
    for line in out.splitlines():
        ends = [end.strip() for end in line.split(",")[:2]]
        for end, other in (ends, ends[::-1]):
            if end in listed:
                found.add((other, end))
    return found


def ask_nfdump(table, work, packing, option):
    """(bytes a flow, CPU, pairs)"""
    folder, words = work.path("nfdump"), work.path("filter")
    collect(work.bench, work.flows, folder, option)
    with open(words, "w", encoding="ascii") as file:
        file.write("ip in [ " + " ".join(work.listed) + " ]\n")
    runs = [cpu_of(["nfdump", "-R", folder, "-q", "-o", "fmt:%sa,%da", "-f", words]) for _ in range(3)]
    size, cpu, wall = folder_bytes(folder) / work.flows, min(run[0] for run in runs), min(run[1] for run in runs)
    table.add("bytes a flow", f"nfdump {packing}", f"{size:.2f}")
    table.add("hunt", f"nfdump {packing}", *spent(cpu, wall))
    shutil.rmtree(folder)
    return size, cpu, pairs_of_nfdump(runs[0][2], set(work.listed))


def ask_clickhouse(table, work):
    """(bytes a flow, CPU, pairs)"""
    with ClickHouse(work.path("clickhouse")) as peer:
        peer.fill([work.bench, "rows", str(work.flows)])
        runs = [peer.hunt([int(ipaddress.ip_address(one)) for one in work.listed]) for _ in range(7)]
        size, cpu, wall = peer.bytes() / work.flows, middle(run[0] for run in runs), middle(run[1] for run in runs)
        table.add("bytes a flow", f"ClickHouse {peer.version()} zstd, by remote", f"{size:.2f}")
        table.add("hunt", f"ClickHouse {peer.version()}, client and server", *spent(cpu, wall))
    shutil.rmtree(work.path("clickhouse"))
    return size, cpu, {(str(ipaddress.ip_address(host)), str(ipaddress.ip_address(remote))) for host, remote in runs[0][2]}


def ask_zgrep(table, work):
    """CPU, scaled to all flows."""
    rows, listed = work.path("rows.gz"), work.path("numbers")
    with subprocess.Popen([work.bench, "rows", str(min(GZIP_FLOWS, work.flows))], stdout=subprocess.PIPE) as source, \
            gzip.open(rows, "wb", compresslevel=6) as packed:
        shutil.copyfileobj(source.stdout, packed, 1 << 20)
    with open(listed, "w", encoding="ascii") as file:
        file.write("".join(f"{int(ipaddress.ip_address(one))}\n" for one in work.listed))
    scale = work.flows / min(GZIP_FLOWS, work.flows)
    cpu, wall, _ = cpu_of(["sh", "-c", f"LC_ALL=C; export LC_ALL; zcat {rows} | grep -Fwf {listed}"], (0, 1))
    table.add("bytes a flow", "rows of text, gzip", f"{os.path.getsize(rows) * scale / work.flows:.2f}")
    table.add("hunt", "zcat and grep -Fw, scaled", *spent(cpu * scale, wall * scale))
    os.remove(rows)
    return cpu * scale


def compare(table, work, curve):
    size = import_ours(table, work, work.flows, "archive")
    brief, brief_wall, pairs = hunt_ours(work, "archive", "brief")
    exact, exact_wall, same = hunt_ours(work, "archive", "exact")
    ours = [("canh, hosts and days", brief, brief_wall), ("canh, times and sums too", exact, exact_wall)]
    peers, sizes, all_pairs = [], {}, [same]
    if shutil.which("nfdump") and shutil.which("nfcapd"):
        for packing, option in nfdump_packings():
            peer_size, cpu, found = ask_nfdump(table, work, packing, option)
            peers.append((f"nfdump {packing}", cpu, 1000))
            sizes["nfdump " + packing] = (peer_size, 0.66)
            all_pairs.append(found)
    else:
        table.lacks("nfdump")
    if has_clickhouse():
        peer_size, cpu, found = ask_clickhouse(table, work)
        peers.append(("ClickHouse", cpu, 50))
        sizes["ClickHouse"] = (peer_size, 0.88)
        all_pairs.append(found)
    else:
        table.lacks("clickhouse-server and clickhouse-client")
    peers.append(("zcat and grep", ask_zgrep(table, work), 5000))
    for n, (who, cpu, wall) in enumerate(ours):
        table.add("hunt", who, *spent(cpu, wall))
        for name, peer_cpu, times in peers:
            table.add("hunt", f"{who}: against {name}", f"{peer_cpu / cpu:.0f} times", "",
                      (peer_cpu / cpu >= times, f"at least {times:,}") if n == 0 else None)
    for name, (peer_size, share) in sizes.items():
        table.add("bytes a flow", f"canh: against {name}", f"{size / peer_size:.2f} times", "",
                  (size / peer_size <= share, f"at most {share}"))
    table.add("hunt", "pairs of host and address", f"{len(pairs)}", "",
              (pairs and all(found == pairs for found in all_pairs), f"the same by all {len(all_pairs) + 1}"))
    start = middle(cpu_of([work.canh, "--version"])[0] for _ in range(REPEAT))
    table.add("hunt", "the program canh, which loads 70 libraries: to start", *spent(start, 0)[:1])
    for words in (["--brief"], []):
        runs = [cpu_of([work.canh, "flows", "hunt", work.path("archive"), work.path("set"), *words], (1,)) for _ in range(REPEAT)]
        table.add("hunt", " ".join(["canh flows hunt", *words]), *spent(middle(run[0] for run in runs), middle(run[1] for run in runs)))
    if curve:
        larger = work.flows * 5
        import_ours(table, work, larger, "larger")
        for how, before in (("brief", brief), ("exact", exact)):
            cpu, wall, _ = hunt_ours(work, "larger", how)
            table.add("hunt", f"canh, {how}, {larger // 1000000} M flows: {cpu / before:.2f} times", *spent(cpu, wall),
                      (cpu / before <= 1.5, "at most 1.5 times") if how == "brief" else None)
        shutil.rmtree(work.path("larger"))


def packets(table, work):
    file = work.path("capture.pcap")
    subprocess.run([work.bench, "capture", str(PACKETS), file], check=True)
    with open(file, "rb") as head:
        head.read()  # into the page cache
    hosts = " or ".join(f"host {one}" for one in work.listed[:FILTERED_HOSTS])
    ours = [("canh match, 10,000 addresses", [work.canh, "match", work.path("set"), file]),
            ("canh flows import: flow table and archive", [work.canh, "flows", "import", work.path("flows"), file])]
    theirs = [("tcpdump", "tcpdump to nothing, no filter", ["tcpdump", "-n", "-r", file, "-w", "/dev/null"]),
              ("tcpdump", f"tcpdump, {FILTERED_HOSTS} hosts", ["tcpdump", "-n", "-r", file, "-w", "/dev/null", hosts]),
              ("nfpcapd", "nfpcapd", ["nfpcapd", "-r", file, "-w", work.path("nfpcapd")]),
              ("suricata", "suricata, IP reputation of 10,000", None)]
    os.mkdir(work.path("nfpcapd"))
    for who, command in ours:
        cpu, wall, _ = cpu_of(command, (0, 1))
        table.add("packets", who, f"{cpu / PACKETS * 1e9:.0f} ns CPU a packet", f"{PACKETS / wall / 1e6:.2f} M/s wall")
    for program, who, command in theirs:
        if not shutil.which(program):
            table.lacks(program)
            continue
        cpu, wall, _ = cpu_of(command or suricata(work, file))
        table.add("packets", who, f"{cpu / PACKETS * 1e9:.0f} ns CPU a packet", f"{PACKETS / wall / 1e6:.2f} M/s wall")


def suricata(work, file):
    """The command; its lists and its one rule stand in a folder of their own. It reassembles streams too, which canh does not."""
    folder = work.path("suricata")
    os.mkdir(folder)
    for name, text in (("categories", "1,Listed,made for this bench\n"),
                       ("reputation", "".join(f"{one},1,100\n" for one in work.listed)),
                       ("rules", 'alert ip any any -> any any (msg:"listed"; iprep:any,Listed,>,50; sid:1;)\n')):
        with open(os.path.join(folder, name), "w", encoding="ascii") as out:
            out.write(text)
    return ["suricata", "-r", file, "-l", folder, "-S", f"{folder}/rules", "--runmode", "single", "-k", "none",
            "--set", f"reputation-categories-file={folder}/categories", "--set", f"default-reputation-path={folder}",
            "--set", "reputation-files.0=reputation"]


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--") and word not in ("archive", "packets")]
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    flows = int(words[1]) if len(words) > 1 else 20000000
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        work = Work(words[0], folder, flows)
        if only != "packets":
            compare(table, work, "--curve" in sys.argv)
        if only != "archive":
            packets(table, work)
    table.show()
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
