"""The pictures: which raw results are in which."""

import raw
from charts import bars, lines

# Every day's requests, in words.
CASES = {
    "request=actual/outcome=allowed/settings=all/origins=2": "actual request, allowed",
    "request=actual/outcome=refused/settings=all/origins=2": "actual request, refused",
    "request=no-origin/settings=all/origins=2": "request without Origin",
    "request=preflight/outcome=allowed/settings=all/origins=2": "preflight, allowed",
    "request=preflight/outcome=refused/settings=all/origins=2": "preflight, refused",
    "request=actual/outcome=allowed/settings=all/origins=any": "actual request, any origin",
}
ALLOWED = "request=actual/outcome=allowed/settings=all/origins="
LARGER = {
    f"{ALLOWED}100": "100 origins",
    f"{ALLOWED}100/service=cloned": "100 origins, service cloned",
    f"{ALLOWED}100/service=axum": "100 origins, in an axum router",
}
PEERS = ("ours", "hand", "tower-http")
ALL = "An actual request, allowed; all settings."
TWO = "All settings, 2 origins (written by hand: 2 constants)."


def all_pictures():
    return {
        "instructions": instructions(),
        "time": time("Time that CORS adds to a request", TWO, CASES),
        "time-100": time("Time that CORS adds with 100 origins", ALL, LARGER),
        "origins-instructions": origins_instructions(),
        "origins-time": origins_time(),
        "allocations": allocations(),
        "build-time": build_time(),
        "memory": memory(),
        "http-requests": http(
            "Requests per second, axum over loopback",
            "requests-per-second",
            "more is better",
            count,
        ),
        "http-p99": http(
            "99th percentile of latency, axum over loopback", "p99-us", "less is better", us
        ),
    }


def count(number):
    return f"{number:,.0f}"


def us(number):
    return f"{number:,.0f} µs"


def ns(number):
    """A duration in the unit that suits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if number >= size:
            return f"{number / size:,.3g} {unit}"
    return f"{number:,.0f} ns"


def size(number):
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= factor:
            return f"{number / factor:,.3g} {unit}"
    return f"{number:,.0f} B"


def groups(cases, figures):
    """For each case the peers that can do it, with (low, value, high)."""
    of_case = ((label, figures[case]) for case, label in cases.items())
    return [(label, [(peer, at[peer]) for peer in PEERS if peer in at]) for label, at in of_case]


def exact(figures):
    return {case: {peer: (n, n, n) for peer, n in at.items()} for case, at in figures.items()}


def instructions():
    return bars(
        "Instructions that CORS adds to a request",
        f"{TWO} Less is better.",
        groups(CASES, exact(raw.instructions())),
        count,
    )


def time(title, what, cases):
    return bars(
        title,
        f"{what} Less is better; the thin line is the range of two runs.",
        groups(cases, raw.time_added()),
        ns,
    )


def by_origins(figures, value):
    series = {"ours": [], "tower-http": []}
    for case, peers in figures.items():
        number = case.removeprefix(ALLOWED)
        if case.startswith(ALLOWED) and number.isdigit():
            for peer, points in series.items():
                points.append((int(number), value(peers[peer])))
    return {peer: sorted(points) for peer, points in series.items()}


def origins_instructions():
    return lines(
        "Instructions by the number of origins",
        "Added to an allowed actual request; all settings; the origin is listed last.",
        "listed origins",
        by_origins(raw.instructions(), lambda n: n),
        count,
    )


def origins_time():
    return lines(
        "Time by the number of origins",
        "Added to an allowed actual request; all settings; the origin is listed last.",
        "listed origins",
        by_origins(raw.time_added(), lambda of: of[1]),
        ns,
    )


def allocations():
    figures = {
        case: {peer: count for peer, (count, _) in peers.items()}
        for case, peers in raw.allocations().items()
    }
    cases = {case: label for case, label in (CASES | LARGER).items() if case in figures}
    return bars(
        "Allocations that CORS adds to a request",
        f"{TWO} Less is better.",
        groups(cases, exact(figures)),
        count,
    )


def build_time():
    series = named(
        {kind: raw.build_times(kind) for kind in ("exact", "wildcard")}, lambda of: of[1]
    )
    return lines(
        "Time to build a policy",
        "From text, with everything that is checked.",
        "patterns",
        series,
        ns,
    )


def memory():
    """For each pattern, because the lines of all together would lie on one another."""

    def held(line):
        return line.number("held") / int(line.parts["origins"])

    series = named({kind: raw.memory(kind) for kind in ("exact", "wildcard")}, held)
    return lines(
        "Memory that a policy holds for each pattern",
        "All that it holds, texts included, by the number of patterns.",
        "patterns",
        series,
        size,
    )


def named(kinds, value):
    """The exact patterns of ours and of tower-http, and our wildcards."""
    series = {
        ("ours", "tower-cors"): kinds["exact"]["ours"],
        ("ours", "… with *."): kinds["wildcard"]["ours"],
        ("tower-http", "tower-http"): kinds["exact"]["tower-http"],
    }
    return {key: [(x, value(y)) for x, y in points] for key, points in series.items()}


def http(title, figure, note, show):
    runs = raw.http()

    def group(label, keys):
        ranges = (
            (peer, raw.spread([run.number(figure) for run in runs[peer, n]])) for peer, n in keys
        )
        return label, list(ranges)

    rounds = len(runs["bare", 0])
    return bars(
        title,
        f"32 connections, one core serves; median and range of {rounds} rounds; {note}.",
        [
            group("no CORS", [("bare", 0)]),
            group("1 origin", [("ours", 1), ("tower-http", 1)]),
            group("1,000 origins", [("ours", 1000), ("tower-http", 1000)]),
        ],
        show,
    )
