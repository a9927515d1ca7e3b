"""Servers under measurement: one worker each, processes of ours, ended by their pids."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.http import Client

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = int(os.environ.get("EVENTAPP_BENCH_PORT", "8170"))
THREADS = 8
EVENTAPP = "eventapp"  # the product, started by its own command
_used = 0


def next_port() -> int:
    """Ports one after the other, twenty of them."""
    global _used
    _used += 1
    return FIRST_PORT + (_used - 1) % 20


class Server:
    """One running server."""

    def __init__(self, target: str, port: int, environ: Mapping[str, str], log: Path) -> None:
        self.port = port
        self.log = log
        command = [sys.executable, "-m", "benchmarks.serve", target, str(port)]
        if target == EVENTAPP:
            command = [sys.executable, "-m", "eventapp", "run"]
        self.started_at = time.perf_counter()
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environ, "EVENTAPP_PORT": str(port)},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait(self, path: str = "/", limit: float = 60.0) -> float:
        """Seconds from the start of the process to the first 200."""
        while time.perf_counter() - self.started_at < limit:
            if self.process.poll() is not None:
                break
            try:
                client = Client(self.port)
                status = client.get(path).status
                client.close()
            except (OSError, EOFError):
                time.sleep(0.005)
                continue
            if status == 200:
                return time.perf_counter() - self.started_at
            time.sleep(0.02)
        raise RuntimeError(f"no page from {path}:\n{self.log.read_text(errors='replace')[-3000:]}")

    def workers(self) -> list[int]:
        """The processes that answer: granian's children; its main process only watches them."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError, IndexError):
                    if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == self.process.pid:
                        found.append(int(folder.name))
        return found or [self.process.pid]

    def rss(self) -> float:
        """Resident memory of the worker in MB (10^6 bytes)."""
        return max(_status(pid, "VmRSS") for pid in self.workers())

    def peak(self) -> float:
        """The most resident memory the worker ever had, in MB."""
        return max(_status(pid, "VmHWM") for pid in self.workers())

    def cpu(self) -> float:
        """Seconds of CPU the worker has used."""
        tick = os.sysconf("SC_CLK_TCK")
        total = 0.0
        for pid in self.workers():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / tick
        return total

    def stop(self) -> None:
        workers = self.workers()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        for pid in workers:
            if pid != self.process.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def _status(pid: int, word: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{word}:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


@contextlib.contextmanager
def running(target: str, folder: Path, *, ready: str = "/", **environ: str) -> Iterator[Server]:
    """A server that has answered its first page; ended on leaving."""
    server = Server(target, next_port(), environ, folder / "server.log")
    try:
        server.wait(ready)
        yield server
    finally:
        server.stop()


def eventapp_environ(instance: Path) -> dict[str, str]:
    """The application as installed, behind one proxy, so that clients can have addresses of their own."""
    return {
        "EVENTAPP_INSTANCE": str(instance),
        "EVENTAPP_TRUSTED_PROXIES": "1",
        "EVENTAPP_THREADS": str(THREADS),
    }
