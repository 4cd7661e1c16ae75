# SPDX-License-Identifier: Apache-2.0
"""canh-sensor takes logs and exports as they come: syslog over UDP and TCP, log files that grow, NetFlow from several exporters. What it
keeps must be what `canh flows import` makes of the same lines. Over loopback; no rights are needed.
usage: test_sensor_logs.py CANH_CENTRE CANH_SENSOR CANH"""
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from centre import Centre, free_port, speaking, wait_for  # noqa: E402
from local_sensor import LocalSensor, tcp, udp  # noqa: E402
from read_archive import facts  # noqa: E402

CENTRE, SENSOR, CANH = (os.path.abspath(sys.argv.pop(1)) for _ in range(3))
ENV = speaking("en_GB.UTF-8")
CASES = os.path.join(os.path.dirname(HERE), "cases", "logs")
DEVICES = ("fortigate", "mikrotik", "filterlog", "draytek", "dhcp", "conntrack")


def lines_of(*names):
    """Lines as the devices sent them (tests/cases/logs); those without a time would get that of their arrival."""
    lines = []
    for name in names:
        with open(os.path.join(CASES, name, "input"), "rb") as f:
            lines += [line for line in f.read().split(b"\n") if line.strip() and not line.startswith(b"IN=")]
    return lines


def imported(folder, lines):
    """The facts that `canh flows import` makes of them."""
    archive, log = os.path.join(folder, "imported"), os.path.join(folder, "all.log")
    with open(log, "wb") as f:
        f.write(b"\n".join(lines) + b"\n")
    subprocess.run([CANH, "flows", "import", archive, "--as", "syslog", log], env=ENV, check=True, capture_output=True, timeout=120)
    return facts(archive)


