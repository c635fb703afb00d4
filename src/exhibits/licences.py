"""Collect the licences of all that a site hands to its readers into one file."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import msgspec

from exhibits.model import Problem, ProblemsFound
from exhibits.source import SETTINGS, Shipped, line_of

FILE = "LICENSES.txt"  # at the root of the pages
BUNDLED = "licences.json"  # what a bundling script leaves of the packages in its bundle: texts by name
RULE = "=" * 80


def licences(root: Path, shipped: tuple[Shipped, ...], made: dict[str, bytes]) -> dict[str, bytes]:
    """Files that scripts made, with the texts that some left in `licences.json` joined to those that are named.

    Raises:
        ProblemsFound: a named licence is not there.
    """
    texts = {one.of: _text(root, one) for one in shipped}
    if missing := [one for one in shipped if texts[one.of] is None]:
        settings = (root / SETTINGS).read_text("utf-8")
        raise ProblemsFound([_problem(settings, one) for one in missing])
    for place in (place for place in made if Path(place).name == BUNDLED):
        texts |= msgspec.json.decode(made[place], type=dict[str, str])
    others = {place: data for place, data in made.items() if Path(place).name != BUNDLED}
    if not texts:
        return others
    parts = [f"{RULE}\n{name}\n{RULE}\n\n{(text or '').strip()}\n" for name, text in texts.items()]
    return others | {FILE: "\n\n".join(parts).encode()}


def _text(root: Path, one: Shipped) -> str | None:
    """The licence's text, from the site's folder or from an installed distribution; None where it is not there."""
    if not one.package:
        path = root / one.file
        return path.read_text("utf-8") if path.is_file() else None
    try:
        files = distribution(one.package).files or []
    except PackageNotFoundError:
        return None
    found = next((file for file in files if file.as_posix().endswith(f"/{one.file}")), None)
    return found.read_text("utf-8") if found and Path(str(found.locate())).is_file() else None


def _problem(settings: str, one: Shipped) -> Problem:
    place = f" in the package {one.package}" if one.package else ""
    message = f"the licence of {one.of} is not there: no {one.file}{place}; readers must get it, find where it is now"
    return Problem(SETTINGS, line_of(settings, f'"{one.of}"'), message)
