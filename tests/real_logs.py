#!/usr/bin/env python3
"""Reads every real log there is with log_print, compares its facts with a reading of our own, and keeps docs/real-logs.md true.

    real_logs.py LOG_PRINT ROOT [--write]

The logs are not part of the project: the folder is $CANH_DATA, or shared/data beside the checkout; without it the test is
skipped. It fails when the program crashes, when lines are not taken + ignored + bad, when the sums differ from those of Python's
csv and json modules, or when the page says something else than what was found (--write rewrites it).
SPDX-License-Identifier: Apache-2.0
"""
import collections
import csv
import gzip
import io
import ipaddress
import json
import lzma
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

SKIPPED = 77
REFERENCE = "1735689600000"  # 2025-01-01: what has no year falls into 2024
KINDS = ("flows", "names", "translations", "leases")
FACTS = {"flow": "flows", "name": "names", "translation": "translations", "lease": "leases"}
LABEL = re.compile(r"[A-Za-z0-9_-]+")


def data_folder(root):
    said = os.environ.get("CANH_DATA")
    return pathlib.Path(said) if said else root.parent / "shared" / "data"


def logs(data, scratch):
    """(name, bytes) of each log, unpacked."""
    with tarfile.open(data / "logs" / "zeek-rita.tar.xz") as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # 3.11.4 and later know it
        archive.extractall(scratch)
    folders = [(scratch, "zeek-rita"), (data / "logs", "zeek-default-zed"), (data / "logs", "crowdsec-hub-tests"),
               (data / "logs", "wazuh-samples"), (data / "logs", "ossec-samples"), (data / "captures", "stratosphere-slips")]
    for base, folder in folders:
        for path in sorted((base / folder).rglob("*")):
            name = path.relative_to(base).as_posix()
            if not path.is_file() or re.search(r"(\.md|\.yaml|\.assert|\.pcap|\.config|LICENSE)$", name):
                continue
            raw = path.read_bytes()
            if name.endswith(".gz"):
                raw = gzip.decompress(raw)
            elif name.endswith(".xz"):
                raw = lzma.decompress(raw)
            yield name, raw


def generated(data, scratch):
    """What the packaged nfdump writes of a capture: its CSV and its JSON."""
    if not shutil.which("nfpcapd"):
        print("nfdump is not installed: its CSV and JSON were not compared")
        return
    for capture in ("ndpi-pcaps/trickbot.pcap", "ndpi-pcaps/malware.pcap", "ndpi-pcaps/skype.pcap"):
        path = data / "captures" / capture
        flows = scratch / ("nf-" + path.stem)
        if not path.exists():
            continue
        flows.mkdir()
        subprocess.run(["nfpcapd", "-r", str(path), "-l", str(flows)], capture_output=True, timeout=60, check=False)
        for form in ("csv", "json"):
            done = subprocess.run(["nfdump", "-R", str(flows), "-o", form], capture_output=True, timeout=60, check=False,
                                  env=dict(os.environ, TZ="UTC"))
            yield f"nfdump 1.7.1 -o {form} of {path.name}", done.stdout


def read(program, raw, faults, name, more=()):
    done = subprocess.run([program, "--reference", REFERENCE, *more], input=raw, capture_output=True, timeout=120, check=False)
    text = done.stdout.decode("utf-8")
    if done.returncode not in (0, 2) or done.stderr:
        faults.append(f"{name}: exit {done.returncode} {done.stderr.decode('utf-8', 'replace')[-1500:]}")
    facts, reasons, counts, error = collections.defaultdict(list), [], None, None
    for line in text.splitlines():
        cells = line.split("\t")
        if cells[0] in FACTS:
            facts[FACTS[cells[0]]].append(cells)
        elif cells[0] == "counts":
            counts = dict(zip(("lines", "taken", "ignored", "bad") + KINDS, map(int, cells[2:])), format=cells[1])
        elif cells[0] == "reason":
            reasons.append((int(cells[1]), int(cells[2]), cells[3]))
        elif cells[0] == "error":
            error = cells[1]
    if counts and counts["lines"] != counts["taken"] + counts["ignored"] + counts["bad"]:
        faults.append(f"{name}: {counts}: the sum is wrong")
    return facts, reasons, counts, error