class SyslogTest(unittest.TestCase):
    def test_messages_over_udp_and_tcp_become_the_facts_that_an_import_makes(self):
        lines = lines_of(*DEVICES)
        sensor = LocalSensor(SENSOR, self, "--local")
        third = len(lines) // 3
        udp(sensor.syslog, [line + b"\n" for line in lines[:third]])
        stream = b"".join(line + b"\n" for line in lines[third:2 * third])
        tcp(sensor.syslog, stream[:100], stream[100:101], stream[101:])  # in any pieces
        framed = [line if line.startswith(b"<") else b"<134>" + line for line in lines[2 * third:]]
        tcp(sensor.syslog, b"".join(b"%d %s" % (len(line), line) for line in framed))  # RFC 6587 3.4.1
        time.sleep(3)
        sensor.stop()
        lines_told, refused = sensor.told("lines", "refused")
        self.assertEqual(lines_told, len(lines), sensor.said)
        self.assertGreater(sensor.told("taken")[0], 20)
        got, wanted = facts(sensor.archive), imported(sensor.folder, lines)
        self.assertEqual(got, wanted)
        self.assertEqual({fact.split()[0] for fact in got}, {"flow", "name", "translation", "lease"})
        self.assertIn("0 restarts", sensor.said)
        self.assertLess(refused, lines_told)

    def test_new_headers_of_rfc_5424_are_read_like_the_old(self):
        sensor = LocalSensor(SENSOR, self, "--local")
        body = b'filterlog[41]: 5,,,1000000103,em1,match,pass,out,4,0x0,,64,0,0,DF,17,udp,76,192.0.2.15,203.0.113.8,51234,53,56'
        udp(sensor.syslog, [b"<134>Jan 15 15:00:00 fw " + body])
        new = b'<134>1 2026-01-15T08:00:00Z fw filterlog 41 - [a b="c\\]"] ' + body.split(b": ", 1)[1]
        tcp(sensor.syslog, b"%d %s" % (len(new), new))
        time.sleep(2)
        sensor.stop()
        flows = [fact.split()[3:] for fact in facts(sensor.archive)]
        self.assertEqual(len(flows), 2)
        self.assertEqual(flows[0], flows[1])

    def test_whatever_is_sent_nothing_ends_and_the_next_line_is_read(self):
        rnd = random.Random(3)
        sensor = LocalSensor(SENSOR, self, "--local")
        good = lines_of("filterlog")[0]
        udp(sensor.syslog, [b"", b"\0\0\n", b"<", b"<999999999>", b"9" * 60000, bytes(rnd.randbytes(1400)), good[:40], good + b"\0\0"])
        tcp(sensor.syslog, b"9999999 <134>" + b"x" * 30000)  # a length that lies
        tcp(sensor.syslog, b"x" * 200000 + b"\n" + good + b"\n")  # a line too long
        tcp(sensor.syslog, bytes(rnd.randbytes(100000)))
        for _ in range(300):  # who connects and goes
            tcp(sensor.syslog)
        held = [socket.create_connection(("127.0.0.1", sensor.syslog)) for _ in range(300)]
        time.sleep(1)
        for one in held:
            one.close()
        time.sleep(1)
        tcp(sensor.syslog, good)  # the last line may lack its end
        time.sleep(2)
        sensor.stop()
        self.assertEqual(len(facts(sensor.archive)), 3, sensor.said)
        self.assertGreaterEqual(sensor.told("too long")[0], 2)
        self.assertIn("0 restarts", sensor.said)

    def test_a_device_whose_clock_is_wrong_fills_no_year_to_come(self):
        sensor = LocalSensor(SENSOR, self, "--local")
        body = b'filterlog 41 - - 5,,,1000000103,em1,match,pass,out,4,0x0,,64,0,0,DF,17,udp,76,192.0.2.15,203.0.113.8,51234,53,56'
        udp(sensor.syslog, [b"<134>1 2099-01-15T08:00:00Z fw " + body, b"<134>1 2025-01-15T08:00:00Z fw " + body])
        time.sleep(2)
        sensor.stop()
        begins = sorted(int(fact.split()[1]) for fact in facts(sensor.archive))
        self.assertEqual(begins[0], 1736928000000)
        self.assertLess(abs(begins[1] - time.time() * 1000), 120000)

    def test_two_sensors_cannot_listen_at_one_port(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            done = subprocess.run([SENSOR, "--local", "--archive", "/tmp/canh-none", "--syslog", f"127.0.0.1:{port}"], env=ENV,
                                  capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"127.0.0.1:{port}", done.stderr)


ZEEK = (b"#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n")


def conn(n):
    return b"%d.5\t192.0.2.10\t%d\t203.0.113.5\t443\ttcp\n" % (1705305600 + n, 1024 + n)


class FollowTest(unittest.TestCase):
    """Each line once: lines are numbered by their port."""

    def setUp(self):
        self.logs = tempfile.mkdtemp(prefix="canh-logs-")
        self.addCleanup(subprocess.run, ["rm", "-rf", self.logs])
        self.log = os.path.join(self.logs, "conn.log")
        self.next = 0

    def add(self, count, path=None, head=b""):
        with open(path or self.log, "ab") as f:
            f.write(head)
            for _ in range(count):
                f.write(conn(self.next))
                self.next += 1

    def ports(self, sensor):
        return sorted(int(fact.split()[5]) - 1024 for fact in facts(sensor.archive))

    def test_rotation_cut_and_killed_processes_lose_and_double_nothing(self):
        self.add(100, head=ZEEK)
        sensor = LocalSensor(SENSOR, self, "--local", "--follow", self.log)
        time.sleep(3)  # how far it read is on the disk
        sensor.kill("canh-analyse")  # the format is found out again by the head of the file
        time.sleep(1)
        self.add(100)
        time.sleep(1)
        os.rename(self.log, self.log + ".1")
        self.add(50, self.log + ".1")
        self.add(100, head=ZEEK)
        time.sleep(3)
        sensor.kill("canh-follow")
        self.add(100)
        time.sleep(3)
        with open(self.log, "r+b") as f:  # copytruncate
            f.truncate(0)
        self.add(100, head=ZEEK)
        time.sleep(3)
        sensor.stop()
        self.add(100)  # while nobody looks
        os.rename(self.log, self.log + ".2")
        self.add(100, head=ZEEK)
        sensor.start()
        time.sleep(4)
        sensor.stop()
        self.assertEqual(self.ports(sensor), list(range(self.next)), sensor.said)

    def test_a_file_that_nobody_knows_is_counted_and_the_next_one_is_read(self):
        with open(self.log, "wb") as f:
            f.write(b"dear all\n" * 100)
        sensor = LocalSensor(SENSOR, self, "--local", "--follow", self.log)
        time.sleep(2)
        os.rename(self.log, self.log + ".1")
        self.add(10, head=ZEEK)
        time.sleep(3)
        sensor.stop()
        self.assertEqual(self.ports(sensor), list(range(10)))
        self.assertEqual(sensor.told("refused"), [100], sensor.said)

    def test_the_file_need_not_be_there_and_grows_slowly(self):
        sensor = LocalSensor(SENSOR, self, "--local", "--follow", self.log)
        time.sleep(1)
        for n in range(3):
            self.add(1, head=b"" if n else ZEEK)
            time.sleep(1)
        sensor.stop()
        self.assertEqual(self.ports(sensor), [0, 1, 2])


# NetFlow v9: an export packet of flow sets; a template of source, destination, ports, protocol, packets, bytes.
FIELDS = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (2, 4), (1, 4))


