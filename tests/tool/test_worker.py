"""Jobs in real processes: what ends well, and one failure with a line for everything that does not."""

from __future__ import annotations

import re
import time
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace

from exhibits.model import Failure, Generator, Job, Limits, Part, Run, Setup
from exhibits.run import launch, start_server
from exhibits.source import RunSettings
from exhibits.store import variables

SETTINGS = RunSettings()
SETUP = Setup(generators=SETTINGS.generators, refused=SETTINGS.refused)
STYLE = (("axes.facecolor", "none"), ("svg.fonttype", "none"))
NUMPY = Generator("numpy.random.get_state()", ("numpy.random.seed",))


@pytest.fixture(scope="module", autouse=True)
def _server():
    start_server(variables(SETTINGS), ("matplotlib.pyplot",))


def job(*parts: str, **fields) -> Job:
    """A job whose parts stand at lines 1, 101, 201 …"""
    placed = tuple(Part(code, 1 + 100 * number) for number, code in enumerate(parts))
    return Job("a/b", "a/b.py", placed, **({"setup": SETUP, "limits": Limits(seconds=20)} | fields))


def ran(*parts: str, **fields) -> Run:
    result = launch(job(*parts, **fields))
    assert isinstance(result, Run), result
    return result


def failed(*parts: str, **fields) -> str:
    """The one failure, as "line: message"."""
    result = launch(job(*parts, **fields))
    assert isinstance(result, list), result
    (failure,) = result
    assert isinstance(failure, Failure)
    return f"{failure.line}: {failure.message}"


