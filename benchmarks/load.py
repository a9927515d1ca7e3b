"""Requests as fast as they are answered: wrk where it is installed, else a small client of our own."""

import re
import shutil
import subprocess
import threading
import time

from benchmarks.http import Client


def rate(port: int, path: str, *, seconds: float = 2.0, connections: int = 8, **headers: str) -> float:
    """Answers per second of one page."""
    if shutil.which("wrk"):
        return _wrk(port, path, seconds, connections, headers)
    return _own(port, path, seconds, connections, headers)


def generator() -> str:
    return "wrk" if shutil.which("wrk") else "own client"


def _wrk(port: int, path: str, seconds: float, connections: int, headers: dict[str, str]) -> float:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
    for name, value in headers.items():
        command += ["-H", f"{name.replace('_', '-')}: {value}"]
    found = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    )
    if "Non-2xx" in found.stdout or "Socket errors" in found.stdout:
        raise RuntimeError(f"{path}: {found.stdout}")
    match = re.search(r"Requests/sec:\s+([\d.]+)", found.stdout)
    assert match
    return float(match.group(1))


def _own(port: int, path: str, seconds: float, connections: int, headers: dict[str, str]) -> float:
    counts = [0] * connections
    begun = time.perf_counter()

    def run(place: int) -> None:
        client = Client(port, **headers)
        while time.perf_counter() - begun < seconds:
            answer = client.get(path)
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status}")
            counts[place] += 1
        client.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begun)
