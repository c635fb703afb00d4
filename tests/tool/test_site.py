"""The generator and the swap: what it complains about, and that the last good site survives everything."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile

import pytest

from exhibits import site as site_module
from exhibits.publish import prepare
from exhibits.site import build, only_build, swap
from tests.tool.conftest import CLAIMS, INDEX, LAB, MEAN, THROWS, edit, exhibits, files, problems, write
from tests.tool.test_run import descendants, survivors, wait_for

slow = pytest.mark.slow
QUIET = lambda text: None  # noqa: E731


def start(*arguments: str, cwd, **options) -> subprocess.Popen:
    command = [sys.executable, "-m", "exhibits", *arguments]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
    return subprocess.Popen(command, cwd=cwd, **options)


def generator(folder, *command: str) -> None:
    edit(folder, "exhibits.toml", '["mkdocs", "build", "--strict"]', str(list(command)).replace("'", '"'))


def untimed(folder) -> dict[str, bytes]:
    """The files of a built site without the two that tell what the build cost."""
    found = files(folder / "site")
    assert found.pop("build.json") and found.pop("build.js")
    return found


def left_over(folder) -> list[str]:
    return sorted(path.name for path in folder.glob(".site*"))


@slow
def test_a_site_is_built_with_numbers_figures_and_archive(site):
    page = (site / "site/index.html").read_text("utf-8")
    assert 'href="reference/claims.html#mean-throw"' in page and "<svg" in page and "katex" in page
    assert not (site / "site/index.md").exists() and left_over(site) == []
    assert (site / "site/labs/two.ipynb").read_bytes() == (site / LAB).read_bytes()
    with zipfile.ZipFile(site / "site/dice.zip") as packed:
        names, dates = packed.namelist(), {entry.date_time for entry in packed.infolist()}
        contents = {name: packed.read(name) for name in names}
    assert names == sorted(names) and dates == {(1980, 1, 1, 0, 0, 0)}
    assert contents == {name: data for name, data in untimed(site).items() if name != "dice.zip"}


# File, what is replaced, by what; the one problem.
COMPLAINTS = {
    "dead link": (INDEX, "The [two dice](labs/two.md)", "The [two](nowhere.md) [two](labs/two.md)",
                  f"{INDEX}:8: Doc file 'index.md' contains a link 'nowhere.md', but the target is not found"),
    "dead anchor": (THROWS, "no promise.", "no promise,\n[x](index.md#nowhere).",
                    f"{THROWS}:4: Doc file 'throws.md' contains a link 'index.md#nowhere', but the doc 'index.md' doe"),
    "dead anchor of its own": (THROWS, "no promise.", "no promise,\n\n[x](#nowhere).",
                               f"{THROWS}:5: Doc file 'throws.md' contains a link '#nowhere', but there is no such an"),
    "dead link in a lab": (LAB, "An expectation adds.", "An [expectation](gone.md) adds.",
                           f"{LAB}:10: Doc file 'labs/two.md' contains a link 'gone.md', but the target 'labs/gone.md"),
    "page that is not there": ("mkdocs.yml", "  - throws.md\n", "  - throws.md\n  - gone.md\n",
                               "mkdocs.yml:1: A reference to 'gone.md' is included in the 'nav' configuration, which"),
    "page outside the navigation": ("mkdocs.yml", "  - throws.md\n", "",
                                    f"{THROWS}:1: is not in the navigation of mkdocs.yml"),
    "unknown theme": ("mkdocs.yml", "name: material", "name: nothing", "mkdocs.yml:1: Config value 'theme': Unrecogni"),
}  # fmt: skip


@slow
@pytest.mark.parametrize("case", COMPLAINTS)
def test_a_generators_complaint_names_the_place(case, dice):
    file, old, new, message = COMPLAINTS[case]
    write(dice, {"site/index.html": "the last good site"})
    edit(dice, file, old, new)
    (found,) = problems(lambda: build(dice, QUIET))
    assert found.startswith(message)
    assert files(dice / "site") == {"index.html": b"the last good site"} and left_over(dice) == []


def test_a_generator_that_is_not_installed_or_says_nothing(dice):
    generator(dice, "no-such-generator")
    assert problems(lambda: build(dice, QUIET)) == ["exhibits.toml:1: the generator no-such-generator is not installed"]
    edit(dice, "exhibits.toml", "no-such-generator", "false")
    assert problems(lambda: build(dice, QUIET)) == ["mkdocs.yml:1: false ended with exit code 1"]


def copying(folder) -> None:
    """A generator of no cost: the prepared folder is the site."""
    generator(folder, "sh", "-c", "cp -r build/docs/. $SITE_DIR")


@pytest.fixture
def copied(dice):
    """Dice whose generator copies, with a site."""
    copying(dice)
    build(dice, QUIET)
    return dice


def test_an_unchanged_site_is_not_generated_again(copied):
    before = (copied / "site/index.md").stat().st_ino
    lines = []
    build(copied, lines.append)
    assert lines[-1] == f"site: {copied}/site/index.html (nothing changed)"
    assert (copied / "site/index.md").stat().st_ino == before


# What happens to a built site or beside it, so that it must be generated again.
CHANGES = {
    "a file of the site is gone": lambda folder: (folder / "site/throws.md").unlink(),
    "a file of the site is cut": lambda folder: (folder / "site/throws.md").write_text("# Th"),
    "a stray file": lambda folder: write(folder, {"site/stray.html": "x"}),
    "the site is gone": lambda folder: shutil.rmtree(folder / "site"),
    "prose": lambda folder: edit(folder, THROWS, "no promise", "not a promise"),
    "configuration": lambda folder: edit(folder, "mkdocs.yml", "site_name: Dice", "site_name: Two dice"),
    "theme": lambda folder: write(folder, {"theme/main.html": "x"}),
    "settings": lambda folder: edit(folder, "exhibits.toml", 'archive = "dice.zip"', 'archive = "all.zip"'),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_changed_or_damaged_site_is_generated_again(case, copied):
    CHANGES[case](copied)
    lines = []
    build(copied, lines.append)
    assert lines[-1] == f"site: {copied}/site/index.html"
    assert (copied / "site/throws.md").read_text().endswith("////\n") and not (copied / "site/stray.html").exists()


def test_another_address_in_the_environment_is_a_change(copied, monkeypatch):
    edit(copied, "mkdocs.yml", "site_name: Dice", "site_name: Dice\nsite_url: !ENV [DICE_URL, '']")
    lines = []
    for url, suffix in (("", ""), ("", " (nothing changed)"), ("https://dice.example/", "")):
        monkeypatch.setenv("DICE_URL", url)
        build(copied, lines.append)
        assert lines[-1] == f"site: {copied}/site/index.html{suffix}"


@slow
def test_a_failing_build_leaves_every_byte(copied):
    before = files(copied / "site")
    edit(copied, CLAIMS, '"2 * 6"', '"2 * 7"')
    result = exhibits("site", cwd=copied)
    assert (result.returncode, result.stderr) == (1, "1 problem(s), nothing published\n")
    assert result.stdout.splitlines()[-1].startswith(f"{CLAIMS}:13: claim both-dice fails")
    assert files(copied / "site") == before and left_over(copied) == []


def test_a_build_killed_in_the_middle_of_its_swap_loses_nothing(copied):
    before = files(copied / "site")
    (copied / "site").rename(copied / ".site-old")
    write(copied, {".site-new/half.html": "x"})
    edit(copied, CLAIMS, '"2 * 6"', '"2 * 7"')
    problems(lambda: build(copied, QUIET))
    assert files(copied / "site") == before, "restored before anything else"
    edit(copied, CLAIMS, '"2 * 7"', '"2 * 6"')
    write(copied, {".site-old/older.html": "x", ".site-new/half.html": "x"})
    build(copied, QUIET)
    assert files(copied / "site") == before and left_over(copied) == []


@pytest.mark.parametrize("exchange", [True, False])
def test_a_swap_with_and_without_one_step(exchange, tmp_path, monkeypatch):
    if not exchange:
        monkeypatch.setattr(site_module, "_exchange", lambda one, other: False)
    staged, target, old = tmp_path / ".site-new", tmp_path / "site", tmp_path / ".site-old"
    write(staged, {"a": "1"})
    swap(staged, target, old)
    assert files(target) == {"a": b"1"} and not staged.exists()
    write(staged, {"a": "2"})
    swap(staged, target, old)
    assert files(target) == {"a": b"2"} and files(staged if exchange else old) == {"a": b"1"}


def test_the_system_here_swaps_in_one_step(tmp_path):
    write(tmp_path, {"one/a": "1", "two/b": "2"})
    assert site_module._exchange(tmp_path / "one", tmp_path / "two")
    assert files(tmp_path) == {"one/b": b"2", "two/a": b"1"}
    assert not site_module._exchange(tmp_path / "one", tmp_path / "three")


def test_a_site_that_is_a_link_stays_one(copied, tmp_path):
    (copied / "site").rename(tmp_path / "elsewhere")
    (copied / "site").symlink_to(tmp_path / "elsewhere")
    for word in ("settles", "ends"):
        edit(copied, INDEX, "A fair die", f"A fair die {word}:")
        build(copied, QUIET)
        assert (copied / "site").is_symlink() and f"die {word}:".encode() in files(tmp_path / "elsewhere")["index.md"]
    assert not list(tmp_path.glob(".elsewhere*"))


def test_results_on_another_volume_are_no_obstacle(copied):
    """/dev/shm is a volume of its own: nothing can be renamed from there to the site's folder."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        assert os.stat(elsewhere).st_dev != os.stat(copied).st_dev
        shutil.move(copied / "build", elsewhere)
        (copied / "build").symlink_to(f"{elsewhere}/build")
        edit(copied, INDEX, "A fair die", "One fair die")
        build(copied, QUIET)
        assert b"One fair die" in files(copied / "site")["index.md"] and left_over(copied) == []


