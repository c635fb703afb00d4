"""`/// modules`: the modules of a Python package and which uses which, drawn from their own imports."""

from __future__ import annotations

import ast
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)
from html import escape
from itertools import count

from exhibits.blocks.base import SiteBlock
from exhibits.draw import described
from exhibits.model import Drawing
from exhibits.sheet import child

WIDTH, BOX, ROW, HIGH = 360, 84, 58, 26  # of the drawing, a box, a row and a box's height
Graph = dict[str, set[str]]


class Modules(SiteBlock):
    NAME = "modules"

    def on_create(self, parent: etree.Element) -> etree.Element:
        self.sheet.whole = True
        graph = {name: set(used) for name, used in self.sheet.book.modules.items()}
        figure = child(parent, "figure", class_="modules")
        if not graph:
            self.report("draws no package: name its folder as `package` under [site] in exhibits.toml")
            return figure
        words = "; ".join(f"{name} uses {', '.join(sorted(used))}" for name, used in sorted(graph.items()) if used)
        self.html(figure, described(Drawing(drawing(graph)), f"Modules and what they use, most basic below. {words}."))
        return child(figure, "figcaption")


def imports(sources: dict[str, str], package: str) -> Graph:
    """Which module of a package imports which when it is imported, by first name below the package.

    Args:
        sources: text of each module by dotted name within the package, such as "blocks.exhibit".
        package: name with which imports begin.
    """
    graph: Graph = {name.split(".")[0]: set() for name in sources if name not in ("__init__", "__main__")}
    for name, text in sources.items():
        top = name.split(".")[0]
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == package:
                below = node.module.split(".")[1:2] or [alias.name for alias in node.names]
                graph.get(top, set()).update(part for part in below if part in graph and part != top)
    return graph


def ranks(graph: Graph) -> dict[str, int]:
    """Row of each module: 0 for one that uses no other, else one above the highest that it uses.

    Raises:
        ValueError: modules use each other in a circle.
    """
    found: dict[str, int] = {}
    for _ in count():
        ready = {name for name, used in graph.items() if name not in found and used <= found.keys()}
        if not ready:
            break
        found |= {name: 1 + max((found[used] for used in graph[name]), default=-1) for name in ready}
    if missing := graph.keys() - found.keys():
        raise ValueError(f"modules use each other in a circle: {', '.join(sorted(missing))}")
    return found


def reduced(graph: Graph) -> Graph:
    """Only arrows that no longer way replaces."""
    reach: Graph = {}
    for name in sorted(graph, key=ranks(graph).__getitem__):
        reach[name] = set(graph[name]).union(*(reach[used] for used in graph[name]))
    return {name: {u for u in used if not any(u in reach[o] for o in used - {u})} for name, used in graph.items()}


def spread(names: list[str], size: int) -> list[list[str]]:
    """Parts of about equal length, at most `size` long."""
    parts = -(-len(names) // size)
    return [names[i * len(names) // parts : (i + 1) * len(names) // parts] for i in range(parts)]


def drawing(graph: Graph) -> str:
    """The graph as SVG, 360 units wide, so that its text can be read on a phone."""
    ranked: dict[int, list[str]] = {}
    for name, rank in sorted(ranks(graph).items(), key=lambda pair: (pair[1], pair[0])):
        ranked.setdefault(rank, []).append(name)
    # A rank's modules do not use each other, so where they do not fit beside each other they stand in two rows.
    rows = [part for rank in ranked.values() for part in spread(rank, WIDTH // BOX)]
    height = ROW * len(rows) - (ROW - HIGH) + 4
    place = {
        name: (WIDTH * (index + 0.5) / len(row), height - 2 - HIGH - ROW * number)
        for number, row in enumerate(rows)
        for index, name in enumerate(row)
    }
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">']
    for name, used in sorted(reduced(graph).items()):
        x, y = place[name]
        for other in sorted(used):
            to_x, to_y = place[other]
            parts.append(
                f'<path d="M{to_x:.0f} {to_y:.0f}C{to_x:.0f} {to_y - 20:.0f} {x:.0f} {y + HIGH + 20:.0f} {x:.0f} '
                f'{y + HIGH:.0f}" fill="none" stroke="var(--figure-0)" stroke-width="1.2"/>'
            )
    for name, (x, y) in sorted(place.items()):
        parts.append(
            f'<rect x="{x - BOX / 2:.0f}" y="{y:.0f}" width="{BOX}" height="{HIGH}" rx="4" '
            'fill="var(--md-default-bg-color,#fff)" stroke="var(--figure-ink)"/>'
            f'<text x="{x:.0f}" y="{y + 17:.0f}" text-anchor="middle" font-size="12" fill="var(--figure-ink)">'
            f"{escape(name)}</text>"
        )
    return "".join(parts) + "</svg>"
