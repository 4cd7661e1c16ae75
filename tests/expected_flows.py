"""tests/expected_flows.py: our flows and names of captures in the form that real_expectations.py compares, and what it found.
SPDX-License-Identifier: Apache-2.0"""
import collections
import ipaddress
import json
import re
import subprocess


def text_of_ip(address):
    return str(ipaddress.ip_address(address))


def key_of(protocol, source, sport, destination, dport):
    if protocol in (1, 58):
        sport = dport = 0
    return protocol, text_of_ip(source), sport, text_of_ip(destination), dport


class Flows:
    """Packets and bytes of (protocol, from, port, to, port); bytes also of (from, to); who began; names by place; each flow
    as (key, packets there, packets back): of ICMP a key joins several."""

    def __init__(self):
        self.packets, self.key_bytes, self.bytes = collections.Counter(), collections.Counter(), collections.Counter()
        self.began, self.names, self.single = set(), collections.defaultdict(set), []


def flows_and_names(program, captures):
    out = subprocess.run([program, *captures], capture_output=True, text=True, errors="replace", check=False, timeout=300)
    flows = Flows()
    for line in out.stdout.splitlines():
        row = json.loads(line)
        if "name" in row:
            flows.names[row["place"]].add(row["name"])
        elif "source" in row:
            ends = (row["source"], row["source_port"], row["destination"], row["destination_port"])
            there, back = key_of(row["protocol"], *ends), key_of(row["protocol"], *ends[2:], *ends[:2])
            flows.began.add(there)
            flows.single.append((there, row["packets_out"], row["packets_in"]))
            for key, way in ((there, "out"), (back, "in")):
                flows.packets[key] += row["packets_" + way]
                flows.key_bytes[key] += row["bytes_" + way]
                flows.bytes[(key[1], key[3])] += row["bytes_" + way]
    return flows


class Found:
    def __init__(self):
        self.files, self.compared, self.left, self.used = 0, collections.Counter(), [], set()

    def check(self, what, place, ours, theirs):
        self.compared[what] += 1
        if ours != theirs:
            self.left.append((what, place, ours, theirs))

    @staticmethod
    def line_of(explained, whose, what, place):
        return next((line for line in explained if line[0] == whose and re.fullmatch(line[1], what) and re.search(line[2], place)), None)

    def counts(self):
        less = collections.Counter(what for what, *_ in self.left)
        return {what: (n, n - less[what], less[what]) for what, n in self.compared.items()}

    def differences(self, explained, whose):
        joined = {}
        for what, place, ours, theirs in self.left:
            line = self.line_of(explained, whose, what, place)
            joined.setdefault((what, line[3] if line else "?"), []).append(f"{place} ({ours}; {theirs})".replace("|", "/"))
        return [(what, len(places), places[0], why) for (what, why), places in joined.items()]

    def unexplained(self, explained, whose):
        faults = []
        for what, place, ours, theirs in self.left:
            line = self.line_of(explained, whose, what, place)
            if line:
                self.used.add(line)
            else:
                faults.append(f"{whose}: {what}: {place}: ours {ours}, theirs {theirs}")
        return faults
