# SPDX-License-Identifier: Apache-2.0
"""canh-sensor in trouble: each process killed, one that was taken over and speaks or writes what it must not, a full disk, more new flows
than there is room for. One process and one counter is what trouble may cost.
usage: test_sensor_trouble.py CANH_SENSOR"""
import ctypes
import mmap
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from centre import children, free_port, speaking, wait_for  # noqa: E402
from local_sensor import LocalSensor, tcp  # noqa: E402
from read_archive import facts  # noqa: E402

SENSOR = os.path.abspath(sys.argv.pop(1))
ROLES = ("canh-keeper", "canh-print", "canh-listener", "canh-syslog", "canh-follow", "canh-analyse")
PIDFD_GETFD = 438  # on every processor
LIBC = ctypes.CDLL(None, use_errno=True)


def line(n):
    """A message of a firewall that logs one flow, told by its port."""
    return (b"<134>1 2026-01-15T08:00:00Z fw filterlog 41 - - 5,,,1000000103,em1,match,pass,out,4,0x0,,64,0,0,DF,17,udp,76,192.0.2.15,"
            b"203.0.113.8,%d,53,56\n" % n)


def steal(pid, fd):
    """A handle of another process, as whoever has taken it over has it."""
    of = os.pidfd_open(pid)
    try:
        got = LIBC.syscall(PIDFD_GETFD, of, fd, 0)
    finally:
        os.close(of)
    if got < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return got


def may_steal():
    try:
        os.close(steal(os.getpid(), 0))
    except (OSError, AttributeError):
        return False
    return os.geteuid() == 0


def handles(pid):
    folder = f"/proc/{pid}/fd"
    return {int(fd): os.readlink(os.path.join(folder, fd)) for fd in os.listdir(folder)}


def line_to_root(pid):
    """The socket over which the role speaks with the root."""
    for fd, name in handles(pid).items():
        if name.startswith("socket:"):
            one = socket.socket(fileno=steal(pid, fd))
            if one.family == socket.AF_UNIX:
                return one
            one.close()
    raise AssertionError("no line to the root")


def message(kind, body=b"", length=None, mark=0x484E4143):
    return struct.pack("=IIII", mark, kind, 0, len(body) if length is None else length) + body


COUNTS, SET, END, CANCEL, SEAL = 1, 3, 5, 8, 9  # src/sensor/sensor_messages.h


class Ring:
    """Memory shared by two roles (src/system/proc/shared_ring.c), from the side of its writer."""

    def __init__(self, pid, name):
        fd = next(fd for fd, link in handles(pid).items() if link.startswith(f"/memfd:{name} "))
        own = steal(pid, fd)
        self.size = os.fstat(own).st_size - 4096
        self.memory = mmap.mmap(own, self.size + 4096)
        os.close(own)

    def written(self, to=None):
        if to is not None:
            struct.pack_into("=Q", self.memory, 0, to)
        return struct.unpack_from("=Q", self.memory, 0)[0]

    def put(self, record):
        at, length = self.written(), len(record)
        record += b"\0" * (-length % 8)
        struct.pack_into(f"=II{len(record)}s", self.memory, 4096 + (at & (self.size - 1)), length, 0, record)
        self.written(at + 8 + len(record))


