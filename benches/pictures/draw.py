#!/usr/bin/env python3
"""Draws the pictures of BENCHMARKS.md, and writes its tables of instructions and of cores, from
benches/results. Needs matplotlib: `pip install matplotlib`."""

from pathlib import Path

import matplotlib

matplotlib.use("svg")
# Letters as shapes, so that they are the same everywhere; and the same file from the same figures.
matplotlib.rcParams.update({"svg.fonttype": "path", "svg.hashsalt": "tower-cors", "font.size": 11})
from matplotlib import pyplot

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results"
PAGE = HERE.parent.parent / "BENCHMARKS.md"

# Colours that people who see fewer of them can tell apart.
COLOURS = {"ours": "#0072b2", "hand": "#949494", "tower-http": "#d55e00"}
NAMES = {"ours": "tower-cors", "hand": "by hand, for two constants", "tower-http": "tower-http"}

REQUESTS = {
    "actual request, allowed": "request=actual/outcome=allowed/settings={}/origins=2",
    "actual request, refused": "request=actual/outcome=refused/settings={}/origins=2",
    "request without Origin": "request=no-origin/settings={}/origins=2",
    "actual request, any origin": "request=actual/outcome=allowed/settings={}/origins=any",
    "preflight, allowed": "request=preflight/outcome=allowed/settings={}/origins=2",
    "preflight, refused": "request=preflight/outcome=refused/settings={}/origins=2",
}
ORIGINS = "request=actual/outcome=allowed/settings=all/origins={}"


def instructions():
    """By case and peer."""
    lines = (RESULTS / "instructions.txt").read_text().splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    peers = ("ours", "hand", "tower-http", "scan")
    return {row[0]: {p: int(n) for p, n in zip(peers, row[1:]) if n != "-"} for row in rows}


def cores():
    """Nanoseconds alone, and the shares of that with more threads, by request, service and peer."""
    lines = (RESULTS / "cores.txt").read_text().splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {tuple(row[:3]): (int(row[3]), [float(share) for share in row[5:]]) for row in rows}


def save(figure, name):
    # White behind it, so that it can be read on dark pages, too.
    figure.savefig(HERE / f"{name}.svg", facecolor="white", metadata={"Date": None})
    pyplot.close(figure)


def axes(height, title):
    figure, plot = pyplot.subplots(figsize=(8.6, height), layout="constrained")
    plot.set_title(title, loc="left", fontsize=12, pad=12)
    plot.spines[["top", "right"]].set_visible(False)
    return figure, plot


def bars(plot, rows, label):
    """Groups of bars, from top to bottom: (name of the group, {colour: value})."""
    at, ticks = 0, []
    for name, values in rows:
        ticks.append((at + (len(values) - 1) / 2, name))
        for colour, value in values:
            [bar] = plot.barh(at, value, color=colour, height=0.86)
            plot.bar_label(plot.containers[-1], [label(value)], padding=4, fontsize=10)
            at += 1
        at += 0.8
    plot.set_yticks([tick for tick, _ in ticks], [name for _, name in ticks])
    plot.invert_yaxis()
    plot.tick_params(axis="y", length=0)


def legend(figure, peers):
    """Below the picture: (name, colour) of each peer."""
    handles = [pyplot.Rectangle((0, 0), 1, 1, color=colour) for _, colour in peers]
    names = [name for name, _ in peers]
    figure.legend(handles, names, loc="outside lower left", ncols=len(names), frameon=False,
                  handlelength=1.2, columnspacing=1.4)


def draw_requests(counts):
    figure, plot = axes(5.6, "Instructions that CORS adds to a request, all settings made")
    row = lambda case: [(COLOURS[peer], counts[case.format("all")][peer])
                        for peer in COLOURS if peer in counts[case.format("all")]]
    bars(plot, [(name, row(case)) for name, case in REQUESTS.items()], "{:,}".format)
    legend(figure, [(NAMES[peer], COLOURS[peer]) for peer in COLOURS])
    plot.set_xlim(0, 6900)
    plot.xaxis.set_major_formatter("{x:,.0f}")
    save(figure, "requests")


def draw_origins(counts):
    figure, plot = axes(4.2, "Instructions added to an allowed request, by the number of listed origins")
    numbers = [1, 2, 10, 100, 1_000, 10_000, 100_000]
    for peer in ("tower-http", "ours"):
        line = [counts[ORIGINS.format(number)][peer] for number in numbers]
        plot.plot(numbers, line, "o-", color=COLOURS[peer], linewidth=2)
        plot.annotate(f"{NAMES[peer]}: {line[-1]:,}", (numbers[-1], line[-1]), (0, 10),
                      textcoords="offset points", ha="right", color=COLOURS[peer])
    plot.set(xscale="log", yscale="log", ylim=(500, 2_000_000), xlabel="origins")
    plot.xaxis.set_major_formatter("{x:,.0f}")
    plot.yaxis.set_major_formatter("{x:,.0f}")
    plot.grid(axis="y", color="#dddddd")
    save(figure, "origins")


PEERS = {
    "bare": ("no CORS", "#949494"),
    "tower-http": ("tower-http", COLOURS["tower-http"]),
    "before": ("tower-cors before", "#7fb8d8"),
    "ours": ("tower-cors", COLOURS["ours"]),
    "ours-leaked": ("tower-cors, leaked", "#003f66"),
}


def draw_cores(times):
    figure, plot = axes(5.0, "Time of an allowed request on two cores at once, against one core alone")
    case = ORIGINS.format(2)
    rows = [(f"service\n{service}", [(colour, times[case, service, peer][1][-1])
                                    for peer, (_, colour) in PEERS.items()])
            for service in ("kept", "cloned")]
    bars(plot, rows, "{:.2f}".format)
    legend(figure, PEERS.values())
    plot.axvline(1, color="black", linewidth=0.8, linestyle="--")
    plot.set_xlim(0, plot.get_xlim()[1] * 1.05)
    plot.set_xlabel("1 = a request costs the same however many cores serve")
    save(figure, "cores")


def table(heading, rows):
    lines = [heading, ["---"] + ["---:"] * (len(heading) - 1), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def requests_table(counts):
    def cells(case):
        return [f"{counts[case][peer]:,}" if peer in counts[case] else "" for peer in COLOURS]
    rows = [[name, *cells(case.format("all")), *cells(case.format("none"))]
            for name, case in REQUESTS.items()]
    settings = [f"{peer}, {of}" for of in ("all settings", "none") for peer in ("ours", "by hand", "`tower-http`")]
    return table(["", *settings], rows)


def cores_table(times):
    rows = []
    for case, service in dict.fromkeys((case, service) for case, service, _ in times):
        parts = dict(part.split("=") for part in case.split("/"))
        name = f"{parts['request']}, settings: {parts['settings']}; service {service}"
        shares = [f"{times[case, service, peer][1][-1]:.2f}" for peer in PEERS]
        rows.append([name, *shares])
    return table(["", "no CORS", "`tower-http`", "before", "now", "now, leaked"], rows)


def write(page, name, text):
    """Puts the text between two marks of the page."""
    mark = f"<!-- {name}, written by benches/pictures/draw.py -->\n"
    before, rest = page.split(mark)
    _, after = rest.split("\n<!-- end -->", 1)
    return f"{before}{mark}\n{text}\n\n<!-- end -->{after}"


if __name__ == "__main__":
    counts, times = instructions(), cores()
    draw_requests(counts)
    draw_origins(counts)
    draw_cores(times)
    page = PAGE.read_text()
    page = write(page, "requests", requests_table(counts))
    page = write(page, "cores", cores_table(times))
    PAGE.write_text(page)