def flow_set(number, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("!HH", number, 4 + len(body)) + body


def v9(sequence, source, *sets, count=1):
    now = int(time.time())
    return struct.pack("!HHIIII", 9, count, 100000, now, sequence, source) + b"".join(sets)


def template(number, fields=FIELDS):
    return flow_set(0, struct.pack("!HH", number, len(fields)) + b"".join(struct.pack("!HH", *f) for f in fields))


def record(n):
    return struct.pack("!4s4sHHBII", bytes([192, 0, 2, 10]), bytes([203, 0, 113, 5]), 1024 + n, 443, 6, n + 1, 100 * (n + 1))


class ExportersTest(unittest.TestCase):
    def setUp(self):
        self.sensor = LocalSensor(SENSOR, self, "--local", "--netflow", f"127.0.0.1:{(port := free_port())}")
        self.port = port
        wait_for(lambda: self.sensor.role("canh-listener"))
        time.sleep(1)
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
        for s in self.sockets:
            self.addCleanup(s.close)

    def send(self, who, packet):
        self.sockets[who].sendto(packet, ("127.0.0.1", self.port))

    def end(self):
        time.sleep(2)
        self.sensor.stop()
        self.assertIn("0 restarts", self.sensor.said)
        return sorted(int(fact.split()[5]) - 1024 for fact in facts(self.sensor.archive) if fact.startswith("flow"))

    def test_several_exporters_and_a_template_that_comes_late(self):
        self.send(0, v9(0, 1, flow_set(256, record(0))))  # no template yet: it waits
        self.send(1, v9(0, 1, template(256, FIELDS[:4] + ((5, 1),) + FIELDS[4:])))  # the same number, another layout, another domain
        self.send(1, v9(1, 2, template(256), flow_set(256, record(1)), count=2))
        self.send(0, v9(1, 1, template(256)))
        self.send(0, v9(2, 1, flow_set(256, record(2))))
        self.send(2, v9(0, 9, flow_set(999, record(3))))  # its template never comes
        self.assertEqual(self.end(), [0, 1, 2], self.sensor.said)
        self.assertEqual(self.sensor.told("read late"), [1])

    def test_a_template_bomb_is_refused_and_the_others_are_served(self):
        for n in range(40):  # 40 domains of 600 templates, then one of a thousand fields
            for start in range(256, 856, 30):
                body = b"".join(struct.pack("!HH", start + k, len(FIELDS)) + b"".join(struct.pack("!HH", *f) for f in FIELDS)
                                for k in range(30))
                self.send(0, v9(0, n, flow_set(0, body)))
            time.sleep(0.01)
        self.send(0, v9(0, 1, template(5000, ((1, 4),) * 5000)))
        with open(f"/proc/{self.sensor.role('canh-analyse')}/statm", encoding="ascii") as f:
            pages = int(f.read().split()[1])
        self.send(1, v9(0, 77, template(256), flow_set(256, record(1)), count=2))
        self.assertIn(1, self.end(), self.sensor.said)
        self.assertGreater(self.sensor.told("templates refused")[0], 0)
        self.assertLess(pages * os.sysconf("SC_PAGESIZE"), 1 << 30)

    def test_an_exporter_that_lies_costs_its_datagram(self):
        rnd = random.Random(7)
        good = v9(0, 1, template(256), flow_set(256, record(0)), count=2)
        self.send(0, good)
        lies = [good[:n] for n in range(0, len(good), 3)] + [b"", b"\0" * 1400, good[:2] + b"\xff\xff" + good[4:]]
        lies += [struct.pack("!HH", 5, 30) + good[4:], struct.pack("!HH", 10, 65535) + good[4:]]
        for n in range(20, len(good)):  # one byte of a set changed: lengths, numbers, fields
            lies.append(good[:n] + bytes([rnd.randrange(256)]) + good[n + 1:])
        for packet in lies:
            self.send(1, packet)
        self.send(2, v9(5, 3, template(256), flow_set(256, record(9)), count=2))
        ports = self.end()
        self.assertIn(9, ports)
        self.assertIn(0, ports)
        self.assertGreater(sum(self.sensor.told("foreign", "damaged")), 10, self.sensor.said)


class CentreTest(unittest.TestCase):
    """The status page says what came, and a trace ends at the machine that DHCP and NAT name."""

    def must(self, method, path, value=None):
        status, answer = self.centre.call(method, path, value)
        self.assertIn(status, (200, 201, 204), answer)
        return answer

    def test_counts_and_kinds_are_shown_and_a_trace_uses_leases_and_nat(self):
        self.centre = Centre(CENTRE).start()
        self.addCleanup(self.centre.remove)
        unit = self.centre.first_run()["account"]["unit"]["id"]
        token = self.must("POST", "/api/v1/enrol-tokens", {"unit": unit, "uses": 1, "hours": 1})["token"]
        folder = tempfile.mkdtemp(prefix="canh-logs-")
        self.addCleanup(subprocess.run, ["rm", "-rf", folder])
        subprocess.run([SENSOR, "enrol", "--state", os.path.join(folder, "state"), "--centre", f"https://127.0.0.1:{self.centre.agents_port}",
                        "--token", token], env=ENV, check=True, capture_output=True, timeout=60)
        port = free_port()
        LocalSensor(SENSOR, self, "--syslog", f"127.0.0.1:{port}", "--zone", "+00:00", folder=folder)
        now = time.time()

        def stamp(ago):
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - ago)).encode()

        for _ in range(3):  # until it listens
            try:
                tcp(port, b"<30>1 " + stamp(600) + b" r dhcpd 1 - - DHCPACK on 192.0.2.50 to 00:00:5e:00:53:01 (may-01) via eth1\n"
                    b"<4>1 " + stamp(60) + b" r conntrack 1 - - [%d.000000]     [NEW] tcp      6 120 SYN_SENT src=192.0.2.50 dst=203.0.113.9 "
                    b"sport=40001 dport=443 [UNREPLIED] src=203.0.113.9 dst=198.51.100.7 sport=443 dport=40001\n" % int(now - 60)
                    + b"<13>1 " + stamp(50) + b" r app 1 - - dear all\n")
                break
            except OSError:
                time.sleep(2)
        status = wait_for(lambda: (lambda s: s if s and s["logs"]["lines"] else None)(
            (self.must("GET", "/api/v1/sensors")["sensors"] or [{}])[0].get("status")), 150)
        logs = status["logs"]
        self.assertEqual((logs["lines"], logs["taken"], logs["ignored"], logs["refused"]), (3, 2, 1, 0), logs)
        self.assertEqual(logs["kinds"], {"dhcp": 1, "conntrack": 1})
        self.assertEqual((logs["leases"], logs["translations"]), (1, 1))
        trace = self.must("POST", "/api/v1/traces", {"public": "198.51.100.7", "public_port": 40001, "at": stamp(60).decode(),
                                                     "peer": "203.0.113.9", "peer_port": 443})["id"]
        told = wait_for(lambda: (lambda t: t if t["state"] == "done" else None)(self.must("GET", f"/api/v1/traces/{trace}")), 90)
        first = told["candidates"][0]
        self.assertEqual((first["host"], first["host_name"], first["hardware"]), ("192.0.2.50", "may-01", "00:00:5e:00:53:01"))


if __name__ == "__main__":
    unittest.main()
