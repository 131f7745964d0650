"""Makes the pictures, and what BENCHMARKS.md says in figures, from the raw results.

python3 benches/report          writes them
python3 benches/report --check  fails if that would change anything
"""

import re
import sys
from pathlib import Path

from pictures import all_pictures
from tables import all_sections

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "benches" / "pictures"
SECTION = re.compile(r"(<!-- (\S+), made by benches/report -->).*?(<!-- end -->)", re.DOTALL)


def page(text, sections):
    """The text with its sections between markers made anew."""
    found = [name for _, name, _ in SECTION.findall(text)]
    if sorted(found) != sorted(sections):
        sys.exit(f"BENCHMARKS.md has the sections {found}, and not {list(sections)}")
    return SECTION.sub(lambda match: f"{match[1]}\n\n{sections[match[2]]}\n\n{match[3]}", text)


def outputs():
    benchmarks = ROOT / "BENCHMARKS.md"
    yield benchmarks, page(benchmarks.read_text(), all_sections())
    for name, picture in all_pictures().items():
        yield PICTURES / f"{name}.svg", picture


def main():
    check = sys.argv[1:] == ["--check"]
    made = dict(outputs())
    PICTURES.mkdir(exist_ok=True)
    stale = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    stale += sorted(set(PICTURES.glob("*")) - set(made))
    names = [str(path.relative_to(ROOT)) for path in stale]
    if check and stale:
        sys.exit(f"not what the raw results give: {', '.join(names)}; run python3 benches/report")
    for path in stale:
        if path in made:
            path.write_text(made[path])
        else:
            path.unlink()
    print("as the raw results give it" if not stale else f"written: {', '.join(names)}")


if __name__ == "__main__":
    main()
