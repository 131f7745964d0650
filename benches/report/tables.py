"""The tables of BENCHMARKS.md, and its sentences that have figures in them."""

import raw
from pictures import ALLOWED, CASES, LARGER, PEERS, count, ns, size, us

NONE = {case.replace("settings=all", "settings=none"): label for case, label in CASES.items()}


def all_sections():
    return {
        "machine": machine(),
        "noise": noise(),
        "targets-missed": targets("MISSED"),
        "targets-met": targets("met"),
        "lost": lost(),
        "instructions": instructions(),
        "time": time(),
        "origins": origins(),
        "adversarial": adversarial(),
        "allocations": allocations(),
        "memory": memory(),
        "http": http(),
    }


def table(head, rows, rule="---:"):
    rule = ["---"] + [rule] * (len(head) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def machine():
    return table(["", ""], raw.machine(), "---")


def noise():
    apart, within = [], []
    for estimates in raw.times().values():
        middles = [middle for _, middle, _ in estimates]
        apart.append((max(middles) - min(middles)) / min(middles))
        within.extend((high - low) / 2 / middle for low, middle, high in estimates)
    _, apart_median, apart_most = raw.spread(apart)
    within_median = raw.spread(within)[1]
    rates = []
    for runs in raw.http().values():
        least, middle, most = raw.spread([run.number("requests-per-second") for run in runs])
        rates.append((most - least) / middle)
    return (
        f"Of {len(apart)} timed benches, the medians of two runs are {apart_median:.1%} apart in the "
        f"middle and {apart_most:.0%} at worst; half of criterion's 95 % interval is "
        f"{within_median:.1%} of the median in the middle. Over loopback, the fastest and the slowest "
        f"round of one server are {raw.spread(rates)[1]:.0%} of the median apart in the middle, "
        f"{max(rates):.0%} at worst. Instruction counts of one binary repeat exactly; another layout "
        "of it moves them by some three per cent."
    )


def limit(number):
    return f"{number:.2f}" if number < 1 else f"{number:.3g}"


def targets(verdict):
    rows = [
        [
            f"`{line.name}`",
            line.figures["of"],
            limit(line.number("limit")),
            f"{line.number('share'):.3f}",
        ]
        + ([line.comment] if verdict == "MISSED" else [])
        for line in raw.targets()
        if line.verdict == verdict and "kept" not in line.figures
    ]
    unexplained = [""] if verdict == "MISSED" else []
    rows += [row + unexplained for row, met in others() if met == (verdict == "met")]
    head = ["case", "of", "at most", "is"] + (["because"] if verdict == "MISSED" else [])
    return table(head, rows, "---")


def others():
    """Targets that are not counted in instructions: (row, whether met)."""
    clone = "request=actual/outcome=allowed/settings=all/origins=100/service=cloned"
    number = int(raw.allocations()[clone]["ours"][0])
    yield [f"`{clone}`", "allocations", "0", str(number)], number == 0
    for kind in ("exact", "wildcard"):
        [line] = [line for n, line in raw.memory(kind)["ours"] if n == 100_000]
        beyond = (line.number("held") - line.number("text")) / 100_000
        yield [
            f"memory, 100,000 {kind}",
            "bytes an origin beyond its text",
            "64",
            f"{beyond:.1f}",
        ], beyond <= 64
        for patterns, seconds in ((100_000, 0.3), (1_000_000, 4)):
            [time] = [of for n, of in raw.build_times(kind)["ours"] if n == patterns]
            row = [f"building {patterns:,} {kind}", "time", f"{seconds} s", ns(time[1])]
            yield row, time[1] <= seconds * 1e9


def lost():
    """Wherever a peer takes less."""
    rows = []
    labelled = {
        **{case: f"{label}, all settings" for case, label in (CASES | LARGER).items()},
        **{case: f"{label}, no settings" for case, label in NONE.items()},
    }
    times = {
        case: {peer: of[1] for peer, of in at.items()} for case, at in raw.time_added().items()
    }
    for what, figures, show in (("instructions", raw.instructions(), count), ("time", times, ns)):
        for case, at in figures.items():
            for peer in ("hand", "tower-http"):
                if peer in at and at["ours"] > at[peer]:
                    name = labelled.get(case, f"`{case}`")
                    rows.append([name, what, show(at["ours"]), f"{show(at[peer])} ({peer})"])
    built = {peer: dict(of) for peer, of in raw.build_times("exact").items()}
    held = {peer: dict(of) for peer, of in raw.memory("exact").items()}
    for n in (1, 100, 100_000):
        for name, what, of, show in (
            ("building a policy", "time", lambda peer: built[peer][n][1], ns),
            ("building a policy", "memory", lambda peer: held[peer][n].number("most"), size),
            ("a policy", "memory", lambda peer: held[peer][n].number("held"), size),
        ):
            if of("ours") > of("tower-http"):
                rows.append(
                    [
                        f"{name}, {n:,}",
                        what,
                        show(of("ours")),
                        f"{show(of('tower-http'))} (tower-http)",
                    ]
                )
    return table(["", "", "ours", "theirs"], rows)


def side_by_side(cases, figures, show):
    rows = []
    for case, label in cases.items():
        at = figures[case]
        rows.append([label, *(show(at[peer]) if peer in at else "" for peer in PEERS)])
    return table(["", "ours", "by hand", "`tower-http`"], rows)


def instructions():
    counts = raw.instructions()
    return (
        side_by_side(CASES | LARGER, counts, count)
        + "\n\nWith no settings but the origins:\n\n"
        + side_by_side(NONE, counts, count)
    )


def time():
    def show(of):
        return f"{of[1]:,.0f} ({of[0]:,.0f} to {of[2]:,.0f})"

    return "Nanoseconds, and their range in two runs:\n\n" + side_by_side(
        CASES | LARGER, raw.time_added(), show
    )


def origins():
    counts, times = raw.instructions(), raw.time_added()
    rows = []
    for case in sorted(
        (c for c in counts if c.removeprefix(ALLOWED).isdigit()),
        key=lambda c: int(c.removeprefix(ALLOWED)),
    ):
        at, taken = counts[case], times[case]
        rows.append(
            [
                f"{int(case.removeprefix(ALLOWED)):,}",
                count(at["ours"]),
                count(at["tower-http"]),
                ns(taken["ours"][1]),
                ns(taken["tower-http"][1]),
            ]
        )
    return table(
        ["origins", "ours, instructions", "`tower-http`", "ours, time", "`tower-http`"], rows
    )


def adversarial():
    rows = [
        [
            f"`{line.name.removeprefix('adversarial/')}`",
            *(
                count(line.number(key)) if line.number(key) is not None else ""
                for key in ("ours", "scan", "tower-http")
            ),
        ]
        for line in raw.read("instructions.txt")
        if "scan" in line.figures
    ]
    return table(["request", "ours", "reading it once", "`tower-http`"], rows)


def allocations():
    figures = raw.allocations()
    cases = {case: label for case, label in (CASES | LARGER).items() if case in figures}
    return side_by_side(cases, figures, lambda of: f"{of[0]:.0f} ({of[1]:,.0f} bytes)")


def memory():
    exact, wildcard, theirs = (
        raw.memory("exact")["ours"],
        dict(raw.memory("wildcard")["ours"]),
        dict(raw.memory("exact")["tower-http"]),
    )
    times = {
        key: dict(raw.build_times(kind)[peer])
        for key, kind, peer in (
            ("exact", "exact", "ours"),
            ("wildcard", "wildcard", "ours"),
            ("theirs", "exact", "tower-http"),
        )
    }
    rows = []
    for n, line in exact:
        held = (size(of.number("held")) for of in (line, wildcard[n], theirs[n]))
        took = (
            ns(times[key][n][1]) if n in times[key] else ""
            for key in ("exact", "wildcard", "theirs")
        )
        rows.append([f"{n:,}", *held, *took])
    return table(
        [
            "patterns",
            "holds: exact",
            "with `*.`",
            "`tower-http`",
            "builds in: exact",
            "with `*.`",
            "`tower-http`",
        ],
        rows,
    )


def http():
    rows = []
    for (peer, n), runs in raw.http().items():

        def median(key, show):
            least, middle, most = raw.spread([run.number(key) for run in runs])
            return f"{show(middle)} ({show(least)} to {show(most)})"

        name = "no CORS" if peer == "bare" else f"{peer}, {n:,} origin{'s' if n > 1 else ''}"
        rows.append(
            [
                name,
                median("requests-per-second", count),
                median("p50-us", us),
                median("p99-us", us),
                median("p999-us", us),
            ]
        )
    return table(["", "requests per second", "half within", "99 % within", "99.9 % within"], rows)
