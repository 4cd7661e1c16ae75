"""tests/bench/clickhouse_peer.py: a ClickHouse of the distribution, on loopback for the length of a bench, in a folder of its own.
The flows stand in it sorted by remote address within each day, packed by zstd: the form that suits the question best.
SPDX-License-Identifier: Apache-2.0"""
import os
import resource
import shutil
import signal
import subprocess
import time

PORT = 29959
CONFIG = """<yandex>
 <logger><level>error</level><log>{folder}/log</log><errorlog>{folder}/errors</errorlog></logger>
 <tcp_port>{port}</tcp_port><listen_host>127.0.0.1</listen_host>
 <path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path>
 <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
 <mark_cache_size>5368709120</mark_cache_size><uncompressed_cache_size>0</uncompressed_cache_size>
 <compression><case><min_part_size>0</min_part_size><min_part_size_ratio>0</min_part_size_ratio><method>zstd</method></case></compression>
</yandex>"""
USERS = """<yandex><profiles><default><max_query_size>10000000</max_query_size></default></profiles>
 <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
 <quotas><default></default></quotas></yandex>"""
TABLE = """CREATE TABLE flows (begin UInt64, duration UInt32, source UInt32, destination UInt32, source_port UInt16,
 destination_port UInt16, protocol UInt8, flags_out UInt8, flags_in UInt8, packets_out UInt64, bytes_out UInt64,
 packets_in UInt64, bytes_in UInt64, remote UInt32 MATERIALIZED if(intDiv(source, 16777216) = 10, destination, source))
 ENGINE = MergeTree PARTITION BY toYYYYMMDD(toDateTime(intDiv(begin, 1000))) ORDER BY (remote, begin)"""
COLUMNS = ("begin, duration, source, destination, source_port, destination_port, protocol, flags_out, flags_in, packets_out, "
           "bytes_out, packets_in, bytes_in")


def is_there():
    return shutil.which("clickhouse-server") and shutil.which("clickhouse-client")


class ClickHouse:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(os.path.join(folder, "tmp"))
        for name, text in (("config.xml", CONFIG.format(folder=folder, port=PORT)), ("users.xml", USERS)):
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(text)
        self.server = subprocess.Popen(["clickhouse-server", f"--config-file={folder}/config.xml"], cwd=folder,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(60):
            try:
                self.ask("SELECT 1")
                return self
            except subprocess.CalledProcessError:
                time.sleep(0.5)
        self.__exit__()
        raise RuntimeError("clickhouse-server does not answer")

    def __exit__(self, *_):
        self.server.send_signal(signal.SIGTERM)
        try:
            self.server.wait(30)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()

    @staticmethod
    def client(*more):
        return ["clickhouse-client", "--host", "127.0.0.1", "--port", str(PORT), *more]

    def ask(self, question):
        return subprocess.run(self.client(), input=question, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True).stdout

    def version(self):
        return self.ask("SELECT version()").strip()

    def server_cpu(self):
        with open(f"/proc/{self.server.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def fill(self, rows_command):
        """Rows, tab between, from a command; afterwards one part for each day."""
        self.ask(TABLE)
        rows = subprocess.Popen(rows_command, stdout=subprocess.PIPE)
        subprocess.run(self.client(f"--query=INSERT INTO flows ({COLUMNS}) FORMAT TabSeparated"), stdin=rows.stdout, check=True)
        rows.stdout.close()
        if rows.wait():
            raise RuntimeError("no rows")
        for day in self.ask("SELECT DISTINCT partition FROM system.parts WHERE table = 'flows' AND active").split():
            self.ask(f"OPTIMIZE TABLE flows PARTITION {day} FINAL")

    def bytes(self):
        return int(self.ask("SELECT sum(bytes_on_disk) FROM system.parts WHERE table = 'flows' AND active"))

    def hunt(self, listed):
        """(CPU seconds of client and server, wall seconds, pairs as numbers)"""
        question = ("SELECT DISTINCT if(source = remote, destination, source), remote FROM flows WHERE remote IN (" +
                    ",".join(map(str, listed)) + ")")
        server, mine, began = self.server_cpu(), resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        found = self.ask(question)
        wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = self.server_cpu() - server + after.ru_utime + after.ru_stime - mine.ru_utime - mine.ru_stime
        return cpu, wall, {tuple(map(int, line.split("\t"))) for line in found.splitlines()}
