#!/usr/bin/env python3
"""Reads the real exports of others (NetFlow, IPFIX, sFlow) and compares each field with what lies beside them.

    real_exports.py EXPORT_SHOW ROOT [--verbose]

The files are not part of the project: the folder is $CANH_DATA, or shared/data beside the checkout; without it the test is
skipped, and says so. Every difference must stand in EXPLAINED below, and every line there must still be needed;
docs/real-exports.md says why. SPDX-License-Identifier: Apache-2.0
"""
import collections
import datetime
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

SKIPPED = 77
UPTIME_TURN_MS = 2 ** 32

# (case, field of ours) → what the difference (ours - theirs) is; docs/real-exports.md says why.
EXPLAINED = {
    ("Netflow 5 valid 01", "begin"): -UPTIME_TURN_MS,
    ("IPFIX", "records"): 6,
    ("IPFIX Netscaler with variable length fields", "records"): 3,
}
# Times by the exporter's uptime: logstash is a second late (it takes whole seconds off and then adds the rest from the next one).
EXPLAINED.update({(case, field): -1000 for case in (
    "Netflow 9 Cisco ACI", "Netflow 9 ipt_netflow reduced size encoding", "Netflow 9 H3C Netstream with varstring",
    "Netflow 9 Palo Alto 1 flowset in large zero filled packet", "Netflow 9 Ubiquiti Edgerouter with MPLS labels",
    "Netflow 9 nprobe DPI L7", "Netflow 9 Huawei Netstream", "Netflow 9 field layer2segmentid",
    "Netflow 9 Cisco NBAR flowset 262") for field in ("begin", "end")})
EXPLAINED[("Netflow 5 valid 01", "end")] = -1000
# One frame of ten stands behind a control word that tshark takes for the beginning of Ethernet.
EXPLAINED.update({("akvorado ethernet-over-mpls-with-control-word", field): collections.Counter(what) for field, what in (
    ("sources of frames", ["198.51.100.1"]), ("destinations of frames", ["198.51.100.2"]),
    ("source ports of frames", ["443"]), ("destination ports of frames", ["55427"]))})
EXPLAINED[("akvorado ethernet-over-mpls-with-control-word", "bytes of frames")] = 1492
PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "ipv6-icmp": 58, "vrrp": 112, "gre": 47, "ospf": 89, "pim": 103, "ospfigp": 89}

# Our field → the names that the expectations of logstash have for it.
NAMES = {
    "source": ("ipv4_src_addr", "sourceIPv4Address", "ipv6_src_addr", "sourceIPv6Address"),
    "destination": ("ipv4_dst_addr", "destinationIPv4Address", "ipv6_dst_addr", "destinationIPv6Address"),
    "source_port": ("l4_src_port", "sourceTransportPort"),
    "destination_port": ("l4_dst_port", "destinationTransportPort"),
    "protocol": ("protocol", "protocolIdentifier"),
    "packets_out": ("in_pkts", "packetDeltaCount"),
    "bytes_out": ("in_bytes", "octetDeltaCount", "fwd_flow_delta_bytes", "in_permanent_bytes"),
    "bytes_in": ("rev_flow_delta_bytes",),
    "flags_out": ("tcp_flags", "tcpControlBits"),
    "begin": ("first_switched", "flowStartSeconds", "flowStartMilliseconds", "flow_start_msec", "flowStartMicroseconds"),
    "end": ("last_switched", "flowEndSeconds", "flowEndMilliseconds", "event_time_msec", "flowEndMicroseconds"),
}
COUNTED = ("flows", "options", "other")


class Faults:
    def __init__(self):
        self.found, self.used, self.compared = [], set(), collections.Counter()

    def check(self, case, field, ours, theirs):
        self.compared[field] += 1
        if ours == theirs:
            return
        less = theirs - ours if isinstance(ours, collections.Counter) else None
        if (case, field) in EXPLAINED and not less and ours - theirs == EXPLAINED[(case, field)]:
            self.used.add((case, field))
        else:
            self.found.append(f"{case}: {field}: {ours}, expected {theirs}")


