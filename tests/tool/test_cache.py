"""What runs again, and what does not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from exhibits import cache, figures, notebooks
from exhibits.cache import Cache
from exhibits.claims import judge, readable
from exhibits.notebooks import result_folder
from exhibits.project import ProblemsFound, Project
from exhibits.run import run_project
from tests.conftest import build
from tests.tool.conftest import FILES, write


def ran(project) -> list[str]:
    """Names of what ran, with a seed where it was shifted."""
    lines = []
    run_project(project, lines.append)
    return sorted(re.sub(r"^.*\] | [\d.]+ s$", "", line) for line in lines)


def test_nothing_changed_runs_nothing(tiny):
    assert ran(Project(tiny)) == []


def test_prose_runs_nothing(tiny):
    write(tiny, {"docs/index.md": FILES["docs/index.md"] + "\nMore.\n"})
    assert ran(Project(tiny)) == []


def test_tolerance_and_words_of_a_claim_run_nothing(tiny):
    text = FILES["snippets/one/claims.toml"].replace("0.005", "0.004").replace("is one", "is still one")
    write(tiny, {"snippets/one/claims.toml": text})
    assert ran(Project(tiny)) == []


def test_one_snippet_runs_that_one(tiny):
    write(tiny, {"snippets/one/plain.py": FILES["snippets/one/plain.py"] + "# more\n"})
    assert ran(Project(tiny)) == ["one/plain"]


def test_a_new_theory_runs_theory_alone(tiny):
    text = FILES["snippets/one/claims.toml"].replace('"1"', '"2 - 1"')
    write(tiny, {"snippets/one/claims.toml": text})
    assert ran(Project(tiny)) == ["theory"]


def test_a_new_measurement_runs_its_snippet_under_all_seeds(tiny):
    text = FILES["snippets/one/claims.toml"].replace('measured = "answer"', 'measured = "answer + 0"')
    write(tiny, {"snippets/one/claims.toml": text})
    assert ran(Project(tiny)) == ["one/figure"] + [f"one/figure seed {k}" for k in range(1, 8)]


def test_plotting_alone_does_not_repeat_the_other_seeds(tiny):
    write(tiny, {"snippets/one/figure.py": FILES["snippets/one/figure.py"].replace("[0, 1]", "[0, 2]")})
    assert ran(Project(tiny)) == ["one/figure"]


@pytest.mark.parametrize("library", ["torch", "numpy", "matplotlib", "scikit-learn"])
def test_another_version_runs_everything(tiny, monkeypatch, library):
    real = cache.version
    monkeypatch.setattr(cache, "version", lambda name: "0.0" if name == library else real(name))
    assert len(ran(Project(tiny))) == 10


def test_another_processor_runs_everything(tiny, monkeypatch):
    monkeypatch.setattr(Cache, "cpu_capability", lambda self: "ANOTHER")
    assert len(ran(Project(tiny))) == 10


def test_a_changed_tool_runs_everything(tiny, monkeypatch):
    monkeypatch.setattr(cache, "TOOL", (*cache.TOOL, "run.py"))
    assert len(ran(Project(tiny))) == 10


def test_the_key_knows_every_part_of_a_job(tiny):
    import dataclasses

    from exhibits.run import snippet_job

    store = Cache(tiny / ".cache" / "runs")
    job = snippet_job(Project(tiny), Project(tiny).snippets["one/plain"])
    changes = {"name": "a/b", "file": "x", "source": "y", "measured": ("z",), "shift": 3, "allow": frozenset({"nan"})}
    keys = {store.key(job)} | {store.key(dataclasses.replace(job, **{k: v})) for k, v in changes.items()}
    assert len(keys) == 1 + len(changes)


def test_a_damaged_entry_is_recomputed(tiny):
    for path in (tiny / ".cache" / "runs").glob("*.json"):
        path.write_bytes(path.read_bytes()[:-20])
    assert len(ran(Project(tiny))) == 10
    assert ran(Project(tiny)) == []


def test_a_failure_is_not_stored(tiny):
    write(tiny, {"snippets/one/plain.py": "1 / 0\n"})
    for _ in range(2):
        with pytest.raises(ProblemsFound, match="plain.py:1: ZeroDivisionError"):
            run_project(Project(tiny))


def test_shifted_seeds_differ_and_repeat(tiny):
    outcome = run_project(Project(tiny))
    values = judge(Project(tiny), outcome)["answer"].values
    assert len(set(values)) == 8
    (tiny / ".cache").rename(tiny / "aside")
    again = run_project(Project(tiny))
    assert judge(Project(tiny), again)["answer"].values == values
    assert again["runs"]["one/figure"]["figures"] == outcome["runs"]["one/figure"]["figures"], "byte-identical figures"


def test_environment_variables_do_not_reach_snippets(tiny, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "pdf")
    monkeypatch.setenv("SECRET", "1")
    source = '"""X."""\nimport os\n\nprint("SECRET" in os.environ, os.environ.get("OMP_NUM_THREADS"))\n'
    write(tiny, {"snippets/one/plain.py": source})
    assert run_project(Project(tiny))["runs"]["one/plain"]["stdout"] == "False 1\n"


def test_snippets_do_not_see_each_other(tiny):
    source = '"""X."""\nimport torch\n\ntorch.leak = getattr(torch, "leak", 0) + 1\nprint(torch.leak)\n'
    write(tiny, {"snippets/one/plain.py": source, "snippets/one/other.py": source})
    runs = run_project(Project(tiny))["runs"]
    assert runs["one/plain"]["stdout"] == runs["one/other"]["stdout"] == "1\n"


def test_svg_ids_carry_the_figure_and_colours_become_variables(tiny):
    svg = run_project(Project(tiny))["runs"]["one/figure"]["figures"][0]
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert ids
    assert set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg)) == set(ids)
    assert "var(--figure-ink)" in svg and "var(--figure-0)" in svg and "var(--figure-grid)" in svg
    assert not re.search(r"#[0-9a-f]{6}\b", svg.replace("#ffffff", ""))
    assert "<text" in svg and "metadata" not in svg and "font-family" not in svg
    assert not re.search(r"[\"=, ]\d+\.\d{2,}", re.sub(r"<style.*?</style>|style=\"[^\"]*\"|>[^<]*<", "", svg))


def test_text_in_figures_keeps_its_digits():
    text = "<text>0.0010 and 12.345</text></svg>"
    svg = '<?xml?><svg width="9.8765"><path d="M 1.23456\n7.04" style="opacity: 0.15"/>' + text
    assert figures.inline(svg) == '<svg width="9.9"><path d="M 1.2 7" style="opacity: 0.15"/>' + text


def test_repeated_styles_become_classes():
    svg = figures.inline("<svg><style>*{}</style>" + '<use style="fill: red"/>' * 3 + '<use style="fill: blue"/></svg>')
    name = re.search(r"\.(s[0-9a-f]{6})\{fill: red\}</style>", svg)[1]
    assert svg.count(f'<use class="{name}"/>') == 3 and '<use style="fill: blue"/>' in svg


def test_lines_that_differ_by_colour_alone_are_found():
    figure, axes = plt.subplots()
    axes.plot([1, 2], "o", color="C0")
    axes.plot([1, 2], "s", color="C1")
    axes.plot([1, 2], color="C0", label="through its own markers")
    axes.plot([1, 2], color="C1", label="through its own markers, too")
    axes.plot([2, 1], color="k", lw=0.5, label="thinner")
    assert figures.alike(axes) == []
    axes.plot([2, 1], "--", color="C2", label="first")
    assert figures.alike(axes) == []
    axes.plot([2, 1], "--", color="C3", label="second")
    assert figures.alike(axes) == ["first", "second"]
    plt.close(figure)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [(1.2345, ".3g", "1.23"), (-0.5, ".1f", "−0.5"), (5.2e47, ".2g", "5.2 × 10⁴⁷"), (-2e-7, ".0e", "−2 × 10⁻⁷"),
     (3e9, ".1e", "3.0 × 10⁹"), (0.61, ".0%", "61%"), (2e-17, ".2g", "2 × 10⁻¹⁷"), (1e-10, ".0e", "1 × 10⁻¹⁰")],
)  # fmt: skip
def test_numbers_are_written_as_readers_write_them(value, form, text):
    assert readable(value, form) == text


def test_style_names_no_colour_twice():
    assert len(set(figures.CYCLE)) == len(figures.CYCLE) == 8


def executed_labs(folder) -> dict[str, int]:
    """Stored results of labs with their time of writing."""
    return {str(path): path.stat().st_mtime_ns for path in (folder / ".cache/labs").rglob("*.json")}


def test_an_unchanged_lab_is_not_executed_and_a_changed_one_is(tiny):
    before = executed_labs(tiny)
    assert build(tiny).returncode == 0 and executed_labs(tiny) == before and before
    write(tiny, {"docs/labs/lab.ipynb": FILES["docs/labs/lab.ipynb"].replace("6 * 7", "7 * 6")})
    assert build(tiny).returncode == 0 and not set(executed_labs(tiny)) & set(before)


@pytest.mark.parametrize("library", ["torch", "matplotlib", "ipykernel", "nbconvert"])
def test_another_version_executes_labs_again(tiny, monkeypatch, library):
    before = result_folder(tiny / ".cache", tiny / "docs/labs")
    for module in (cache, notebooks):
        real = module.version
        monkeypatch.setattr(module, "version", lambda name, real=real: "0.0" if name == library else real(name))
    assert result_folder(tiny / ".cache", tiny / "docs/labs") != before


def test_a_helper_beside_a_lab_executes_it_again(tiny):
    before = result_folder(tiny / ".cache", tiny / "docs/labs")
    write(tiny, {"docs/labs/helper.py": "x = 1\n"})
    assert result_folder(tiny / ".cache", tiny / "docs/labs") != before


def test_a_damaged_result_of_a_lab_is_dropped(tiny):
    (stored,) = executed_labs(tiny)
    Path(stored).write_text('{"content": "half', "utf-8")
    assert build(tiny).returncode == 0
    assert json.loads(Path(stored).read_text("utf-8"))["content"]