# --- a reading of our own -------------------------------------------------------------------------------------------------

def is_address(text):
    try:
        ipaddress.ip_address(text)
        return True
    except ValueError:
        return False


def name_of(text):
    """The name as it is kept, or None."""
    text = text.rstrip(".").lower() if text.count("..") == 0 else ""
    if len(text) > 253 or "." not in text or is_address(text) or not all(LABEL.fullmatch(p) for p in text.split(".")):
        return None
    return text


def host_name(text):
    return name_of(re.split(r"[:/]", text.split("//", 1)[-1])[0])


def zeek_rows(raw):
    """(path, row) with None for what is not said; rows that are cut off are left out."""
    path, fields, row_of = None, [], None
    for line in raw.decode("utf-8", "replace").splitlines():
        if line.startswith("#"):
            cells = line.split("\t")
            path = cells[1] if cells[0] == "#path" else path
            fields = cells[1:] if cells[0] == "#fields" else fields
        elif line.startswith("{"):
            try:
                row = json.loads(line)
            except ValueError:
                continue
            yield row.get("_path"), {k: v for k, v in row.items() if v is not None}
        elif fields:
            cells = line.split("\t")
            if len(cells) == len(fields):
                row_of = {f: c for f, c in zip(fields, cells) if c not in ("-", "(empty)", "")}
                yield path, row_of


def items(value):
    return value if isinstance(value, list) else str(value).split(",") if value else []


def guess_path(row):
    if "mac" in row and "id.resp_h" not in row:
        return "dhcp"
    if "id.resp_h" not in row:
        return "files" if "mime_type" in row and "sha1" in row else None
    for path, marks in (("conn", ("conn_state", "orig_pkts")), ("dns", ("trans_id", "rcode")), ("http", ("method", "status_code")),
                        ("ssl", ("server_name", "cipher"))):
        if any(m in row for m in marks):
            return path
    return None


def own_zeek(raw):
    sums = collections.Counter()
    for path, row in zeek_rows(raw):
        path = path or guess_path(row)
        if path == "conn" and all(int(row.get(p, 0)) < 65536 for p in ("id.orig_p", "id.resp_p")):
            sums["flows"] += 1
            sums["packets"] += int(row.get("orig_pkts", 0)) + int(row.get("resp_pkts", 0))
            for side in ("orig", "resp"):
                sums["bytes"] += int(row.get(side + "_ip_bytes", row.get(side + "_bytes", 0)))
        elif path == "dns" and row.get("query") and name_of(row["query"]):
            sums["names"] += max(1, len({ipaddress.ip_address(a) for a in items(row.get("answers")) if is_address(a)}))
        elif path in ("ssl", "quic"):
            sums["names"] += bool(row.get("server_name") and host_name(row["server_name"]))
            sums["names"] += sum(len(f) == 40 for f in items(row.get("cert_chain_fps")))
        elif path == "http":
            uri = row.get("uri", "")
            sums["names"] += bool(host_name(row.get("host") or (uri if "://" in uri else "")))
        elif path == "files" and "x509" in row.get("mime_type", "") and row.get("sha1"):
            sums["names"] += 1
        elif path == "dhcp" and ("msg_types" not in row or "ACK" in items(row["msg_types"])):
            sums["leases"] += 1
    return sums


