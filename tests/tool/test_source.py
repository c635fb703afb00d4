"""Every mistake in what contributors write is one message with file and line, and all come at once."""

from __future__ import annotations

import json
import os

import pytest

from exhibits.source import read
from tests.tool.conftest import CLAIMS, COUNT, DICE, INDEX, LAB, MEAN, THROWS, edit, problems, write

TRAINING = 'kind = "training"'

# file, what is replaced there ("" appends), by what; line and beginning of the message.
MISTAKES = {
    "unknown table": (CLAIMS, "", '\n[[claims]]\nid = "x"\n', 23, "unknown table or key claims: use claim, measur"),
    "unknown table whose name a sentence contains": (
        CLAIMS,
        'source = "counting"\n',
        '# as other claims\nsource = "counting"\n[[claims]]\nid = "x"\n',
        23,
        "unknown table or key claims",
    ),
    "unknown top-level key": (CLAIMS, '[[claim]]\nid = "mean', 'note = 1\n[[claim]]\nid = "mean', 1, "unknown table o"),
    "one table for a list of them": (
        CLAIMS,
        (DICE / CLAIMS).read_text("utf-8"),
        '\n[claim]\nid = "x"\nsays = "y"\n',
        2,
        "write [[claim]], with two brackets: a file may hold several",
    ),
    "a number for a table": (CLAIMS, '[[claim]]\nid = "mean', 'snippet = 3\n[[claim]]\nid = "mean', 1, "write [snippe"),
    "options outside a table": (CLAIMS, "", "\n[snippet]\nseeds = 3\n", 1, "snippet seeds: Expected `object`"),
    "unknown key": (CLAIMS, 'source = "counting"', 'sources = "counting"', 21, "claim both-dice: Object contains unkn"),
    "no id": (CLAIMS, 'id = "both-dice"\n', "", 12, "claim (no id): Object missing required field `id`"),
    "id of a wrong type": (CLAIMS, 'id = "both-dice"', "id = 3", 13, "claim 3: Expected `str`, got `int` - at `$.id`"),
    "wrong type": (CLAIMS, "abs_tol = 0.2", 'abs_tol = "0.2"', 8, "claim mean-throw: Expected `float | null`, got `st"),
    "wrong type inside": (CLAIMS, '"half the faces" = "3"', '"half the faces" = 3', 9, "claim mean-throw: Expected `s"),
    "unknown kind": (CLAIMS, '"sampling"', '"guess"', 5, "claim mean-throw: Invalid enum value 'guess' - at `$.kind`"),
    "unknown bound": (CLAIMS, "abs_tol = 0.2", 'bound = "above"', 8, "claim mean-throw: Invalid enum value 'above'"),
    "NaN": (CLAIMS, "abs_tol = 0.2", "abs_tol = nan", 8, "claim mean-throw: abs_tol must be finite and not negative,"),
    "infinite": (CLAIMS, "abs_tol = 0.2", "rel_tol = inf", 8, "claim mean-throw: rel_tol must be finite and not negat"),
    "negative": (CLAIMS, "abs_tol = 0.2", "ulps = -1", 8, "claim mean-throw: ulps must be finite and not negative, no"),
    "two tolerances": (
        CLAIMS,
        "abs_tol = 0.2",
        "abs_tol = 0.2\nrel_tol = 0.1",
        2,
        "claim mean-throw: needs one of rel_tol, abs_tol, bound, ulps, has rel_tol and abs_tol",
    ),
    "no tolerance": (CLAIMS, "abs_tol = 0.2\n", "", 2, "claim mean-throw: needs one of rel_tol, abs_tol, bound, ulps"),
    "no kind": (CLAIMS, 'kind = "arithmetic"\n', "", 13, "claim both-dice: Object missing required field `kind`"),
    "no rivals": (CLAIMS, 'rivals = { "one die" = "6" }\n', "", 13, "claim both-dice: needs rivals: a wrong theory"),
    "no source": (CLAIMS, 'source = "counting"\n', "", 13, "claim both-dice: Object missing required field `source`"),
    "empty source": (CLAIMS, '"counting"', '" "', 13, "claim both-dice: needs a source: a page with its derivation"),
    "training without setup": (
        CLAIMS,
        'kind = "sampling"',
        f'{TRAINING}\nsteps = "mean"',
        2,
        "claim mean-throw: a training needs `setup` (optimiser, rate, budget) and `steps`",
    ),
    "training without steps": (CLAIMS, 'kind = "sampling"', f'{TRAINING}\nsetup = "SGD"', 2, "claim mean-throw: a tra"),
    "measured training without steps": (
        CLAIMS,
        "",
        f'\n[[measurement]]\nid = "x"\nsays = "y"\nsnippet = "mean"\nmeasured = "mean"\n{TRAINING}\n',
        24,
        "claim x: a training needs `setup`",
    ),
    "measurement with a theory": (
        CLAIMS,
        "",
        '\n[[measurement]]\nid = "x"\nsays = "y"\nsnippet = "mean"\nmeasured = "mean"\ntheory = "1"\n',
        28,
        "claim x: Object contains unknown field `theory`",
    ),
    "unknown snippet": (CLAIMS, 'snippet = "mean"', 'snippet = "meen"', 2, "claim mean-throw names a snippet that doe"),
    "id twice": (CLAIMS, "both-dice", "mean-throw", 13, f"claim mean-throw is defined twice, first at {CLAIMS}:2"),
    "unknown ablation": (
        CLAIMS,
        'source = "counting"',
        'source = "counting"\nablation = "x"',
        13,
        "claim both-dice names an ablation that does not exist: x",
    ),
    "no TOML": (CLAIMS, "", "id = \n", 22, "Invalid value (at line 22, column 6)"),
    "no TOML at the end": (CLAIMS, "", 'id = "', 22, "Unterminated string"),
    "negative time limit": (CLAIMS, "", "\n[snippet.mean]\ntime_limit = -1\n", 24, "snippet mean: time_limit must be"),
    "endless time limit": (CLAIMS, "", "\n[snippet.mean]\ntime_limit = inf\n", 24, "snippet mean: time_limit must be"),
    "no seeds": (CLAIMS, "", "\n[snippet.mean]\nseeds = 0\n", 24, "snippet mean: seeds must be positive, not 0"),
    "unknown allowance": (CLAIMS, "", '\n[snippet.mean]\nallow = ["nun"]\n', 24, "snippet mean: Invalid enum"),
    "misspelt option": (CLAIMS, "", "\n[snippet.mean]\ntimelimit = 1\n", 24, "snippet mean: Object contains unknown f"),
    "options for no snippet": (CLAIMS, "", "\n[snippet.meen]\nseeds = 9\n", 23, "options for a snippet that does not"),
    "settings that are no TOML": ("exhibits.toml", "[run]", "[run", 11, "Expected ']'"),
    "unknown setting": ("exhibits.toml", "libraries", "libaries", 13, "Object contains unknown field `libaries` - at"),
    "unknown table of settings": ("exhibits.toml", "[macros]", "[macro]", 26, "Object contains unknown field `macro`"),
    "unknown limit": ("exhibits.toml", "memory = 512", "memry = 512", 15, "Object contains unknown field `memry`"),
    "setting of a wrong type": ("exhibits.toml", 'theory = "theory"', "theory = 1", 12, "Expected `str`, got `int` -"),
    "list of a wrong type": ("exhibits.toml", '["matplotlib"]', "[1]", 13, "Expected `str`, got `int` - at"),
    "unknown difficulty": (THROWS, "# Throws\n", "---\ntitle: T\ndifficulty: hard\n---\n# Throws\n", 3,
        "difficulty must be one of introductory, intermediate, advanced, not hard"),
    "no difficulty": (THROWS, "# Throws\n", "---\ndifficulty:\n---\n# Throws\n", 2,
        "difficulty must be one of introductory, intermediate, advanced, not empty"),
    "page without a heading": (THROWS, "# Throws\n", "Throws\n", 1, "has no heading: begin it with “# Title”"),
    "lab that is no JSON": (LAB, '"cells": [', '"cells": [,', 2, "no JSON: "),
    "lab that is a list": (LAB, (DICE / LAB).read_text("utf-8"), "[]", 1, "no valid notebook of format 4.5: "),
    "lab without outputs": (
        LAB,
        '"outputs": [],\n   "source": [\n    "import',
        '"source": [\n    "import',
        1,
        "no valid notebook of format 4.5: lacks 'outputs'",
    ),
    "lab without ids": (LAB, '   "id": "throw",\n', "", 1, "no valid notebook of format 4.5: lacks 'id'"),
    "lab with a time limit in words": (
        LAB,
        '"description": "Throw',
        '"time_limit": "long",\n  "description": "Throw',
        44,
        "time_limit must be a positive number, not 'long'",
    ),
    "lab stored with its count": (
        LAB, '"execution_count": null,\n   "id": "throw"', '"execution_count": 1,\n   "id": "throw"',
        16, "stored with its outputs; clear them"),
    "lab stored with its outputs": (
        LAB, '"outputs": [],\n   "source": [\n    "import', '"outputs": [{}],\n   "source": [\n    "import',
        16, "stored with its outputs; clear them"),
    "solution that tests nothing": (LAB, '"assert 2', '"2', 39, "a solution without assert tests nothing"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_message_at_its_line(case, draft):
    file, old, new, line, message = MISTAKES[case]
    edit(draft, file, old, new)
    (found,) = problems(lambda: read(draft))
    assert found.startswith(f"{file}:{line}: {message}")


ADDED = {
    "output without a snippet": ("snippets/throws/gone.out", "x\n", "expected output without a snippet"),
    "name of a standard module": ("snippets/throws/profile.py", "x\n", "hides the standard library's module profile"),
    "the same page twice": ("docs/zz.md", (DICE / THROWS).read_text("utf-8"), f"is the same page as {THROWS}"),
}


@pytest.mark.parametrize("case", ADDED)
def test_a_file_too_many_is_one_message(case, draft):
    file, text, message = ADDED[case]
    write(draft, {file: text})
    (found,) = problems(lambda: read(draft))
    assert found.startswith(f"{file}:1: {message}")


@pytest.mark.parametrize("file", [CLAIMS, COUNT, "snippets/throws/count.out", INDEX, LAB, "theory/__init__.py"])
def test_an_encoding_that_is_not_utf_8_names_its_line(file, draft):
    path = draft / file
    text = path.read_text("utf-8")
    path.write_bytes(b"\n\n" + "é".encode("latin-1") + text.encode())
    assert problems(lambda: read(draft)) == [f"{file}:3: not UTF-8; save it in that encoding"]
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert problems(lambda: read(draft)) == [f"{file}:1: begins with a byte order mark; save it without"]


def test_settings_in_another_encoding_and_missing_ones(draft):
    path = draft / "exhibits.toml"
    path.write_bytes(b"\xef\xbb\xbf")
    assert problems(lambda: read(draft)) == ["exhibits.toml:1: begins with a byte order mark; save it without"]
    path.write_bytes(b"\xff")
    assert problems(lambda: read(draft)) == ["exhibits.toml:1: not UTF-8; save it in that encoding"]
    path.unlink()
    (found,) = problems(lambda: read(draft))
    assert found == f"exhibits.toml:1: not found in {draft}; start in the site's folder"


def test_all_mistakes_come_at_once_in_order_and_once(draft):
    edit(draft, CLAIMS, "abs_tol = 0.2", "abs_tol = nan")
    edit(draft, CLAIMS, 'source = "counting"', 'source = ""')
    edit(draft, THROWS, "# Throws", "Throws")
    edit(draft, LAB, '"assert 2', '"2')
    (draft / COUNT).write_bytes(b"\xff")
    found = problems(lambda: read(draft))
    assert [one.split(": ")[0] for one in found] == [
        f"{LAB}:39",
        f"{THROWS}:1",
        f"{CLAIMS}:8",
        f"{CLAIMS}:13",
        f"{COUNT}:1",
    ]


def test_ulps_need_no_rival(draft):
    edit(draft, CLAIMS, 'abs_tol = 0\nrivals = { "one die" = "6" }\n', "ulps = 4\n")
    assert read(draft).claims["both-dice"].ulps == 4


def test_editors_own_files_are_noted_and_not_read(draft):
    os.symlink("nobody@nowhere:1", draft / "docs/.#index.md")
    (draft / "docs/._index.md").write_bytes(b"\xff")
    (draft / "docs/.hidden").mkdir()
    (draft / "docs/.hidden/page.md").write_bytes(b"\xff")
    (draft / "snippets/throws/.mean.py").write_bytes(b"\xff")
    (draft / "theory/__pycache__").mkdir()
    (draft / "theory/__pycache__/old.py").write_bytes(b"\xff")
    source = read(draft)
    assert sorted(note.file for note in source.notes) == [
        "docs/.#index.md", "docs/._index.md", "docs/.hidden/page.md", "snippets/throws/.mean.py",
        "theory/__pycache__/old.py",
    ]  # fmt: skip
    assert all(note.line == 1 and note.message.startswith("skipped: ") for note in source.notes)
    assert not any("hidden" in path for path in [*source.pages, *source.others])
    assert set(source.theory) == {"theory", "theory.moments"}


@pytest.mark.parametrize(
    "link", ["docs/out.md", "docs/outside", "snippets/throws/out.py", "snippets/outside", "docs/picture.png"]
)
def test_links_are_not_followed(link, draft, tmp_path):
    outside = tmp_path / "outside"
    write(outside, {"out.md": "# Out\n", "out.py": "x = 1\n"})
    target = outside / os.path.basename(link)
    os.symlink(target if target.exists() else outside, draft / link)
    found = problems(lambda: read(draft))
    assert found and all("leads outside this folder; put a file here" in one for one in found)
    assert found[0].startswith(link)


def test_what_is_read_stands_in_the_records(draft):
    edit(draft, CLAIMS, "", '\n[snippet.mean]\nallow = ["nan"]\ntime_limit = 3\nmemory = 9\nprocesses = 2\nseeds = 4\n')
    write(draft, {"docs/assets/plot.png": "x"})
    source = read(draft)
    mean, count = source.snippets["throws/mean"], source.snippets["throws/count"]
    assert (mean.limits.seconds, mean.limits.memory, mean.limits.processes) == (3, 9, 2)
    assert (mean.seeds, mean.allow) == (4, ("nan",)) and (count.seeds, count.allow) == (8, ())
    assert (count.limits.seconds, count.limits.memory, count.limits.processes) == (20, 512, 1)
    assert mean.slug == "throws-mean" and mean.expected == "mean 3.5\n"
    assert mean.computation.endswith('print(f"mean {mean:.1f}")\n') and mean.plotting.startswith("running = ")
    assert source.others == ("assets/plot.png",)
    assert list(source.pages) == sorted(source.pages) and source.pages["index.md"].file == INDEX
    claim = source.claims["mean-throw"]
    assert (claim.file, claim.line, claim.snippet) == (CLAIMS, 2, "throws/mean")
    lab = source.labs["labs/two"]
    assert (lab.page, lab.description) == ("labs/two.md", "Throw two dice and add what they show.")
    assert [(cell.id, cell.line) for cell in lab.cells] == [("head", 8), ("throw", 20), ("solution", 39)]


def test_a_tool_stands_apart_from_its_demonstration(draft):
    write(draft, {COUNT: "x = 1\n\n\n# %% Demonstration\nprint(x)\n\n# %% Plot\ny = x\n"})
    count = read(draft).snippets["throws/count"]
    assert (count.computation, count.demonstration, count.plotting) == ("x = 1\n", "print(x)", "y = x")


def test_a_lab_may_set_its_time_limit(draft):
    about = json.loads((draft / LAB).read_text("utf-8"))
    about["metadata"]["time_limit"] = 3
    (draft / LAB).write_text(json.dumps(about, indent=1), "utf-8")
    assert read(draft).labs["labs/two"].limits.seconds == 3


def test_a_site_needs_no_theory(draft):
    edit(draft, "exhibits.toml", 'theory = "theory"\n', "")
    assert read(draft).theory == {}


def test_only_a_job_that_draws_knows_style_and_only_theory_knows_modules(draft):
    source = read(draft)
    plain, drawing, theory = source.setup(), source.setup(draws=True), source.setup(theory=True)
    assert plain.style == plain.modules == () and theory.style == drawing.modules == ()
    assert dict(theory.modules) == source.theory
    style = dict(drawing.style)
    assert style["text.color"] == "#010203" and style["axes.facecolor"] == "none" and style["grid.color"] == "#040506"
    assert style["axes.prop_cycle"] == "cycler(color=['#0a0b00', '#0a0b01'])"


@pytest.mark.parametrize(
    ("settings", "sizes"),
    [
        ("", ()),
        ("wide = [8, 5]", ((8, 5),)),
        ("narrow = [4, 3]", ((0, 0), (4, 3))),
        ("wide = [8, 5]\nnarrow = [4, 3]", ((8, 5), (4, 3))),
    ],
)
def test_a_figure_is_drawn_at_the_sizes_that_settings_give(draft, settings, sizes):
    path = draft / "exhibits.toml"
    path.write_text(path.read_text("utf-8").replace("[run]\n", f"[run]\n{settings}\n"), "utf-8")
    source = read(draft)
    assert source.setup(draws=True).sizes == sizes and source.setup().sizes == ()
    assert source.snippets["throws/mean"].file == MEAN