FAILURES = {
    "raises": ('x = 1\nraise ValueError("no")\n', "2: ValueError: no"),
    "raises in a function": ("def f():\n    return 1 / 0\n\n\nf()\n", "2: ZeroDivisionError: division by zero"),
    "raises in a library": ("import json\n\njson.loads('{')\n", "3: JSONDecodeError: Expecting property name"),
    "does not parse": ("x = 1\nx = (\n", "2: SyntaxError: '(' was never closed"),
    "calls exit": ("import sys\n\nsys.exit(0)\n", "3: SystemExit: 0"),
    "raises what is no Exception": ("class E(BaseException):\n    pass\n\nraise E('x')\n", "4: E: x"),
    "interrupts itself": ("x = 1\nraise KeyboardInterrupt\n", "2: KeyboardInterrupt: "),
    "dies": ("import os\n\nos._exit(3)\n", "1: ended without a result (exit code 3)"),
    "is killed": ("import os, signal\n\nos.kill(os.getpid(), signal.SIGKILL)\n", "1: ended without a result (exit cod"),
    "prints NaN": ('print("two", float("nan"))\n', "1: printed nan on line 1 of its output"),
    "prints infinity": ('print("two")\nprint(-1e999)\n', "1: printed -inf on line 2 of its output"),
    "warns": ('import warnings\n\nwarnings.warn("careful")\n', "3: wrote to stderr: a/b.py:3: UserWarning: careful"),
    "writes to stderr": ('import sys\n\nprint("oh", file=sys.stderr)\n', "1: wrote to stderr: oh"),
    "leaves files": (
        'import pathlib\n\nfor name in "ba":\n    pathlib.Path(name).write_text("x")\n',
        "1: left files behind: a, b",
    ),
    "closes stdout": ("import sys\n\nsys.stdout.close()\n", "1: ValueError: I/O operation on closed file."),
    "closes the file below stdout": ("import os\n\nprint('x')\nos.close(1)\n", "1: OSError: [Errno 9] Bad file descri"),
    "prints no UTF-8": ("import sys\n\nsys.stdout.buffer.write(b'\\xff')\n", "1: printed bytes that are no UTF-8"),
    "prints a terminal's escapes": ("print('x')\nprint('\\x1b[31mred')\n", "1: printed the control character '\\x1b'"),
    "prints NUL": ("print('\\0')\n", "1: printed the control character '\\x00' on line 1"),
    "prints over its line": ("print('10 %\\r20 %')\n", "1: printed the control character '\\r' on line 1"),
    "needs the network": (
        'import socket\n\nsocket.create_connection(("127.0.0.1", 9))\n',
        "3: PermissionError: a snippet must not use the network",
    ),
    "sends a datagram": (
        "import socket\n\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.sendto(b'x', ('127.0.0.1', 9))\n",
        "4: PermissionError: a snippet must not use the network",
    ),
    "asks for an address": ("import socket\n\nsocket.gethostbyname('localhost')\n", "3: PermissionError: a snippet mu"),
    "listens": ("import socket\n\nsocket.socket().bind(('', 0))\n", "3: PermissionError: a snippet must not use the n"),
    "starts a program": ("import subprocess\n\nsubprocess.run(['true'])\n", "3: PermissionError: a snippet must not s"),
    "starts a shell": ("import os\n\nos.system('true')\n", "3: PermissionError: a snippet must not start processes; `"),
    "forks": ("import os\n\nos.fork()\n", "3: PermissionError: a snippet must not start processes"),
    "becomes another program": ("import os\n\nos.execv('/bin/true', ['true'])\n", "3: PermissionError: a snippet must"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_has_a_line_and_a_reason(case, tmp_path):
    code, message = FAILURES[case]
    assert failed(code, root=str(tmp_path / "root")).startswith(message)


def test_declared_exceptions_pass():
    code = 'import sys\n\nprint(float("nan"))\nprint("oh", file=sys.stderr)\n'
    assert ran(code, allow=("nan", "stderr")).stdout == "nan\n"


def test_no_claim_is_judged_on_infinity_even_where_it_may_be_printed():
    assert failed("x = float('inf')\n", allow=("nan",), expressions=("x",)) == "1: “x” is inf"


def test_a_setting_that_does_not_fit_is_named():
    setup = Setup(generators=(Generator("random.gtstate()"),))
    assert failed("import random\n", setup=setup).startswith("1: cannot run: AttributeError: module 'random' has no")


def test_words_that_only_look_like_numbers_pass():
    assert (
        ran('print("nano inference banana-nan")\nprint("\\tÜber 10⁻³")\n').stdout
        == "nano inference banana-nan\n\tÜber 10⁻³\n"
    )


def test_a_folder_that_was_cleaned_up_is_no_file_left():
    ran('import os\n\nopen("x", "w").close()\nos.remove("x")\n')


# Limits hold while a job runs, not afterwards.
EXCESSES = {
    "hangs": ("while True:\n    pass\n", {"seconds": 0.5}, "1: still running after its time limit of 0.5 s"),
    "uses too much memory": ("import time\n\nx = b'x' * (600 << 20)\ntime.sleep(60)\n", {"memory": 300}, "1: used "),
    "prints too much": ("while True:\n    print('x' * 9999)\n", {"output": 99_999}, "1: printed more than 99999 bytes"),
    "writes too much to stderr": (
        "import sys\n\nwhile True:\n    print('x' * 9999, file=sys.stderr)\n",
        {"output": 99_999},
        "1: printed more than 99999 bytes",
    ),
    "starts too many processes": (
        "import os, time\n\nfor _ in range(3):\n    if not os.fork():\n        break\ntime.sleep(60)\n",
        {"processes": 2},
        "1: ran 4 processes at once, more than 2",
    ),
    "its children use too much memory": (
        "import os, time\n\nif not os.fork():\n    x = b'x' * (600 << 20)\ntime.sleep(60)\n",
        {"memory": 400, "processes": 2},
        "1: used ",
    ),
    "leaves a process": (
        "import os, time\n\nif not os.fork():\n    time.sleep(60)\n    os._exit(0)\n",
        {"processes": 2},
        "1: left a process running",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", EXCESSES)
def test_an_excess_ends_a_job_and_its_children(case, tmp_path):
    code, limits, message = EXCESSES[case]
    started = time.monotonic()
    before = {process.pid for process in psutil.process_iter()}
    assert failed(code, limits=Limits(**({"seconds": 20} | limits)), root=str(tmp_path)).startswith(message)
    assert time.monotonic() - started < 10
    new = [p for p in psutil.Process().children(recursive=True) if p.pid not in before and p.status() != "zombie"]
    assert new == []


def test_processes_that_are_allowed_and_end_are_no_excess(tmp_path):
    code = "import subprocess\n\nprint(subprocess.run(['echo', 'x'], capture_output=True, text=True).stdout)\n"
    assert ran(code, limits=Limits(processes=2), root=str(tmp_path)).stdout == "x\n\n"


# Code that opens a file of the site, by whatever name; {root} is the site's folder.
OPENED = {
    "by its path": "open('{root}/secret.txt')",
    "as bytes": "open(b'{root}/secret.txt')",
    "after a change of folder": "import os; os.chdir('{root}'); open('secret.txt')",
    "after a change of folder, as bytes": "import os; os.chdir('{root}'); open(b'secret.txt')",
    "by a detour": "open('{root}/../root/secret.txt')",
    "with pathlib": "import pathlib; pathlib.Path('{root}/secret.txt').read_text()",
    "with os.open": "import os; os.open('{root}/secret.txt', os.O_RDONLY)",
    "through a link": "import os; os.symlink('{root}/secret.txt', 'link'); open('link')",
    "to write": "open('{root}/secret.txt', 'w')",
}


@pytest.mark.parametrize("case", OPENED)
def test_files_of_the_site_are_closed_to_its_snippets(case, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "secret.txt").write_text("x")
    message = "1: PermissionError: a snippet must stand alone, but this one opens secret.txt"
    assert failed(OPENED[case].format(root=root), root=str(root)) == message
    assert (root / "secret.txt").read_text() == "x"


@pytest.mark.parametrize("call", ["os.listdir", "os.scandir"])
def test_folders_of_the_site_are_closed_to_its_snippets(call, tmp_path):
    (tmp_path / "root/sub").mkdir(parents=True)
    code = f"import os; {call}('{tmp_path}/root/sub')"
    assert failed(code, root=str(tmp_path / "root")) == (
        "1: PermissionError: a snippet must stand alone, but this one opens sub"
    )


def test_other_files_are_open(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "root-of-another").mkdir()
    (tmp_path / "root-of-another/x").write_text("x")
    code = f"print(open('{tmp_path}/root-of-another/x').read())\nimport os\nprint(os.listdir('.'))\nimport csv\n"
    assert ran(code, root=str(tmp_path / "root")).stdout == "x\n[]\n"


def test_a_root_that_holds_the_temporary_folder_closes_only_the_rest(tmp_path):
    assert ran("open('x', 'w').close()\nimport os\nos.remove('x')\nprint(1)\n", root="/tmp").stdout == "1\n"


RANDOM = {
    "no seed": ("import random\n\nprint(random.random() < 2)\n", "1: draws random numbers of random without a seed: s"),
    "a seed that comes late": ("import random\n\nrandom.random()\nrandom.seed(0)\n", "1: draws random numbers of rand"),
    "no seed of numpy": (
        "import numpy\n\nnumpy.random.rand()\n",
        "1: draws random numbers of numpy without a seed: seed it with numpy.random.seed first",
    ),
    "seed of another library": ("import random, numpy\n\nrandom.seed(0)\nnumpy.random.rand()\n", "1: draws random num"),
    "a generator of its own": ("import random\n\nrandom.Random(0)\n", "3: PermissionError: random.Random is randomnes"),
    "the system's": ("import random\n\nrandom.SystemRandom()\n", "3: PermissionError: random.SystemRandom is randomne"),
    "the system's bytes": ("import os\n\nos.urandom(3)\n", "3: PermissionError: os.urandom is randomness that a build"),
    "a choice of secrets": ("import secrets\n\nsecrets.choice([1])\n", "3: PermissionError: secrets.choice is"),
    "a number below": ("from secrets import randbelow\n\nrandbelow(2)\n", "3: PermissionError: secrets.randbelow is"),
    "bits of secrets": ("import secrets\n\nsecrets.randbits(2)\n", "3: PermissionError: secrets.randbits is"),
    "a token": ("import secrets\n\nsecrets.token_hex()\n", "3: PermissionError: secrets.token_bytes is"),
    "time as a seed": ("import random\n\nrandom.seed()\n", "3: ValueError: seed needs a whole number as seed"),
    "None as a seed": ("import random\n\nrandom.seed(None)\n", "3: ValueError: seed needs a whole number as seed"),
    "a word as a seed": ("from random import seed\n\nseed('x')\n", "3: ValueError: seed needs a whole number as seed"),
}  # fmt: skip


@pytest.mark.parametrize("case", RANDOM)
def test_randomness_that_no_build_could_repeat_is_refused(case):
    code, message = RANDOM[case]
    setup = replace(SETUP, generators=(*SETUP.generators, NUMPY))
    assert failed(code, setup=setup).startswith(message)


def test_a_generator_that_no_call_seeds():
    setup = Setup(generators=(Generator("random.getstate()"),))
    message = "1: draws random numbers of random without a seed: this site cannot seed it"
    assert failed("import random\n\nrandom.random()\n", setup=setup) == message


def test_seeds_shift_by_whole_strides():
    code = "import random\n\nrandom.seed(5)\nx = random.random()\n"
    first, again, third = (ran(code, expressions=("x",), shift=shift) for shift in (0, 0, 3))
    expected = ran(code.replace("5", "3005"), expressions=("x",))
    assert first.values == again.values != third.values == expected.values and first.seeded and third.seeded
    wider = ran(code, expressions=("x",), shift=3, setup=replace(SETUP, stride=7))
    assert wider.values == ran(code.replace("5", "26"), expressions=("x",)).values


def test_a_script_without_randomness_is_not_seeded():
    assert not ran("import random\nx = 1\n").seeded
    assert ran("import random\nrandom.seed(1)\n").seeded


def test_a_refused_class_is_still_a_class():
    assert ran("import random\nprint(isinstance(random.Random, type))\n").stdout == "True\n"


def test_expressions_are_numbers_over_the_namespace():
    run = ran("x = 2\ny = [1, 2]\n", expressions=("x", "sum(y) / 2", "x > 1"))
    assert run.values == {"x": 2.0, "sum(y) / 2": 1.5, "x > 1": 1.0}


def test_every_failing_expression_is_reported():
    result = launch(job("x = 1\ny = float('inf')\n", expressions=("x", "z", "'word'", "y")))
    assert [(failure.expression, failure.message) for failure in result] == [
        ("z", "cannot evaluate “z”: NameError: name 'z' is not defined"),
        ("'word'", "cannot evaluate “'word'”: ValueError: could not convert string to float: 'word'"),
        ("y", "“y” is inf"),
    ]


def test_a_lab_prints_the_value_of_each_cells_last_expression_and_keeps_its_names():
    run = ran("x = 2\nx\n", "print(x)\nNone\n", "y = x\n", "", echo=True)
    assert [output.stdout for output in run.outputs] == ["2\n", "2\n", "", ""]
    assert ran("x = 2\nx\n").stdout == ""


@pytest.mark.slow
def test_a_lab_fails_at_a_line_of_its_cell():
    assert failed("x = 1\n", "y = 0\nx / y\n", echo=True) == "102: ZeroDivisionError: division by zero"
    assert failed("x = 1\n", "\n\nx = (\n", echo=True).startswith("103: SyntaxError: ")
    assert failed("x = 1\n", "\nimport warnings\nwarnings.warn('w')\n", echo=True).startswith("103: wrote to stderr: ")
    assert failed("x = 1\n", "print(float('nan'))\n", echo=True).startswith("101: printed nan on line 1")
    assert failed("def f():\n    return 1 / 0\n", "f()\n", echo=True) == "101: ZeroDivisionError: division by zero"


PLOT = "import matplotlib.pyplot as plt\n\nplt.plot([0, 1], label='line')\n"


@pytest.mark.slow
def test_drawings_repeat_byte_for_byte_and_belong_to_their_part():
    code = PLOT + "plt.show()\nplt.figure()\nplt.plot([1, 0])\n"
    setup = Setup(style=STYLE)
    first, again = ran(code, "x = 1\n", PLOT, setup=setup), ran(code, "x = 1\n", PLOT, setup=setup)
    assert first.outputs == again.outputs
    assert [len(output.drawings) for output in first.outputs] == [2, 0, 1] and len(first.drawings) == 3
    assert all(drawn.wide.startswith("<?xml") and "<dc:date>" not in drawn.wide for drawn in first.drawings)


@pytest.mark.slow
def test_the_style_reaches_a_drawing_and_without_one_nothing_is_drawn():
    plain = ran(PLOT, setup=Setup(style=STYLE)).drawings[0]
    small = ran(PLOT, setup=Setup(style=(*STYLE, ("figure.figsize", "1, 1")))).drawings[0]
    assert 'viewBox="0 0 72 72"' in small.wide and 'viewBox="0 0 72 72"' not in plain.wide
    assert plain.narrow == "" and ran(PLOT).drawings == ()


@pytest.mark.slow
def test_a_figure_is_drawn_at_each_size_and_a_higher_one_higher():
    setup = Setup(style=(*STYLE, ("figure.figsize", "6, 4")), sizes=((8, 5), (4, 3)))
    code = PLOT + "plt.figure(figsize=(2, 8))\nplt.plot([1, 0])\n"
    boxes = [
        [re.search(r'viewBox="0 0 (\S+ \S+)"', svg)[1] for svg in (drawn.wide, drawn.narrow)]
        for drawn in ran(code, setup=setup).drawings
    ]
    assert boxes == [["576 360", "288 216"], ["576 720", "288 432"]]


@pytest.mark.slow
def test_lines_that_differ_by_colour_alone_fail():
    message = "1: lines differ by colour alone, give them markers or dashes: line, other"
    assert failed(PLOT + "plt.plot([1, 0], label='other')\n") == message
    assert failed(PLOT + "plt.plot([1, 0], label='other')\nplt.show()\n") == message
    assert ran(PLOT + "plt.plot([1, 0], '--', label='other')\n")


def test_only_the_theory_finds_its_modules():
    modules = (("dice_theory", "from dice_theory.more import y\nx = y\n"), ("dice_theory.more", "y = 2\n"))
    assert ran("from dice_theory import *\n", expressions=("x + y",), setup=Setup(modules=modules)).values == {
        "x + y": 4
    }
    assert failed("import dice_theory\n") == "1: ModuleNotFoundError: No module named 'dice_theory'"


def test_jobs_do_not_see_each_other():
    code = "import random\nrandom.leak = getattr(random, 'leak', 0) + 1\nprint(random.leak)\n"
    assert ran(code).stdout == ran(code).stdout == "1\n"


def test_a_job_stands_alone_as_main_in_a_folder_of_its_own():
    code = "import os\nprint(__name__, __file__, os.listdir('.'), os.environ.get('PYTHONPATH'))\n"
    assert ran(code).stdout == "__main__ a/b.py [] None\n"


def test_what_a_job_costs_is_told():
    run = ran("import time\ntime.sleep(0.2)\nx = b'x' * (200 << 20)\n")
    assert 0.2 <= run.seconds < 5 and 200 <= run.peak < 2000


def test_nothing_stays_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran("print(1)\n")
    failed("1 / 0\n")
    assert list(Path(tmp_path).iterdir()) == []