def own_eve(raw):
    sums = collections.Counter()
    for line in raw.decode("utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        kind = row.get("event_type")
        if kind == "flow":
            f = row["flow"]
            sums["flows"] += 1
            sums["packets"] += f["pkts_toserver"] + f["pkts_toclient"]
            sums["bytes"] += f["bytes_toserver"] + f["bytes_toclient"]
        elif kind == "netflow":
            sums["flows"] += 1
            sums["packets"] += row["netflow"]["pkts"]
            sums["bytes"] += row["netflow"]["bytes"]
        elif kind == "dns":
            d = row["dns"]
            found = [d.get("rdata", "")] + [a.get("rdata", "") for a in d.get("answers", [])]
            found += d.get("grouped", {}).get("A", []) + d.get("grouped", {}).get("AAAA", [])
            if name_of(d.get("rrname", "")):
                sums["names"] += max(1, len({ipaddress.ip_address(a) for a in found if is_address(a)}))
        elif kind == "tls":
            sums["names"] += bool(host_name(row["tls"].get("sni", ""))) + bool(row["tls"].get("fingerprint"))
        elif kind == "http":
            sums["names"] += bool(host_name(row["http"].get("hostname", "")))
    return sums


def own_binetflow(raw):
    sums = collections.Counter()
    for row in csv.DictReader(io.StringIO(raw.decode("utf-8"))):
        if row["Proto"] != "arp":
            sums["flows"] += 1
            sums["packets"] += int(row["TotPkts"])
            sums["bytes"] += int(row["TotBytes"])
    return sums


def own_nfdump_csv(raw):
    text = raw.decode("utf-8").split("Summary")[0]
    rows = list(csv.DictReader(io.StringIO(text)))
    return collections.Counter(flows=len(rows), packets=sum(int(r["ipkt"]) + int(r["opkt"]) for r in rows),
                               bytes=sum(int(r["ibyt"]) + int(r["obyt"]) for r in rows))


def own_nfdump_json(raw):
    rows = json.loads(raw)
    return collections.Counter(flows=len(rows), packets=sum(r["in_packets"] + r.get("out_packets", 0) for r in rows),
                               bytes=sum(r["in_bytes"] + r.get("out_bytes", 0) for r in rows))


FIREWALLS = (re.compile(r"proto \S+ .*?, (\S+):\d+->\S+:\d+, len (\d+)"),
             re.compile(r"filterlog: (?:[^,]*,){17}(\d+),([\d.]+),"),
             re.compile(r"SRC=(\S+) DST=\S+ LEN=(\d+)"))


def own_syslog(raw):
    """Packets that a firewall logged: their number and length."""
    sums = collections.Counter()
    for line in raw.decode("utf-8", "replace").splitlines():
        for n, form in enumerate(FIREWALLS):
            found = form.search(line)
            if found:
                sums["flows"] += 1
                sums["packets"] += 1
                sums["bytes"] += int(found.group(1 if n == 1 else 2))
                break
    return sums


OWN = {"zeek": own_zeek, "eve": own_eve, "binetflow": own_binetflow, "nfdump-csv": own_nfdump_csv, "nfdump-json": own_nfdump_json,
       "syslog": own_syslog}


def ours(facts):
    sums = collections.Counter({kind: len(rows) for kind, rows in facts.items()})
    for f in facts["flows"]:
        sums["packets"] += int(f[8]) + int(f[10])
        sums["bytes"] += int(f[9]) + int(f[11])
    return sums


# --- the page -------------------------------------------------------------------------------------------------------------

def row_of(name, counts, reasons, error):
    numbers = " | ".join(f"{counts[k]:,}" for k in ("lines", "taken", "ignored", "bad") + KINDS)
    why = "; ".join(f"{n:,} {text} (first: line {first})" for n, first, text in sorted(reasons, reverse=True)[:2])
    return f"| {name} | {counts['format']} | {numbers} | {why or ('refused: no known format' if error else '')} |"


def group_of(name):
    """Rotated logs of one folder are one line."""
    found = re.match(r"(zeek-rita/missing_host|zeek-rita/proxy_rolling|zeek-rita/open_sni)/(?:.*/)?([a-z_0-9-]+)\.", name)
    return f"{found.group(1)}/…/{found.group(2)}.*" if found else name


def page(groups, compared, refused):
    total = collections.Counter()
    for counts, _ in groups.values():
        total.update({k: counts[k] for k in ("lines", "taken", "ignored", "bad") + KINDS})
    out = ["# Real logs that were read", "",
           "Files nobody here wrote, read by `src/traffic/decode/log_reader.h`; `tests/real_logs.py --write` made this page, and as a",
           "test it fails when something else is found. The files are not part of the project. lines = taken + ignored + bad: ignored is",
           "what is readable and holds nothing to keep (headers, alarms, other events, a Host that is an address). The number of flows,",
           f"their packets and bytes, names and leases of {compared} files were compared with sums made by Python's csv and json modules",
           "(of firewalls: by regular expressions): no difference.", "",
           f"In all {total['lines']:,} lines: " + ", ".join(f"{total[k]:,} {k}" for k in ("taken", "ignored", "bad") + KINDS) + ".",
           "", "No real sample was at hand of: DrayTek, FortiGate traffic logs (the FortiGate file below holds VPN events), NAT lines of",
           "MikroTik, conntrack, ulogd, the lease files of dhcpd, Kea, dnsmasq and Windows, nfdump later than 1.7.1. Their forms are from",
           "makers' pages and public examples, and their tests are our own files; a first real log may show what they do not.", "",
           "| log | format | lines | taken | ignored | bad | " + " | ".join(KINDS) + " | why lines were bad |",
           "|---|---|---|---|---|---|---|---|---|---|---|"]
    out += [row_of(name, counts, reasons, None) for name, (counts, reasons) in groups.items()]
    out += ["", "## Of no format that we read", "",
            f"{len(refused)} files, each refused before anything was given: logs of mail, web and login servers, Windows events, alarms, and",
            "Zeek rows without their header.", ""]
    folders = collections.Counter("/".join(n.split("/")[:2]) if n.startswith("zeek") else n.split("/")[0] for n in refused)
    out += ["| folder | files |", "|---|---|"] + [f"| {f} | {n} |" for f, n in sorted(folders.items())]
    return "\n".join(out) + "\n"


def add_counts(groups, name, counts, reasons):
    if name not in groups:
        groups[name] = (collections.Counter(), [])
        groups[name][0]["format"] = counts["format"]
    for k in ("lines", "taken", "ignored", "bad") + KINDS:
        groups[name][0][k] += counts[k]
    groups[name][1].extend(reasons)


def compare(name, raw, facts, counts, faults):
    own = OWN.get(counts["format"])
    if not own:
        return False
    theirs, found = own(raw), ours(facts)
    for key in set(theirs) | set(found):
        if theirs[key] != found[key]:
            faults.append(f"{name}: {key}: {found[key]}, but an own reading gives {theirs[key]}")
    return True


def main():
    words = [w for w in sys.argv[1:] if w != "--write"]
    program, root = os.path.abspath(words[0]), pathlib.Path(words[1]).resolve()
    data = data_folder(root)
    if not (data / "logs").is_dir():
        print("skipped: no real logs (set CANH_DATA, or put them into shared/data beside the checkout)")
        return SKIPPED
    groups, refused, faults, compared = collections.OrderedDict(), [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        for name, raw in logs(data, scratch):
            facts, reasons, counts, error = read(program, raw, faults, name)
            if counts is None:
                continue
            if error:
                refused.append(name)
                continue
            compared += compare(name, raw, facts, counts, faults)
            add_counts(groups, group_of(name), counts, reasons)
        for name, raw in generated(data, scratch):
            facts, reasons, counts, error = read(program, raw, faults, name)
            if counts is not None and not error:
                compare(name, raw, facts, counts, faults)
    said, found = root / "docs" / "real-logs.md", page(groups, compared, refused)
    if "--write" in sys.argv:
        said.write_text(found, encoding="utf-8")
    elif not said.exists() or said.read_text(encoding="utf-8") != found:
        faults.append("docs/real-logs.md says something else; look, then run again with --write")
    print("\n".join(faults))
    print(f"{sum(c['lines'] for c, _ in groups.values())} lines, {compared} files compared, {len(refused)} refused, {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
