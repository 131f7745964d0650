"""Reads the raw results: lines of a name, which is a path of key=value, and key=value figures."""

from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results"


def read(name):
    """The lines of a file, without comments: name, its parts, figures, and the text after ': '."""
    lines = []
    for line in (RESULTS / name).read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        line, _, comment = line.partition(": ")
        words = line.split()
        verdict = words.pop(0) if words[0] in ("met", "MISSED") else ""
        figures = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        lines.append(Line(words[0], figures, verdict, comment))
    return lines


class Line:
    def __init__(self, name, figures, verdict, comment):
        self.name, self.verdict, self.comment = name, verdict, comment
        self.parts = dict(part.split("=", 1) for part in name.split("/") if "=" in part)
        self.figures = figures

    def number(self, key):
        """A figure, or None where it was not measured."""
        text = self.figures.get(key, "-")
        return None if text == "-" else float(text)


def machine():
    """What it was measured on, in the order of the file."""
    lines = (RESULTS / "machine.txt").read_text().splitlines()
    return [line.split(": ", 1) for line in lines if not line.startswith("#")]


def instructions():
    """Instructions added by each peer, by case."""
    counts = {}
    for line in read("instructions.txt"):
        if not line.verdict:
            peers = ((peer, line.number(peer)) for peer in ("ours", "hand", "tower-http"))
            counts[line.name] = {peer: count for peer, count in peers if count is not None}
    return counts


def targets():
    return [line for line in read("instructions.txt") if line.verdict]


def allocations():
    """Allocations and bytes added by each peer, by case."""
    counts = {}
    for line in read("memory.txt"):
        if line.parts.get("part") == "allocations":
            case, peer = line.name.removeprefix("part=allocations/").rsplit("/peer=", 1)
            counts.setdefault(case, {})[peer] = (line.number("count"), line.number("bytes"))
    return counts


def memory(kind):
    """(number of origins, the line), by peer."""
    of_peer = {}
    for line in read("memory.txt"):
        if line.parts.get("part") == "memory" and line.parts["kind"] == kind:
            of_peer.setdefault(line.parts["peer"], []).append((int(line.parts["origins"]), line))
    return of_peer


def times():
    """For every bench what each run measured: (low, median, high), in nanoseconds."""
    runs = {}
    for line in read("time.txt"):
        estimate = tuple(line.number(key) for key in ("low-ns", "median-ns", "high-ns"))
        runs.setdefault(line.name, []).append(estimate)
    return runs


def time_added():
    """Nanoseconds that each peer adds to the bare service, by case: (low, middle, high)."""
    runs, added = times(), {}
    for name, estimates in runs.items():
        case, peer = name.rsplit("/peer=", 1) if "/peer=" in name else (name, "")
        if not case.startswith("part=service/") or peer == "bare":
            continue
        pairs = list(zip(estimates, runs[f"{case}/peer=bare"]))
        middle = sum(own[1] - bare[1] for own, bare in pairs) / len(pairs)
        low = min(own[0] - bare[2] for own, bare in pairs)
        high = max(own[2] - bare[0] for own, bare in pairs)
        added.setdefault(case.removeprefix("part=service/"), {})[peer] = (low, middle, high)
    return added


def build_times(kind):
    """(number of patterns, (low, middle, high) in nanoseconds), by peer."""
    of_peer = {}
    for name, runs in times().items():
        parts = dict(part.split("=", 1) for part in name.split("/") if "=" in part)
        if parts.get("part") == "build" and parts["kind"] == kind and parts["from"] == "text":
            middle = sum(run[1] for run in runs) / len(runs)
            of_all = (min(run[0] for run in runs), middle, max(run[2] for run in runs))
            of_peer.setdefault(parts["peer"], []).append((int(parts["patterns"]), of_all))
    return {peer: sorted(of_one) for peer, of_one in of_peer.items()}


def http():
    """What each run over loopback measured, by (peer, number of origins)."""
    runs = {}
    for line in read("http.txt"):
        key = (line.parts["peer"], int(line.parts["origins"]))
        runs.setdefault(key, []).append(line)
    return runs


def spread(values):
    """(least, median, most)"""
    values = sorted(values)
    middle = len(values) // 2
    median = values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
    return values[0], median, values[-1]