@slow
def test_a_second_build_waits_for_the_first(copied):
    with start("site", cwd=copied) as one, start("site", cwd=copied) as other:
        outputs = [process.communicate(timeout=60) for process in (one, other)]
    assert [one.returncode, other.returncode] == [0, 0], outputs
    expected = files(copied / "site")
    assert left_over(copied) == [] and "dice.zip" in expected
    lines = []
    with only_build(copied, QUIET):
        waiting = start("prepare", cwd=copied)
        lines.append(waiting.stdout.readline())
        assert waiting.poll() is None
    waiting.communicate(timeout=60)
    assert lines == ["another build of this site is running; waiting for it to end\n"] and waiting.returncode == 0


def test_an_unchanged_store_is_not_written(dice, monkeypatch):
    def refuse(*arguments, **options):
        raise OSError(errno.EROFS, "Read-only file system")

    for name in ("replace", "utime", "unlink"):
        monkeypatch.setattr(os, name, refuse)
    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
    assert prepare(dice).written == 0


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


@slow
def test_a_disk_without_room_is_one_line(copied):
    before = files(copied / "site")
    edit(copied, INDEX, "# Dice", "# More dice")
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    result = exhibits("site", cwd=copied, preexec_fn=limited, env=unmeasured)  # coverage's own file has no room, either
    assert result.returncode == 1 and "Traceback" not in result.stdout + result.stderr
    (line,) = result.stderr.splitlines()
    assert line.startswith("cannot go on:") and line.endswith("File too large; nothing published")
    assert files(copied / "site") == before and left_over(copied) == []


