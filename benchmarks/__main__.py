"""`python -m benchmarks [NAME ...]`: run all measurements, or the named ones; 1 if a bound does not hold."""

import argparse
import importlib
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from benchmarks.measure import Row, table

NAMES = {
    "start": "memory of a worker, and the first page after the start",
    "weight": "what the registration page loads",
    "form_page": "the form page with its countries and without",
    "cached_page": "a cached public page",
    "registration": "a complete registration",
    "sign_in": "pages while the sign-in is hammered",
    "counts": "counts of a million registrations",
    "door": "finding somebody at the door among 10,000",
    "duplicates": "possible duplicates among 5,000 people",
    "import_series": "eleven real meetings imported and counted back",
    "delegates_csv": "the list of delegates as CSV",
    "delegates_xlsx": "the list of delegates as a workbook",
    "report": "the PDF report of an edition",
    "delegations": "queues and pages of 196 represented bodies",
    "programme": "a programme of 300 sessions: its page, its grid, its conflicts, its feeds",
    "programme_desk": "the other pages of the programme in the dashboard, each with much of it",
    "workspace": "the pages of a focal point among 196 bodies",
    "suppression": "small numbers in 1,000 tables, against a reader who solves the sums",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    told = "; ".join(f"{name}: {text}" for name, text in NAMES.items())
    parser.add_argument("names", nargs="*", metavar="NAME", help=told)
    names = parser.parse_args().names or list(NAMES)
    if unknown := [name for name in names if name not in NAMES]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(NAMES)}")
    rows: list[Row] = []
    broken: list[str] = []
    begun = time.perf_counter()
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    if load > 0.5:
        print(
            f"This machine is busy: {load:.1f} processes wait for each core. Times in s and ms will be too long."
        )
    for name in names:
        at = time.perf_counter()
        print(f"{name}: {NAMES[name]} ...", flush=True)
        try:
            with tempfile.TemporaryDirectory(prefix="eventapp-bench-") as folder:
                rows += importlib.import_module(f"benchmarks.{name}").run(Path(folder))
        except Exception:
            traceback.print_exc()
            broken.append(name)
        print(f"  {time.perf_counter() - at:.0f} s", flush=True)
    print(f"\n{table(rows)}\n\nThe whole run took {time.perf_counter() - begun:.0f} s.")
    failed = [row.name for row in rows if not row.holds]
    if failed or broken:
        print(f"Out of bounds: {', '.join(failed) or 'none'}. Did not run: {', '.join(broken) or 'none'}.")
        return 1
    print("Every bound holds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
