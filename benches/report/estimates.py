"""Prints one line for each bench that criterion has run: python3 estimates.py DIRECTORY RUN"""

import json
import sys
from pathlib import Path


def estimates(directory, run):
    for path in sorted(Path(directory).glob("**/new/benchmark.json")):
        name = json.loads(path.read_text())["full_id"]
        median = json.loads((path.parent / "estimates.json").read_text())["median"]
        interval = median["confidence_interval"]
        middle, low, high = (
            median["point_estimate"],
            interval["lower_bound"],
            interval["upper_bound"],
        )
        yield f"{name} run={run} median-ns={middle:.1f} low-ns={low:.1f} high-ns={high:.1f}"


if __name__ == "__main__":
    print(*sorted(estimates(*sys.argv[1:])), sep="\n")