def test_a_full_disk_is_named(copied, monkeypatch, capsys):
    from exhibits.cli import main

    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    edit(copied, INDEX, "A fair die", "One fair die")
    monkeypatch.chdir(copied)
    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    monkeypatch.setattr("exhibits.cli.interruptible", lambda: None)
    monkeypatch.setattr("exhibits.cli.end_children", lambda: None)
    assert main(["prepare"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"cannot go on: {copied}/build/") and line.endswith(": no space is left; nothing published")


@slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_generator_is_one_line_and_leaves_no_process(number, copied):
    before, sign = files(copied / "site"), copied.parent / "running"
    edit(copied, "exhibits.toml", "cp -r build/docs/. $SITE_DIR", f"mkdir $SITE_DIR; touch {sign}; exec sleep 60")
    with start("site", cwd=copied) as building:
        wait_for(sign.exists)
        children = descendants(building.pid)
        assert children
        building.send_signal(number)
        out, err = building.communicate(timeout=20)
        assert survivors(children) == []
    assert (building.returncode, err) == (130, "interrupted, nothing published\n")
    assert files(copied / "site") == before and left_over(copied) == []


def test_output_into_a_closed_pipe_ends_quietly(copied):
    edit(copied, MEAN, "2000", "2001")
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [sys.executable, "-m", "exhibits", "site"],
        cwd=copied,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writing)
    assert (result.returncode, result.stderr) == (141, "")
    assert left_over(copied) == []


@slow
def test_a_reader_that_takes_one_line_ends_a_run_quietly(copied):
    edit(copied, MEAN, "2000", "2001")
    command = f"{sys.executable} -m exhibits site | head -n 1; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], cwd=copied, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (141, "snippets: 2, labs: 1, claims: 2\n", "")
    assert left_over(copied) == []


@slow
def test_another_folder_is_left_as_it_was(tmp_path):
    for command in ("run", "prepare", "site", "serve", "accept"):
        result = exhibits(command, cwd=tmp_path)
        assert result.returncode == 1
        assert result.stdout == f"exhibits.toml:1: not found in {tmp_path}; start in the site's folder\n"
    assert list(tmp_path.iterdir()) == []


@slow
def test_the_last_good_site_survives_a_dead_link(site):
    before = files(site / "site")
    edit(site, INDEX, "labs/two.md", "labs/gone.md")
    result = exhibits("site", cwd=site)
    assert result.returncode == 1 and "Traceback" not in result.stdout + result.stderr
    assert files(site / "site") == before and left_over(site) == []


def test_edit_links_of_labs_lead_to_their_notebooks():
    from types import SimpleNamespace

    from exhibits.mkdocs import on_page_context

    for path, url, expected in (
        ("labs/two.md", "https://x/labs/two.md", "https://x/labs/two.ipynb"),
        ("index.md", "https://x/index.md", "https://x/index.md"),
        ("labs/two.md", None, None),
    ):
        page = SimpleNamespace(edit_url=url, file=SimpleNamespace(src_uri=path))
        assert on_page_context({"a": 1}, page, None, None) == {"a": 1} and page.edit_url == expected


def test_nothing_of_other_tools_gets_into_the_site(copied):
    write(copied, {"snippets/.ruff_cache/x": "x", "snippets/throws/__pycache__/mean.pyc": "x", "docs/.cache/y": "y"})
    before = files(copied / "site")
    shutil.copytree(copied / "snippets/throws", copied / "snippets/.hidden")
    build(copied, QUIET)
    assert files(copied / "site") == before
