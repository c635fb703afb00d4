"""What broke, for a reviewer who sees the checks alone: claims and outputs with page, numbers and figures."""

from __future__ import annotations

import re
import shutil
from itertools import zip_longest
from pathlib import Path

from exhibits import draw
from exhibits.judge import SIGN, changed_output, failures
from exhibits.model import Problem, ProblemsFound, Snippet, Verdict
from exhibits.publish import BUILD, Rejected

FIGURES = f"{BUILD}/broken"  # below the root: figures of broken snippets, before and after


def write(root: Path, found: ProblemsFound, file: Path) -> None:
    """Append what broke to `file` in Markdown, and leave the figures that it names in `build/broken`."""
    figures = _figures(found) if isinstance(found, Rejected) else {}
    folder = root / FIGURES
    shutil.rmtree(folder, ignore_errors=True)
    for name, svg in figures.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(svg, "utf-8")
    with file.open("a", encoding="utf-8") as out:
        out.write(summary(found, tuple(figures)))


def summary(found: ProblemsFound, figures: tuple[str, ...] = ()) -> str:
    """The Markdown; `figures` are names of files, which begin with the slug of their snippet."""
    parts, rest = [f"## {len(found.problems)} problem(s), nothing published"], found.problems
    if isinstance(found, Rejected):
        broken = [verdict for verdict in found.book.verdicts.values() if verdict.complaint]
        outputs = _outputs(found)
        parts += [_claim(found, verdict, figures) for verdict in broken]
        parts += [_output(found, found.source.snippets[name], figures) for name in outputs]
        told = {*failures(found.book.verdicts), *outputs.values()}
        rest = [problem for problem in rest if problem not in told]
    parts += [f"- {code(f'{problem.file}:{problem.line}')}: {plain(problem.message)}" for problem in rest]
    return "\n\n".join(parts) + "\n\n"


def _outputs(found: Rejected) -> dict[str, Problem]:
    """Changed outputs by snippet."""
    pairs = ((snippet, found.book.stdout[name]) for name, snippet in found.source.snippets.items())
    return {snippet.name: problem for snippet, got in pairs if (problem := changed_output(snippet, got))}


def _claim(found: Rejected, verdict: Verdict, figures: tuple[str, ...]) -> str:
    claim = verdict.claim
    name = re.compile(rf"(?<![\w-]){re.escape(claim.id)}(?![\w-])")
    pages = _pages(found, claim.snippet) + [
        f"{page.file}:{page.text.count(chr(10), 0, quoted.start()) + 1}"
        for path, page in found.source.pages.items()
        if claim.id in found.book.facts[path].quoted and (quoted := name.search(page.text))
    ]
    rows = {"claim": f"{code(claim.id)} at {code(f'{claim.file}:{claim.line}')}: {plain(claim.says)}"}
    if verdict.theory is not None:
        within = "" if claim.bound else f" within {verdict.allowed:.3g}"
        rows["expected"] = f"{SIGN[claim.bound]} {verdict.theory:.6g}{within}, {code(claim.theory or '')}"
    spread = f" ± {verdict.spread:.2g}" if verdict.spread else ""
    holding = "" if verdict.theory is None else f", holds in {verdict.holding} of {verdict.seeds} seed(s)"
    rows["got"] = f"{verdict.mean:.6g}{spread}{holding}, {code(claim.measured)}"
    for rival in verdict.rivals:
        away = f", {rival.errors:.1f} standard errors away" if rival.errors else ""
        rows[f"rival “{plain(rival.name)}”"] = f"{rival.value:.6g}{away}, {code(claim.rivals[rival.name])}"
    return _section(plain(verdict.complaint), rows, pages, found.source.snippets[claim.snippet], figures)


def _output(found: Rejected, snippet: Snippet, figures: tuple[str, ...]) -> str:
    problem = _outputs(found)[snippet.name]
    expected, got = (snippet.expected or "").splitlines(), found.book.stdout[snippet.name].splitlines()
    at = problem.line - 1
    rows = {"output": f"{code(f'{problem.file}:{problem.line}')}"}
    rows |= {name: code(lines[at]) if at < len(lines) else "no such line" for name, lines in
             (("expected", expected), ("got", got))}  # fmt: skip
    return _section(f"output of {snippet.name} is another", rows, _pages(found, snippet.name), snippet, figures)


def _section(title: str, rows: dict[str, str], pages: list[str], snippet: Snippet, figures: tuple[str, ...]) -> str:
    rows = {
        "page": ", ".join(map(code, dict.fromkeys(pages))),
        "snippet": code(snippet.file),
    } | rows
    if own := [name for name in figures if name.rpartition("-")[0].rpartition("-")[0] == snippet.slug]:
        rows["figure"] = ", ".join(code(f"{FIGURES}/{name}") for name in own)
    return f"### {title}\n\n| | |\n|---|---|\n" + "\n".join(f"| {name} | {text} |" for name, text in rows.items())


def _pages(found: Rejected, snippet: str) -> list[str]:
    """Where pages show a snippet, as file and line."""
    return [
        f"{page.file}:{shown.line}"
        for path, page in found.source.pages.items()
        for shown in found.book.facts[path].shown
        if shown.name == snippet
    ]


def _figures(found: Rejected) -> dict[str, str]:
    """Figures that broken snippets draw now and drew in the last good build, where these differ, by name of file."""
    broken = {verdict.claim.snippet for verdict in found.book.verdicts.values() if verdict.complaint}
    files: dict[str, str] = {}
    for name in sorted(broken | _outputs(found).keys()):
        pairs = zip_longest(found.before.get(name, ()), found.book.drawings[name])
        for number, (before, after) in enumerate(pairs, 1):
            drawings = {"before": before, "after": after} if before != after else {}
            for when, drawing in drawings.items():
                if drawing is not None:
                    file = f"{found.source.snippets[name].slug}-{number}-{when}.svg"
                    files[file] = draw.standalone(drawing.wide, found.source.settings.palette)
    return files


def plain(text: str) -> str:
    """Text that Markdown takes as it is, on one line of a table."""
    return re.sub(r"([\\`*_{}\[\]<>#|~@])", r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Text as code in a table."""
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    pad = " " if "`" in text or not text.strip() else ""
    return f"{fence}{pad}{' '.join(text.split()).replace('|', chr(92) + '|')}{pad}{fence}"