class TroubleTest(unittest.TestCase):
    def start(self, *options):
        folder = tempfile.mkdtemp(prefix="canh-trouble-")
        self.addCleanup(subprocess.run, ["rm", "-rf", folder])
        self.log = os.path.join(folder, "fw.log")
        self.sensor = LocalSensor(SENSOR, self, "--local", "--netflow", f"127.0.0.1:{free_port()}", "--follow", self.log, *options)
        wait_for(lambda: all(self.pids().values()))
        time.sleep(1)

    def pids(self):
        return {name: self.sensor.role(name) for name in ROLES}

    def ports(self):
        return sorted(int(fact.split()[5]) for fact in facts(self.sensor.archive))

    def costs(self, deed, *roles):
        """The deed ends these roles, which are started again, and no other."""
        before = self.pids()
        deed()
        wait_for(lambda: all(self.pids()[role] not in (None, before[role]) for role in roles), 90)
        after = self.pids()
        self.assertEqual({n: p for n, p in after.items() if n not in roles}, {n: p for n, p in before.items() if n not in roles})
        return len(roles)

    def say(self, n):
        wait_for(self.sensor.answers)
        tcp(self.sensor.syslog, line(n))
        time.sleep(1)

    def test_each_process_that_is_killed_costs_itself_and_a_count(self):
        self.start()
        self.say(1)
        ended = 0
        for role in ROLES:
            pid = self.pids()[role]
            ended += self.costs(lambda: os.kill(pid, signal.SIGKILL), role)
        time.sleep(1)
        self.say(2)
        with open(self.log, "ab") as f:
            f.write(line(3))
        time.sleep(3)
        self.sensor.stop()
        self.assertLessEqual({2, 3}, set(self.ports()), self.sensor.said)  # 1 may be of the minute that a killed keeper loses
        self.assertEqual(self.sensor.told("restarts"), [ended])

    @unittest.skipUnless(may_steal(), "no right to take a handle of another process")
    def test_who_breaks_the_rules_of_messages_is_ended_alone(self):
        self.start()
        self.say(1)
        set_fd = os.memfd_create("none")
        self.addCleanup(os.close, set_fd)

        def speak(role, bytes_, *fds):
            def deed():
                with line_to_root(self.pids()[role]) as one:
                    socket.send_fds(one, [bytes_], list(fds))
            return deed

        ended = 0
        for role, deed in (  # another's message, lengths that lie, kinds that none takes, no message at all
                ("canh-syslog", speak("canh-syslog", message(SEAL))), ("canh-follow", speak("canh-follow", message(CANCEL, b"0" * 26))),
                ("canh-listener", speak("canh-listener", message(SET), set_fd)), ("canh-print", speak("canh-print", message(SET), set_fd)),
                ("canh-keeper", speak("canh-keeper", message(COUNTS, b"\0" * 8))), ("canh-analyse", speak("canh-analyse", message(COUNTS, length=1 << 30))),
                ("canh-syslog", speak("canh-syslog", message(END))), ("canh-follow", speak("canh-follow", message(COUNTS, mark=7))),
                ("canh-listener", speak("canh-listener", b"CANH")), ("canh-keeper", speak("canh-keeper", message(SEAL, b"more"))),
                ("canh-print", speak("canh-print", message(77, b"x" * 60000)))):
            ended += self.costs(deed, role)
        time.sleep(1)
        self.say(2)
        self.sensor.stop()
        self.assertIn(2, self.ports(), self.sensor.said)
        self.assertEqual(self.sensor.told("restarts"), [ended])
        self.assertGreaterEqual(self.sensor.said.count("broke the rules"), ended)

    @unittest.skipUnless(may_steal(), "no right to take a handle of another process")
    def test_what_must_not_be_in_a_ring_ends_who_fills_it_and_the_ring_begins_anew(self):
        self.start()
        self.say(1)
        ended = 0

        def poison(role, name, how):
            return lambda: how(Ring(self.pids()[role], name))

        for how in (lambda ring: ring.put(b"\xff" * 400), lambda ring: ring.written(1 << 63), lambda ring: ring.written(ring.written() + 4)):
            ended += self.costs(poison("canh-analyse", "facts", how), "canh-analyse", "canh-keeper")
            self.say(2)
        ended += self.costs(poison("canh-analyse", "alerts", lambda ring: ring.put(b"\xff" * 64)), "canh-analyse", "canh-print")
        ended += self.costs(poison("canh-syslog", "syslog", lambda ring: ring.put(b"\xff" * 64)),
                            "canh-syslog", "canh-follow", "canh-listener", "canh-analyse")
        time.sleep(1)
        self.say(3)
        self.sensor.stop()
        self.assertEqual(sorted(set(self.ports())), [1, 2, 3], self.sensor.said)
        self.assertEqual(self.sensor.told("restarts"), [ended])
        self.assertEqual(self.sensor.said.count("none of ours"), 5)


