"""Bars and lines as SVG, readable on light and dark pages, also as an <img>."""

from math import ceil, floor, log10
from xml.sax.saxutils import escape

WIDTH = 760

# A background of its own, because a page may be dark where the browser is not. The colours are told
# apart by the colour-blind (Okabe and Ito), and every bar and line has its name beside it.
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 }
.soft { fill: #59636e }
.paper { fill: #ffffff }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.range { stroke: #1f2328; stroke-width: 1.5 }
.ours { fill: #0072b2; stroke: #0072b2 }
.hand { fill: #009e73; stroke: #009e73 }
.theirs { fill: #d55e00; stroke: #d55e00 }
.bare { fill: #8c959f; stroke: #8c959f }
path { fill: none !important; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.soft { fill: #9198a1 }
.paper { fill: #0d1117 }
.grid { stroke: #3d444d }
.range { stroke: #f0f6fc }
.ours { fill: #56b4e9; stroke: #56b4e9 }
.hand { fill: #2fc89c; stroke: #2fc89c }
.theirs { fill: #e69f00; stroke: #e69f00 }
.bare { fill: #9198a1; stroke: #9198a1 }
}
"""

CLASSES = {"ours": "ours", "hand": "hand", "tower-http": "theirs", "bare": "bare"}
NAMES = {"ours": "tower-cors", "hand": "by hand", "tower-http": "tower-http", "bare": "no CORS"}


def document(height, title, description, body):
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{height}" rx="6"/>',
            text(16, 28, title, "title"),
            text(16, 48, description, "soft"),
            *body,
            "</svg>\n",
        ]
    )


def text(x, y, words, style="", anchor="start"):
    style = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(words)}</text>'


def line(x1, y1, x2, y2, style):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>'


def bars(title, description, groups, show):
    """Groups of a label and (peer, (low, value, high)): a bar each, with its range."""
    left, right, row, gap = 300, 110, 19, 12
    most = max(high for _, peers in groups for _, (_, _, high) in peers) or 1
    scale = (WIDTH - left - right) / most
    y, body = 66, []
    for label, peers in groups:
        body.append(text(16, y + 14, label))
        for peer, (low, value, high) in peers:
            end = left + max(value, 0) * scale
            body.append(text(left - 8, y + 14, NAMES[peer], "soft", "end"))
            body.append(
                f'<rect class="{CLASSES[peer]}" x="{left}" y="{y + 2}" '
                f'width="{max(end - left, 0.5):.1f}" height="{row - 5}"/>'
            )
            if high > low:
                middle = y + 2 + (row - 5) / 2
                low_x, high_x = left + max(low, 0) * scale, left + high * scale
                body.append(line(low_x, middle, high_x, middle, "range"))
                end = max(end, high_x)
            body.append(text(end + 6, y + 14, show(value)))
            y += row
        y += gap
    return document(y + 4, title, description, body)


def lines(title, description, x_title, series, show):
    """Points (x, y) of each series, whose key is a peer or (peer, name); both axes logarithmic."""
    left, right, top, bottom, height = 84, 150, 70, 52, 400
    points = [point for of_one in series.values() for point in of_one]
    x_range = floor(log10(min(x for x, _ in points))), ceil(log10(max(x for x, _ in points)))
    y_range = floor(log10(min(y for _, y in points))), ceil(log10(max(y for _, y in points)))

    def at_x(x):
        return left + (log10(x) - x_range[0]) / (x_range[1] - x_range[0]) * (WIDTH - left - right)

    def at_y(y):
        share = (log10(y) - y_range[0]) / (y_range[1] - y_range[0])
        return height - bottom - share * (height - top - bottom)

    body = []
    for power in range(x_range[0], x_range[1] + 1):
        x = at_x(10**power)
        body.append(line(x, top, x, height - bottom, "grid"))
        body.append(text(x, height - bottom + 20, f"{10**power:,}", "soft", "middle"))
    for power in range(y_range[0], y_range[1] + 1):
        y = at_y(10**power)
        body.append(line(left, y, WIDTH - right, y, "grid"))
        body.append(text(left - 8, y + 4, show(10**power), "soft", "end"))
    body.append(text((left + WIDTH - right) / 2, height - 10, x_title, "soft", "middle"))
    for key, of_one in series.items():
        peer, name = key if isinstance(key, tuple) else (key, NAMES[key])
        path = " L".join(f"{at_x(x):.1f} {at_y(y):.1f}" for x, y in of_one)
        body.append(f'<path class="{CLASSES[peer]}" d="M{path}"/>')
        for x, y in of_one:
            body.append(
                f'<circle class="{CLASSES[peer]}" cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="3.5"/>'
            )
    body.extend(labels(series, at_x, at_y, show))
    return document(height, title, description, body)


def labels(series, at_x, at_y, show):
    """What each line is, beside its last point; moved apart where two would overlap."""
    ends = []
    for key, of_one in series.items():
        peer, name = key if isinstance(key, tuple) else (key, NAMES[key])
        x, y = of_one[-1]
        ends.append([at_y(y), at_x(x) + 10, f"{name}, {show(y)}"])
    ends.sort()
    for before, after in zip(ends, ends[1:]):
        if after[1] < before[1] + 60:
            after[0] = max(after[0], before[0] + 17)
    return [text(x, y + 4, words) for y, x, words in ends]
