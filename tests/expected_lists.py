"""tests/expected_lists.py: the tests of Suricata that match lists (datasets, datajson): `canh list build` and `canh match` must
give the hits that they expect; a part of real_expectations.py. SPDX-License-Identifier: Apache-2.0"""
import json
import os
import subprocess
import tempfile

SITE, HOST = ("name", "www.testmyids.com"), ("ipv4", "10.16.1.11")
# Test → (list, what its capture must give); None: the list is refused. An address that is private is no indicator to us: the
# warning says so, and the hit is of the site in the same flow.
HITS = {
    "datajson/datajson-01-ip": (("src.lst", "private"),),
    "datajson/datajson-02-multiple": (("host.lst", {SITE: 1}), ("src.lst", "private")),
    "datajson/datajson-05-duplicate": (("host.lst", {SITE: 1}), ("src.lst", "private")),
    "datajson/datajson-08-invalid-json": (("ip.lst", None),),
    "datajson/datajson-09-jsonformat": tuple((name, {SITE: 1}) for name in (
        "hosts.json", "hosts-direct.json", "hosts-nested.json", "hosts-nested-key.json")) + (("src.json", "private"),),
    "datajson/datajson-11-ipv4": (("src.lst", "private"),),
    "datasets-match-subdomain": (("domains.json", {("name", "evil.com"): 2}),),
}
NOT_OURS = {
    "datasets-05-state, 06-state-long, 08-state-ipv6, 11-longstring, pcrexform": "Suricata writes down what it saw; the expected files are not "
                                                                                   "in the folder. The names are compared above",
    "datasets-10-unset": "a rule takes an entry out of the list again; our lists change only as a whole",
    "datasets/datasets-parent-path": "where a rule may write a file; we write none",
    "domains.lst of datasets-match-subdomain": "the same list in Suricata's own base64",
    "quic-ietf-ja3": "JA3 of QUIC; we match no JA3",
    "IP reputation": "no test of it is in the folder, nor of hashes of files",
}


def run(canh, *words):
    done = subprocess.run([canh, *map(str, words)], capture_output=True, text=True, errors="replace", check=False, timeout=120,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    return done.returncode, done.stdout, done.stderr


def hits(canh, path, capture, folder):
    """{(type, value): records}; None when the list is refused, "private" when all of it is kept out for that."""
    built = os.path.join(folder, "built.set")
    code, _, said = run(canh, "list", "build", path, "--as", "json", "--no-warning", "-o", built)
    if code == 2:
        return None
    if "RFC 1918" in said:
        return "private"
    found = {}
    for line in run(canh, "match", built, capture, "--json")[1].splitlines():
        row = json.loads(line)
        found[(row["type"], row["value"])] = found.get((row["type"], row["value"]), 0) + 1
    return found


def both_places(canh, folder, work):
    """datasets-04: what is asked of DNS is the Host too: a list of it matches in both."""
    path, built = os.path.join(work, "asked.txt"), os.path.join(work, "asked.set")
    with open(path, "w", encoding="utf-8") as file:
        file.write("example.com\n")
    run(canh, "list", "build", path, "--no-warning", "-o", built)
    rows = [json.loads(line) for line in run(canh, "match", built, folder / "input.pcap", "--json")[1].splitlines()]
    return sorted({row["seen_in"] for row in rows})


def compare(canh, folder):
    """(faults, lines of the page)."""
    faults, count = [], 0
    with tempfile.TemporaryDirectory() as work:
        for test, lists in HITS.items():
            for name, wanted in lists:
                found = hits(canh, folder / test / name, folder / test / "input.pcap", work)
                count += 1
                if found != wanted:
                    faults.append(f"suricata lists: {test} {name}: {found}, expected {wanted}")
        places = both_places(canh, folder / "datasets-04-http-dns", work)
    if places != ["dns", "http"]:
        faults.append(f"suricata lists: datasets-04-http-dns: seen in {places}")
    lines = ["", "## Lists", "", f"Suricata's tests of datasets and datajson, by `canh list build` and `canh match`: the hits of {count} lists of "
             f"{len(HITS)} tests are as expected, or refused where Suricata refuses (08-invalid-json); a name of DNS matches as Host too",
             "(datasets-04-http-dns). Where the list holds the private address of the capture, we keep it out and say so: everybody may use",
             "it, so that it can be no indicator. Not compared:", ""]
    return faults, lines + [f"- {test}: {why}." for test, why in NOT_OURS.items()]
