"""tests/expected_zeek.py: what Zeek's own tests expect in conn.log, dns.log, http.log and ssl.log of its traces; a part of
real_expectations.py. Only tests that read one trace once. What Zeek tells must be in what we tell; not the reverse, for a test
may look at a part. SPDX-License-Identifier: Apache-2.0"""
import collections
import re

from expected_flows import flows_and_names, key_of

NAMES = {"dns.log": ("query", "dns"), "http.log": ("host", "http"), "ssl.log": ("server_name", "tls")}
PROTOCOLS = {"tcp": 6, "udp": 17}


def rows_of(path):
    fields = []
    for line in path.read_text(errors="replace").splitlines():
        if line.startswith("#fields\t"):
            fields = line.split("\t")[1:]
        elif not line.startswith("#") and fields:
            yield dict(zip(fields, line.split("\t")))


def traces_of(btest):
    """{name of the expectation: (trace, whether check sums are ignored)} of tests that read one trace once."""
    for test in sorted(p for p in btest.rglob("*") if p.is_file() and "Baseline" not in p.parts):
        runs = re.findall(r"@TEST-EXEC(?:-FAIL)?:.*\bzeek\b.*", test.read_text(errors="replace"))
        traces = [t for run in runs for t in re.findall(r"\$\{?TRACES\}?/(\S+?\.(?:pcapng|pcap|trace|gz))\b", run)]
        if len(runs) == 1 and len(traces) == 1:
            yield ".".join(test.relative_to(btest).with_suffix("").parts), (traces[0], bool(re.search(r"\s-b?C|\s-C", runs[0])))


def connections(path):
    packets, octets, began = collections.Counter(), collections.Counter(), set()
    for row in rows_of(path):
        if not row.get("orig_pkts", "-").isdigit() or "id.orig_h" not in row:
            continue
        six = ":" in row["id.orig_h"]
        protocol = PROTOCOLS.get(row["proto"]) or (58 if six else 1) if row["proto"] != "unknown_transport" else int(row.get("ip_proto", "0"))
        there = key_of(protocol, row["id.orig_h"], int(row["id.orig_p"]), row["id.resp_h"], int(row["id.resp_p"]))
        back = (there[0], there[3], there[4], there[1], there[2])
        began.add(there)
        packets.update({there: int(row["orig_pkts"])})
        packets.update({back: int(row["resp_pkts"])})
        octets.update({there: int(row["orig_ip_bytes"])})
        octets.update({back: int(row["resp_ip_bytes"])})
    return packets, octets, began


def compare(program, traces, checkout, found):
    btest = checkout / "testing" / "btest"
    for name, (trace, ignores_sums) in traces_of(btest):
        logs = [p for p in sorted((btest / "Baseline" / name).glob("*.log")) if p.name in NAMES or p.name == "conn.log"]
        if not logs or not (traces / trace).exists() or trace.endswith(".gz"):
            continue
        mine = flows_and_names(program, [traces / trace])
        found.files += 1
        place = f"{trace}{'' if ignores_sums else ' (sums checked)'}"
        for log in logs:
            if log.name == "conn.log":
                packets, octets, began = connections(log)
                for key in sorted(packets):
                    if packets[key]:
                        found.check("packets", f"{place} {key}", mine.packets[key], packets[key])
                        found.check("bytes", f"{place} {key}", mine.key_bytes[key], octets[key])
                for key in sorted(began):
                    found.check("began", f"{place} {key}", key in mine.began, True)
                continue
            column, where = NAMES[log.name]
            for value in sorted({row.get(column, "-").lower().rstrip(".") for row in rows_of(log)} - {"-", "(empty)", ""}):
                found.check("name", f"{place} {where} {value}", value in mine.names[where], True)
