"""The comparison with other tools: their projects, what their pages must hold, the rows. No other tool is installed."""

from __future__ import annotations

import sys
import tomllib

import msgspec
import pytest

from exhibits import others
from exhibits.model import Drawing, Output, Problem, ProblemsFound, Run
from exhibits.others import Sample, Tool, blocks, environment, gallery, lacking, measured, notebook, plain, toml, tools
from exhibits.source import read
from tests.tool.conftest import DICE, edit, problems, write

# Counts its builds in the only page, which holds what it is told to.
FAKE = """\
import pathlib, sys
out = pathlib.Path("out"); out.mkdir(exist_ok=True)
scripts = sorted(pathlib.Path("scripts").glob("*"))
(out / "index.html").write_text(sys.argv[1])
with open("log", "a") as log: print(*(path.read_text().count("# edited") for path in scripts), file=log)
"""


@pytest.fixture
def sample() -> Sample:
    source = read(DICE)
    runs = {
        "throws/count": Run((Output("faces 12\n"),), {}, False, 0.1, 50),
        "throws/mean": Run((Output("mean 3.6\n", (Drawing("<svg/>"),)),), {}, True, 0.1, 50),
    }
    return Sample(tuple(source.snippets.values()), runs, source.settings)


def fake(shows: str, name: str = "fake", shared: bool = False) -> Tool:
    return Tool(name, ("python", "fake.py", shows), {"fake.py": FAKE}, "scripts/{slug}.py", plain, "<img", shared)


def sharing(sample: Sample, *lines: str) -> Sample:
    bench = msgspec.structs.replace(sample.settings.bench, reset=lines)
    return msgspec.structs.replace(sample, settings=msgspec.structs.replace(sample.settings, bench=bench))


GOOD = "<pre>faces <b>12</b></pre><pre>mean 3.6</pre><img>"


def test_three_builds_and_an_edit_before_the_last(sample, tmp_path):
    times = measured(fake(GOOD), sample, sys.executable, tmp_path)
    assert len(times) == 3 and min(times) > 0
    assert (tmp_path / "log").read_text() == "0 0\n0 0\n1 0\n"


@pytest.mark.parametrize(
    "shows, said",
    [
        (GOOD.replace("3.6", "3.5"), "fake: its pages lack what throws/mean prints, “mean 3.6”"),
        (GOOD.replace("<img>", ""), "fake: its pages show 0 figures of 1"),
        (GOOD + "<img>", "fake: its pages show 2 figures of 1"),
    ],
)
def test_a_tool_that_did_not_run_the_scripts_is_one_problem(sample, tmp_path, shows, said):
    (found,) = problems(lambda: measured(fake(shows), sample, sys.executable, tmp_path))
    assert found == f"exhibits.toml:1: {said}"


def test_output_is_found_behind_markup_and_escapes(sample, tmp_path):
    count = Run((Output("  a < b & c\n\n"),), {}, False, 0.1, 50)
    one = msgspec.structs.replace(sample, snippets=sample.snippets[:1], runs={"throws/count": count})
    write(tmp_path, {"sub/page.html": "<code>a <i>&lt;</i> b &amp; c</code>"})
    assert lacking(fake(""), one, tmp_path) == ""


def test_a_script_resets_what_others_set_and_it_does_not(sample):
    count, mean = sample.snippets
    assert sample.reset(count) == "", "nothing is named"
    named = sharing(sample, "random.seed(None)", "math.never(1)")
    assert named.reset(count) == "import random\nrandom.seed(None)\n"
    assert named.reset(mean) == "", "it sets its own"


def test_only_scripts_that_share_a_process_are_reset(sample, tmp_path):
    named = sharing(sample, "random.seed(None)")
    for shared in (True, False):
        measured(fake(GOOD, shared=shared), named, sys.executable, tmp_path / str(shared))
        script = (tmp_path / str(shared) / "scripts/throws-count.py").read_text("utf-8")
        assert script.startswith("import random\nrandom.seed(None)\n") == shared
    assert {tool.name for tool in tools(sample) if tool.shared} == {
        "sphinx-gallery, 1 job", "sphinx-gallery, 2 jobs", "mkdocs-gallery", "markdown-exec"
    }  # fmt: skip