def show(program, *files):
    done = subprocess.run([program, *map(str, files)], stdout=subprocess.PIPE, check=False, text=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode:
        raise SystemExit(f"{files}: export_show ended with {done.returncode}")
    return [r for r in rows if r["kind"] != "counts"], rows[-1]


def milliseconds(value):
    if isinstance(value, int):
        return value if value > 10**11 else value * 1000
    value = value.replace("#{nanos}", "")
    return round(datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp() * 1000)


def wanted_of(event):
    """An event of logstash as fields of ours."""
    wanted = {}
    for field, names in NAMES.items():
        for name in names:
            if name in event:
                wanted[field] = milliseconds(event[name]) if field in ("begin", "end") else event[name]
                break
    if wanted.get("protocol") in (1, 58):
        wanted.pop("source_port", None)
        wanted.pop("destination_port", None)
        if "icmp_type" in event:
            wanted["destination_port"] = event["icmp_type"] * 256 + event["icmp_code"]
    return wanted


def compare(case, wanted, flows, faults):
    """With the flow that agrees in most fields."""
    best = min(flows, key=lambda flow: sum(flow[k] != v for k, v in wanted.items()), default=None)
    if best is None:
        faults.found.append(f"{case}: no flow, wanted {wanted}")
        return
    for field, value in wanted.items():
        faults.check(case, field, best[field], value)


def compare_more(case, event, rows, faults):
    """What NAT made of the ends, and the name that was spoken of."""
    for side, names in (("source", ("postNATSourceIPv4Address", "xlate_src_addr_ipv4")),
                        ("destination", ("postNATDestinationIPv4Address", "xlate_dst_addr_ipv4"))):
        before = next((event[n] for n in NAMES[side] if n in event), None)
        after = next((event[n] for n in names if n in event), None)
        if after in (None, "0.0.0.0"):
            continue
        inner, outer = (before, after) if side == "source" else (after, before)
        told = any(r["kind"] == "translation" and r["inner"] == inner and r["outer"] == outer for r in rows)
        faults.check(case, "translation of the " + side, told, before != after)
    if "netscalerHttpReqHost" in event:
        names = {r["name"] for r in rows if r["kind"] == "name"}
        faults.check(case, "name", names, {event["netscalerHttpReqHost"]})


def logstash(program, folder, faults):
    """Records, and the fields of the events that are given, of each case."""
    for case in json.loads((folder / "netflow-expected.json").read_text()):
        name = case["case"].strip()
        rows, counts = show(program, *(folder / f for f in case["files"]))
        faults.compared["cases"] += 1
        if case["records"] is not None:
            faults.check(name, "records", sum(counts[k] for k in COUNTED), case["records"])
        flows = [r for r in rows if r["kind"] == "flow"]
        events = [event["netflow"] for event in case["events"] if "netflow" in event]
        if not events and not case["records"]:
            faults.check(name, "flows", len(flows), 0)
        for event in events:
            faults.compared["events"] += 1
            wanted = wanted_of(event)
            if "source" in wanted and "destination" in wanted:
                compare(name, wanted, flows, faults)
                compare_more(name, event, rows, faults)
            else:
                faults.check(name, "records of no flow", counts["options"] + counts["other"] > 0, True)


def totals(rows, key):
    sums = collections.defaultdict(lambda: [0, 0])
    for row in rows:
        packets, octets = sums[key(row)]
        sums[key(row)] = [packets + row["packets"], octets + row["bytes"]]
    return dict(sums)


def pmacct_key(row):
    protocol = row["ip_proto"]
    protocol = PROTOCOLS.get(protocol) or int(protocol)
    ports = (0, 0) if protocol in (1, 58) else (row["port_src"], row["port_dst"])
    return (row["ip_src"], row["ip_dst"], *ports, protocol)


def our_key(row):
    ports = (0, 0) if row["protocol"] in (1, 58) else (row["source_port"], row["destination_port"])
    return (row["source"], row["destination"], *ports, row["protocol"])


def pmacct(program, folder, faults):
    """Packets and bytes of each conversation. Of scenario 110 only one of its captures is here, so that ours is a part of theirs."""
    for scenario in sorted(p for p in folder.iterdir() if p.is_dir()):
        theirs = [json.loads(line) for line in (scenario / "output-flow-00.json").read_text().splitlines()]
        theirs = totals(theirs, pmacct_key)
        ours = []
        for capture in sorted(scenario.glob("traffic-*.pcap")):
            ours += [r for r in show(program, capture)[0] if r["kind"] == "flow"]
        ours = totals([dict(r, packets=r["packets_out"], bytes=r["bytes_out"]) for r in ours], our_key)
        name = scenario.name
        if name.startswith("110"):
            theirs = {k: v for k, v in theirs.items() if k in ours}
        faults.check(name, "conversations", len(ours), len(theirs))
        for key, value in theirs.items():
            faults.check(name, f"packets and bytes of {key}", ours.get(key), value)


def datagrams_of(file):
    """Those of a .dat or .ipfix file: IPFIX messages may stand one behind the other."""
    rest = file.read_bytes()
    while rest:
        version, length = struct.unpack(">HH", rest[:4])
        length = length if version == 10 else len(rest)
        yield rest[:length]
        rest = rest[length:]


def as_capture(files, out):
    """The datagrams as UDP in a capture, for programs that read nothing else."""
    with open(out, "wb") as pcap:
        pcap.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for datagram in (d for file in files for d in datagrams_of(file)):
            udp = struct.pack(">HHHH", 2055, 2055, 8 + len(datagram), 0) + datagram
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, socket.inet_aton("192.0.2.1"),
                             socket.inet_aton("192.0.2.2")) + udp
            pcap.write(struct.pack("<IIII", 0, 0, len(ip), len(ip)) + ip)


