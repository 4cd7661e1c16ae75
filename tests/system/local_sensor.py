# SPDX-License-Identifier: Apache-2.0
"""A canh-sensor of a test's own: with --local it listens for syslog on loopback and prints its alerts; what it kept can be read, its
processes can be killed."""
import os
import re
import signal
import socket
import subprocess
import tempfile
import time

from centre import children, free_port, speaking, wait_for


class LocalSensor:
    def __init__(self, program, case, *options, folder=None):
        self.program = program
        self.folder = folder or tempfile.mkdtemp(prefix="canh-logs-")
        if not folder:
            case.addCleanup(subprocess.run, ["rm", "-rf", self.folder])
        self.archive, self.state = os.path.join(self.folder, "archive"), os.path.join(self.folder, "state")
        self.syslog = free_port()
        self.options, self.said = options, ""
        case.addCleanup(self.stop)
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.program, "--archive", self.archive, "--state", self.state, "--ring-mib", "4", *self.options,
                                         *(["--syslog", f"127.0.0.1:{self.syslog}"] if "--local" in self.options else [])],
                                        env=speaking("en_GB.UTF-8"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: self.role("canh-analyse"))
        if "--local" in self.options:
            wait_for(self.answers)

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.syslog), 1).close()
        except OSError:
            return False
        return True

    def stop(self):
        """Ends it in order; what it says at the end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        if not self.process.stderr.closed:
            self.said = self.process.communicate(timeout=120)[1]
        return self.said

    def told(self, *names):
        return [int(re.search(rf"(\d+) {name}|{name} (\d+)", self.said).expand(r"\1\2") or 0) for name in names]

    def role(self, name):
        for pid in children(self.process.pid):
            try:
                with open(f"/proc/{pid}/comm", encoding="ascii") as f:
                    if f.read().strip() == name:
                        return pid
            except OSError:
                pass
        return None

    def kill(self, name):
        killed = wait_for(lambda: self.role(name))
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: self.role(name) not in (None, killed))


def udp(port, messages):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for n, message in enumerate(messages):
            s.sendto(message, ("127.0.0.1", port))
            if n % 64 == 63:
                time.sleep(0.01)


def tcp(port, *pieces):
    with socket.create_connection(("127.0.0.1", port)) as s:
        for piece in pieces:
            s.sendall(piece)