def test_each_form_is_the_whole_script_with_what_goes_before_it(sample):
    mean = sample.snippets[1]
    assert gallery(mean, "x = 1\n") == f'"""\nthrows/mean\n===========\n\nA script.\n"""\nx = 1\n{mean.code}'
    assert notebook(mean, "x = 1\n") == f"# %% [markdown]\n# # throws/mean\n\n# %%\nx = 1\n{mean.code}"
    page = blocks(mean, "x = 1\n")
    assert page.count("```python exec") == 2 and page.index("x = 1") < page.index("Throw a die") < page.index(
        'html="1"'
    )
    assert "plt.show()" not in page and "print(drawn.getvalue())" in page
    assert blocks(sample.snippets[0], "").count("```python exec") == 1, "it draws nothing"


@pytest.mark.slow
def test_the_own_site_runs_one_seed_and_shows_all(sample, tmp_path):
    tool = tools(sample)[0]
    measured(tool, sample, sys.executable, tmp_path)
    assert sorted(path.name for path in (tmp_path / "site").glob("throws-*.html")) == [
        "throws-count.html", "throws-mean.html"
    ]  # fmt: skip
    report = msgspec.json.decode((tmp_path / "site/build.json").read_bytes())
    assert {entry["name"]: entry["jobs"] for entry in report["entries"]}["throws/mean"] == 1
    options = tomllib.loads((tmp_path / "snippets/throws/claims.toml").read_text("utf-8"))["snippet"]
    assert options["mean"]["memory"] == 512 and read(tmp_path).snippets["throws/mean"].limits.seconds == 20


def test_toml_says_what_was_said():
    value = {"a b": [1, 2.5, "“é”\n\\", True], "c": {"d": [], "e": {}}, "none": None}
    assert tomllib.loads(f"v = {toml(value)}")["v"] == {"a b": value["a b"], "c": value["c"]}


def test_rows_are_ratios_to_this_tool(sample, tmp_path, monkeypatch):
    times = iter([(2.0, 1.0, 4.0), (3.0, 0.5, 4.0)])
    monkeypatch.setattr(others, "environment", lambda packages, folder: sys.executable)
    monkeypatch.setattr(others, "tools", lambda sample: [fake("", "own"), fake("", "other", shared=True)])
    monkeypatch.setattr(others, "measured", lambda *given: next(times))
    lines = []
    (table,) = others.tables(sharing(sample, "random.seed(None)"), tmp_path, tmp_path, lines.append)
    assert table.rows == (
        ("own", "2.0 s, 1.00", "1.0 s, 1.00", "4.0 s, 1.00", "none"),
        ("other", "3.0 s, 1.50", "0.5 s, 0.50", "4.0 s, 1.00", "1 scripts"),
    )
    assert table.note.startswith("2 scripts, 1 figures, one seed") and len(lines) == 2


def test_a_tool_that_fails_is_named_and_the_next_is_measured(sample, tmp_path, monkeypatch):
    def times(tool, *given):
        if tool.name == "broken":
            raise ProblemsFound([Problem("exhibits.toml", 1, "it lacks all")])
        return 2.0, 1.0, 4.0

    monkeypatch.setattr(others, "environment", lambda packages, folder: sys.executable)
    monkeypatch.setattr(others, "measured", times)
    monkeypatch.setattr(others, "tools", lambda sample: [fake("", name) for name in ("own", "broken", "other")])
    lines = []
    (table,) = others.tables(sample, tmp_path, tmp_path, lines.append)
    assert [row[0] for row in table.rows] == ["own", "broken", "other"]
    assert table.rows[1][1:] == ("failed", "failed", "failed", "") and "failed" not in "".join(table.rows[2])
    assert lines[1] == "others: broken failed: it lacks all"
    monkeypatch.setattr(others, "tools", lambda sample: [fake("", "broken")])
    assert problems(lambda: others.tables(sample, tmp_path, tmp_path, lines.append)) == [
        "exhibits.toml:1: it lacks all"
    ]


@pytest.mark.slow
def test_an_environment_sees_what_is_installed_here(tmp_path):
    write(tmp_path, {"none.txt": "# nothing\n"})
    python = environment(tmp_path / "none.txt", tmp_path / "made")
    assert others.seconds(str(python), "-c", "import matplotlib, pip", cwd=tmp_path) > 0
    assert python.is_relative_to(tmp_path)


@pytest.mark.slow
def test_without_network_the_comparison_is_left_out_in_one_line(dice, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    write(dice, {"bench.txt": f"nothing-like-it==1.0 --hash=sha256:{'0' * 64}\n"})
    edit(dice, "exhibits.toml", "[palette]", '[bench]\nothers = "bench.txt"\n\n[palette]')
    settings, lines = read(dice).settings, []
    assert others.tables(Sample((), {}, settings), dice, tmp_path, lines.append) == []
    (line,) = lines
    assert line.startswith("no comparison with other tools: ") and "nothing-like-it==1.0" in line