def tshark_sums(capture):
    """Sum of packets and bytes, and how often each address is a source. Read twice: templates may come behind their data."""
    fields = ("cflow.packets", "cflow.octets", "cflow.srcaddr", "cflow.srcaddrv6", "cflow.permanent_packets", "cflow.permanent_octets")
    arguments = [word for field in fields for word in ("-e", field)]
    command = ["tshark", "-2", "-r", capture, "-d", "udp.port==1-65535,cflow", "-T", "fields", *arguments]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    columns = [[] for _ in fields]
    for line in text.splitlines():
        for column, cell in zip(columns, line.split("\t")):
            column += [value for value in cell.split(",") if value]
    packets, octets = columns[0] or columns[4], columns[1] or columns[5]  # YAF tells totals only
    return sum(map(int, packets)), sum(map(int, octets)), collections.Counter(columns[2])


def tshark(program, groups, faults):
    """Whole files against Wireshark's decoder: sums of packets and bytes, sources."""
    with tempfile.TemporaryDirectory() as folder:
        for name, files in groups:
            capture = pathlib.Path(folder) / "all.pcap"
            if files[0].suffix == ".pcap":
                subprocess.run(["mergecap", "-a", "-w", capture, *files], check=True, stderr=subprocess.DEVNULL)
            else:
                as_capture(files, capture)
            rows, _ = show(program, *files)
            flows = [r for r in rows if r["kind"] == "flow"]
            packets, octets, sources = tshark_sums(capture)
            for what, theirs in (("packets", packets), ("bytes", octets)):
                ours = sum((r[what + "_out"] + r[what + "_in"]) // max(r["sampling"], 1) for r in flows)
                faults.check(name, what + " of tshark", ours, theirs)
            ours = collections.Counter(r["source"] for r in flows if ":" not in r["source"])
            faults.check(name, "sources of tshark", ours, sources)


def whole_files(captures):
    akvorado, dat = captures / "flow-akvorado", captures / "netflow-dat-logstash"
    for name in ("icmp", "ipfixprobe", "samplingrate"):
        templates = sorted(akvorado.glob(f"netflow_{name}-template*.pcap"))
        yield f"akvorado {name}", [*templates, akvorado / f"netflow_{name}-data.pcap"]
    yield "akvorado physicalinterfaces", [akvorado / "netflow_physicalinterfaces.pcap"]
    yield "akvorado data+templates", [akvorado / "netflow_data+templates.pcap"]
    yield "ipfixcol2", [captures / "ipfixcol2" / "example_flows.ipfix"]
    for name in ("ipfix_test_mikrotik", "ipfix_test_openbsd_pflow", "netflow9_test_ubnt_edgerouter"):
        yield name, sorted(dat.glob(name + "_tpl*.dat")) + sorted(dat.glob(name + "_data*.dat"))
    yield "ixia", [dat / "ipfix_test_ixia_tpldata271.dat"]
    for name in ("ipfix_test_vmware_vds", "ipfix_test_yaf"):
        yield name, sorted(dat.glob(name + "_tpl*.dat")) + sorted(dat.glob(name + "_data*.dat"))
    for name in ("netflow5", "netflow5_test_microtik", "netflow9_test_iptnetflow_reduced_size_encoding_tpldata260"):
        yield name, [dat / (name + ".dat")]


def sampled_frames(captures):
    """Exports that hold the beginning of packets: IPFIX's data link frame section, and sFlow."""
    akvorado = captures / "flow-akvorado"
    for name in ("datalink", "ethernet-over-mpls-with-control-word", "juniper-cpid"):
        yield f"akvorado {name}", [akvorado / f"netflow_{name}-template.pcap", akvorado / f"netflow_{name}-data.pcap"]
    for name in ("sflow_expanded", "sflow_print-segv"):
        yield name, [captures / "tcpdump-tests" / f"{name}.pcap"]


def frames(program, groups, faults):
    """The packets inside, as tshark reads them: who, to whom, TCP ports, IP bytes. The first header is the exporter's own."""
    fields = ("ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "ip.len", "ipv6.plen", "tcp.srcport", "tcp.dstport")
    for name, files in groups:
        rows = [r for r in show(program, *files)[0] if r["kind"] == "flow"]
        theirs = collections.defaultdict(collections.Counter)
        with tempfile.NamedTemporaryFile(suffix=".pcap") as capture:
            subprocess.run(["mergecap", "-a", "-w", capture.name, *files], check=True, stderr=subprocess.DEVNULL)
            text = subprocess.run(["tshark", "-n", "-r", capture.name, "-d", "udp.port==1-65535," + ("sflow" if "sflow" in name else "cflow"),
                                   "-T", "fields", *(word for field in fields for word in ("-e", field))],
                                  capture_output=True, check=True, text=True).stdout
        for line in text.splitlines():
            for field, cell in zip(fields, line.split("\t")):
                values = [value for value in cell.split(",") if value]
                theirs[field].update(values[1:] if field in ("ip.src", "ip.dst", "ip.len") else values)
        for side in ("source", "destination"):
            short = {"source": "src", "destination": "dst"}[side]
            faults.check(name, side + "s of frames", collections.Counter(r[side] for r in rows), theirs["ip." + short] + theirs["ipv6." + short])
            ports = collections.Counter(str(r[side + "_port"]) for r in rows if r["protocol"] == 6)
            faults.check(name, side + " ports of frames", ports, theirs[f"tcp.{short}port"])
        size = sum(int(n) * k for n, k in theirs["ip.len"].items()) + sum((40 + int(n)) * k for n, k in theirs["ipv6.plen"].items())
        faults.check(name, "bytes of frames", sum(r["bytes_out"] // max(r["sampling"], 1) for r in rows), size)


def is_each_compared(captures, faults):
    """Every file that holds an export is in one of the comparisons."""
    seen = {f for groups in (whole_files(captures), sampled_frames(captures)) for _, files in groups for f in files}
    for case in json.loads((captures / "netflow-dat-logstash" / "netflow-expected.json").read_text()):
        seen |= {captures / "netflow-dat-logstash" / name for name in case["files"]}
    there = [p for name in ("netflow-dat-logstash", "ipfixcol2") for p in (captures / name).iterdir() if p.suffix in (".dat", ".ipfix")]
    there += (captures / "flow-akvorado").glob("netflow_*.pcap")
    faults.compared["files"] += len(there)
    for path in sorted(set(there) - seen):
        faults.found.append(f"{path.name}: compared with nothing")


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    said = os.environ.get("CANH_DATA")
    captures = (pathlib.Path(said) if said else root.parent / "shared" / "data") / "captures"
    if not captures.is_dir():
        print(f"skipped: no real exports in {captures} (set CANH_DATA)")
        return SKIPPED
    faults = Faults()
    logstash(program, captures / "netflow-dat-logstash", faults)
    pmacct(program, captures / "flow-pmacct", faults)
    if shutil.which("tshark"):
        tshark(program, whole_files(captures), faults)
        frames(program, sampled_frames(captures), faults)
    else:
        print("tshark is not installed: the comparison with it was left out")
    is_each_compared(captures, faults)
    for key in sorted(set(EXPLAINED) - faults.used):
        faults.found.append(f"{key}: explained, but no difference was found")
    short = collections.Counter({k.split(" of (")[0]: 0 for k in faults.compared})
    for field, n in faults.compared.items():
        short[field.split(" of (")[0]] += n
    print(f"compared: {dict(short)}; {len(faults.used)} differences explained")
    print("\n".join(faults.found))
    return 1 if faults.found else 0


if __name__ == "__main__":
    sys.exit(main())