class FullDiskTest(unittest.TestCase):
    def test_a_full_disk_is_counted_said_once_and_over_when_there_is_room(self):
        disk = tempfile.mkdtemp(prefix="canh-disk-")
        self.addCleanup(os.rmdir, disk)
        if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", disk], check=False,
                                          stderr=subprocess.DEVNULL).returncode:
            self.skipTest("no small disk can be made here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk])
        sensor = LocalSensor(SENSOR, self, "--local", folder=disk)
        tcp(sensor.syslog, b"".join(line(n) for n in range(1000)))
        time.sleep(2)
        filler = os.path.join(disk, "filler")
        with self.assertRaises(OSError), open(filler, "wb", buffering=0) as f:
            while True:
                f.write(b"x" * 4096)
        for _ in range(8):
            tcp(sensor.syslog, b"".join(line(n) for n in range(1000, 6000)))
        time.sleep(3)
        os.unlink(filler)
        tcp(sensor.syslog, b"".join(line(n) for n in range(6000, 7000)))
        time.sleep(3)
        sensor.stop()
        self.assertIn("0 restarts", sensor.said)
        self.assertEqual((sensor.said.count("takes nothing"), sensor.said.count("takes facts again")), (1, 1), sensor.said)
        ports = {int(fact.split()[5]) for fact in facts(sensor.archive)}
        self.assertTrue(set(range(1000)) | set(range(6000, 7000)) <= ports)


class FloodTest(unittest.TestCase):
    """A million new flows a second: memory does not grow with them, and what had no room is counted."""

    def read(self, count):
        with tempfile.TemporaryDirectory(prefix="canh-flood-") as folder:
            path = os.path.join(folder, "flood.pcap")
            with open(path, "wb") as f:
                f.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
                head = b"\xff" * 6 + b"\2" + b"\0" * 5 + b"\x08\0" + bytes.fromhex("4500001c0000000040110000")
                pieces = []
                for n in range(count):
                    pieces.append(struct.pack("=IIII", 1700000000 + n // 1000000, n % 1000000, 42, 42) + head
                                  + struct.pack("!IIHHHH", 0x0A000000 + n, 0xCB007109, 1024 + n % 50000, 443, 8, 0))
                    if len(pieces) == 10000:
                        f.write(b"".join(pieces))
                        pieces = []
                f.write(b"".join(pieces))
            env = speaking("en_GB.UTF-8")
            env["ASAN_OPTIONS"] += ":quarantine_size_mb=1"
            watch = subprocess.Popen([SENSOR, "--read", path, "--local", "--flows", "16384", "--ring-mib", "4", "--own", "10.0.0.0/8"],
                                     env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            most = 0
            while watch.poll() is None:
                for pid in children(watch.pid):
                    try:
                        with open(f"/proc/{pid}/status", encoding="ascii") as f:
                            text = f.read()
                    except OSError:
                        continue
                    found = re.search(r"^VmHWM:\s*(\d+)", text, re.M)
                    if found and "canh-analyse" in text:
                        most = max(most, int(found[1]))
                time.sleep(0.02)
            said = watch.communicate()[1]
        packets, flows = re.search(r"(\d+) packets, 0 dropped, (\d+) flows", said).groups()
        self.assertEqual(int(packets), count, said)
        self.assertIn("0 restarts", said)
        return most, int(flows)

    def test_memory_does_not_grow_with_the_flood(self):
        little, _ = self.read(100000)
        much, flows = self.read(1000000)
        self.assertGreater(little, 0)
        self.assertLess(much - little, 16 << 10, "KiB more for ten times as many flows")
        self.assertGreater(flows, 16384)


if __name__ == "__main__":
    unittest.main()
