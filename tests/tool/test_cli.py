"""The commands, as one types them."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from exhibits import cli
from tests.tool.conftest import CLAIMS, COUNT, INDEX, MEAN, edit, exhibits, files, write
from tests.tool.test_run import descendants, survivors, wait_for
from tests.tool.test_site import copying, start


def test_run_judges_everything(command):
    status, out, err = command("run")
    assert (status, out[0], err) == (0, "jobs run: 0, claims judged: 2", "")
    assert re.fullmatch(r"run: done in \d+\.\d s", out[1]) and len(out) == 2


def test_run_with_names_runs_those_alone_and_shows_their_claims(command, dice):
    edit(dice, COUNT, "6 + 6", "2 * 6")
    edit(dice, MEAN, "2000", "2001")
    edit(
        dice,
        CLAIMS,
        "",
        '\n[[measurement]]\nid = "m"\nsays = "s"\nsnippet = "count"\nkind = "arithmetic"\nmeasured = "faces / 2"\n',
    )
    status, out, err = command("run", "throws/count")
    assert (status, err) == (0, "") and re.match(r"  \[1/1, \d+ s\] throws/count ", out[0])
    assert out[1:4] == [
        "  both-dice: theory 12, measured 12 ± 0, 1 seeds",
        "  m: measurement, measured 6 ± 0, 1 seeds",
        "jobs run: 1, claims judged: 2",
    ]


def test_run_names_what_fails_and_what_changed(command, dice):
    edit(dice, CLAIMS, '"2 * 6"', '"2 * 7"')
    edit(dice, COUNT, 'print("faces", faces)', 'print("sides", faces)')
    status, out, err = command("run")
    assert (status, err) == (1, "2 problem(s), nothing published\n")
    assert any(line.startswith(f"{CLAIMS}:13: claim both-dice fails: measured 12 should be ≈ 14") for line in out)
    assert any(line.startswith("snippets/throws/count.out:1: output of throws/count changed") for line in out)


@pytest.mark.parametrize("name", ["run", "accept"])
def test_an_unknown_name(name, command):
    status, out, err = command(name, "throws/nothing", "throws/count", "x")
    assert (status, err) == (1, "2 problem(s), nothing published\n")
    assert out == ["snippets/throws/nothing.py:1: no such snippet", "snippets/x.py:1: no such snippet"]


def written(folder, name: str) -> tuple[int, int]:
    about = (folder / name).stat()
    return about.st_ino, about.st_mtime_ns


def test_accept_writes_what_differs_and_nothing_else(command, dice):
    edit(dice, COUNT, 'print("faces", faces)', 'print("sides", faces)')
    write(dice, {"snippets/throws/new.py": 'print("new")\n', "snippets/throws/silent.py": "x = 1\n"})
    before = [written(dice, name) for name in ("snippets/throws/mean.out", CLAIMS)]
    status, out, _ = command("accept")
    assert status == 0 and [line for line in out if "took" in line] == [
        "took snippets/throws/count.out", "took snippets/throws/new.out"
    ]  # fmt: skip
    assert (dice / "snippets/throws/count.out").read_text() == "sides 12\n"
    assert (dice / "snippets/throws/new.out").read_text() == "new\n" and not (
        dice / "snippets/throws/silent.out"
    ).exists()
    assert [written(dice, name) for name in ("snippets/throws/mean.out", CLAIMS)] == before
    assert not any("took" in line for line in command("accept")[1])


def test_accept_of_one_leaves_the_others(command, dice):
    for file, text in ((COUNT, "faces = 6 + 6"), (MEAN, "random.seed(1)")):
        edit(dice, file, text, f'{text}\nprint("more")')
    assert [line for line in command("accept", "throws/mean")[1] if "took" in line] == ["took snippets/throws/mean.out"]
    assert (dice / "snippets/throws/count.out").read_text() == "faces 12\n"


def test_a_difference_within_tolerance_is_not_taken(command, dice):
    edit(dice, MEAN, "{mean:.1f}", "{mean:.4f}")
    before = written(dice, "snippets/throws/mean.out")
    command("accept")
    assert written(dice, "snippets/throws/mean.out") == before


def test_prepare_tells_what_it_did(command, dice):
    assert command("prepare")[1][1] == "jobs run: 0, pages woven: 0, files changed: 0"
    edit(dice, COUNT, "6 + 6", "2 * 6")
    (line,) = [line for line in command("prepare", "--workers", "1")[1] if line.startswith("jobs run")]
    assert re.fullmatch(r"jobs run: 1, pages woven: 1, files changed: [1-9]", line)


def test_site_builds_and_says_where(command, dice):
    edit(
        dice,
        "exhibits.toml",
        '["mkdocs", "build", "--strict"]',
        '["sh", "-c", "cp -r build/docs $SITE_DIR"]',
    )
    status, out, _ = command("site")
    assert status == 0 and out[1] == f"site: {dice}/site/index.html" and (dice / "site/index.md").exists()


def test_run_of_one_machines_share(command, dice):
    edit(dice, COUNT, "6 + 6", "2 * 6")
    shares = [command("run", "--shard", f"{k}/3")[1] for k in (1, 2, 3)]
    assert sum(any("throws/count" in line for line in out) for out in shares) == 1


def test_what_is_not_stored_is_named_and_not_run(command, dice):
    edit(dice, COUNT, "6 + 6", "2 * 6")
    for _ in range(2):
        status, out, err = command("run", "--stored")
        assert (status, len(out)) == (1, 1) and out[0].startswith(f"{COUNT}:1: no stored result of throws/count: ")
    command("run")
    assert command("run", "--stored")[1][0] == "jobs run: 0, claims judged: 2"


def test_results_that_a_site_does_not_use_are_dropped_when_asked(command, dice):
    copying(dice)
    edit(dice, COUNT, "6 + 6", "2 * 6")
    store = dice / "build/results"
    before = set(files(store))
    command("site")
    both = set(files(store))
    command("site", "--prune")
    assert before < both and set(files(store)) < both, "the former count is gone"
    assert command("run", "--stored")[0] == 0, "what the site uses is not"


@pytest.mark.parametrize("wrong", ["3/2", "0/2", "x", "1/", "1/x", "1"])
def test_a_share_that_is_none(wrong, command):
    with pytest.raises(SystemExit) as ended:
        command("run", "--shard", wrong)
    assert ended.value.code == 2


def test_jobs_go_to_the_scheduler_that_the_environment_names(command, dice, monkeypatch):
    @contextmanager
    def cluster(address):
        assert address == "tcp://dice:1"
        with ThreadPoolExecutor(1) as executor:
            yield executor

    monkeypatch.setattr(cli, "cluster", cluster)
    monkeypatch.setenv("EXHIBITS_SCHEDULER", "tcp://dice:1")
    edit(dice, COUNT, "6 + 6", "2 * 6")
    assert command("run")[1][1] == "jobs run: 1, claims judged: 2"


def test_a_command_is_needed_and_each_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        command()
    assert ended.value.code == 2
    with pytest.raises(SystemExit):
        command("--help")
    text = capsys.readouterr().out
    assert all(name in text for name in ("run", "prepare", "site", "serve", "accept", "bench"))
    assert all(function.__doc__ for function in cli.COMMANDS.values())


def test_without_node_there_is_one_problem_however_many_formulas(command, dice, monkeypatch):
    monkeypatch.setattr("exhibits.tex.find_node", lambda: None)
    edit(dice, "exhibits.toml", "mathbb", "mathrm")
    status, out, err = command("prepare")
    assert (status, err) == (1, "1 problem(s), nothing published\n")
    assert out[1:] == ["node_modules:1: Node is missing, which typesets formulas; make installs it"]


def test_an_interrupt_and_a_closed_pipe_in_this_process(command, monkeypatch):
    ended = []
    monkeypatch.setattr(cli, "end_children", lambda: ended.append(1))

    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.COMMANDS, "prepare", interrupt)
    assert command("prepare") == (130, [], "interrupted, nothing published\n") and ended == [1]

    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied", "build/x")

    monkeypatch.setitem(cli.COMMANDS, "prepare", refuse)
    assert command("prepare") == (1, [], "cannot go on: build/x: Permission denied; nothing published\n")
    assert ended == [1, 1]


def test_a_terminal_that_knows_ascii_alone_shows_every_problem(dice):
    edit(dice, COUNT, "faces = 6 + 6", 'raise ValueError("√")')
    result = exhibits("run", cwd=dice, env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (result.returncode, result.stderr) == (1, "1 problem(s), nothing published\n")
    assert f"{COUNT}:3: ValueError: ?" in result.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.slow
def test_serve_shows_edits_of_prose_and_snippets_and_ends_without_orphans(dice):
    port = free_port()
    edit(dice, "mkdocs.yml", "site_name: Dice", f"site_name: Dice\ndev_addr: 127.0.0.1:{port}")

    def shows(page: str, text: str):
        def look() -> bool:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=5) as answer:
                    return text in answer.read().decode()
            except OSError:
                return False

        return look

    log = dice.parent / "log"
    with log.open("w") as out, start("serve", cwd=dice, stdout=out) as serving:
        try:
            wait_for(shows("index.html", "A fair die shows"), 60)
            edit(dice, INDEX, "A fair die shows", "An honest die shows")
            wait_for(shows("index.html", "An honest die shows"), 60)
            edit(dice, INDEX, "{{ mean-throw }}", "{{ mean-thow }}")
            wait_for(lambda: "the pages stay as they were" in log.read_text(), 60)
            assert f"{INDEX}:7: no claim named mean-thow\n1 problem(s)" in log.read_text()
            edit(dice, INDEX, "{{ mean-thow }}", "{{ mean-throw }}")
            edit(dice, COUNT, 'print("faces", faces)', 'print("faces", faces + 0)  # now')
            wait_for(shows("throws.html", "faces + 0"), 60)
            children = descendants(serving.pid)
            assert children
        finally:
            serving.send_signal(signal.SIGINT)
            _, err = serving.communicate(timeout=30)
        assert survivors(children) == []
    assert serving.returncode == 130 and "interrupted, nothing published\n" in err
    assert "Traceback" not in err + log.read_text()


def test_serve_ends_with_its_generator(dice):
    edit(dice, "exhibits.toml", "[site]", f'[site]\nserve = ["{os.path.basename(sys.executable)}", "-c", "exit(3)"]')
    started = time.monotonic()
    result = exhibits("serve", cwd=dice)
    assert (result.returncode, result.stderr) == (1, f"{os.path.basename(sys.executable)} ended with exit code 3\n")
    assert time.monotonic() - started < 60
