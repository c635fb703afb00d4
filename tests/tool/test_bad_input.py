"""Each way to break the tiny site ends in one message with file and line, and leaves the last good site alone."""

from __future__ import annotations

import pytest

from tests.conftest import build
from tests.tool.conftest import FILES, lab, write

PLAIN, FIGURE, INDEX, CLAIMS = (
    "snippets/one/plain.py",
    "snippets/one/figure.py",
    "docs/index.md",
    "snippets/one/claims.toml",
)
LAB = "docs/labs/lab.ipynb"


def replaced(name: str, old: str, new: str) -> dict[str, str]:
    assert old in FILES[name]
    return {name: FILES[name].replace(old, new)}


BROKEN = {
    "raises": ({PLAIN: '"""X."""\n\nx = 1\nraise ValueError("no")\n'}, f"{PLAIN}:4: ValueError: no"),
    "raises in a function": (
        {PLAIN: '"""X."""\n\n\ndef f():\n    return 1 / 0\n\n\nf()\n'},
        f"{PLAIN}:5: ZeroDivisionError: division by zero",
    ),
    "does not parse": ({PLAIN: '"""X."""\n\nx = (\n'}, f"{PLAIN}:3: SyntaxError"),
    "calls exit": ({PLAIN: '"""X."""\nimport sys\n\nsys.exit(0)\n'}, f"{PLAIN}:4: SystemExit: 0"),
    "dies": ({PLAIN: '"""X."""\nimport os\n\nos._exit(3)\n'}, f"{PLAIN}:1: ended without a result (exit code 3)"),
    "hangs": (
        {
            PLAIN: '"""X."""\n\nwhile True:\n    pass\n',
            CLAIMS: FILES[CLAIMS] + "\n[snippet.plain]\ntime_limit = 1\n",
        },
        f"{PLAIN}:1: still running after its time limit of 1 s",
    ),
    "prints NaN": ({PLAIN: '"""X."""\n\nprint("two", float("nan"))\n'}, f"{PLAIN}:1: printed nan on line 1"),
    "prints infinity": ({PLAIN: '"""X."""\n\nprint("two")\nprint(-1e999)\n'}, f"{PLAIN}:1: printed -inf on line 2"),
    "warns": (
        {PLAIN: '"""X."""\nimport warnings\n\nwarnings.warn("careful")\n'},
        f"{PLAIN}:4: wrote to stderr: {PLAIN}:4: UserWarning: careful",
    ),
    "writes to stderr": (
        {PLAIN: '"""X."""\nimport sys\n\nprint("oh", file=sys.stderr)\n'},
        f"{PLAIN}:1: wrote to stderr: oh",
    ),
    "leaves a file": (
        {PLAIN: '"""X."""\nimport pathlib\n\npathlib.Path("left.txt").write_text("x")\n'},
        f"{PLAIN}:1: left files behind: left.txt",
    ),
    "reads the project": (
        {PLAIN: f'"""X."""\n\nopen("{{ROOT}}/{FIGURE}")\n'},
        f"{PLAIN}:3: PermissionError: a snippet must stand alone, but this one opens {FIGURE}",
    ),
    "uses the network": (
        {PLAIN: '"""X."""\nimport socket\n\nsocket.create_connection(("127.0.0.1", 9))\n'},
        f"{PLAIN}:4: PermissionError: a snippet must not use the network",
    ),
    "hides a standard module": (
        {"snippets/one/profile.py": '"""X."""\n', INDEX: FILES[INDEX] + "\n/// exhibit | one/profile\n///\n"},
        "snippets/one/profile.py:1: hides the standard library's module profile",
    ),
    "draws nothing": (
        replaced(FIGURE, 'plt.plot([0, 1], label="line")\nplt.legend()\nplt.show()\n', ""),
        f"{INDEX}:5: one/figure draws no figure to go with the alternative text",
    ),
    "has no page": ({"snippets/one/orphan.py": '"""X."""\n'}, "snippets/one/orphan.py:1: no page shows this snippet"),
    "output without a snippet": ({"snippets/one/gone.out": "x\n"}, "snippets/one/gone.out:1: expected output without"),
    "output changed": (
        {PLAIN: '"""X."""\n\nprint("two", 2.5)\n'},
        "snippets/one/plain.out:1: output of one/plain changed",
    ),
    "output never accepted": (
        {
            "snippets/one/new.py": '"""X."""\n\nprint(1)\n',
            INDEX: FILES[INDEX] + "\n/// exhibit | one/new\n///\n",
        },
        "snippets/one/new.out:1: no expected output yet",
    ),
    "unknown snippet": (replaced(INDEX, "one/plain", "one/plane"), f"{INDEX}:11: no snippet named one/plane"),
    "unknown claim": (replaced(INDEX, "{{ answer }}", "{{ anser }}"), f"{INDEX}:3: no claim named anser"),
    "bad number format": (replaced(INDEX, "theory:.2f", "theory:.2q"), f"{INDEX}:8: "),
    "same snippet twice": (
        {INDEX: FILES[INDEX] + "\n/// exhibit | one/plain\n///\n"},
        f"{INDEX}:14: one/plain is already shown on this page",
    ),
    "no alternative text": (
        replaced(INDEX, "    alt: A straight line from zero to one.\n", ""),
        f"{INDEX}:5: one/figure draws 1 figure(s) but has 0 alternative text(s)",
    ),
    "options that are no YAML": (
        replaced(INDEX, "line from zero", "line: from zero"),
        f"{INDEX}:5: exhibit not understood",
    ),
    "code on no page": (
        replaced(INDEX, "/// exhibit | one/plain\n", "/// exhibit | one/plain\n    show: figure\n"),
        f"{INDEX}:11: no page shows the code of one/plain",
    ),
    "formula does not parse": (replaced(INDEX, "$\\E[x] = 1$", "$\\frac{1$"), f"{INDEX}:3: formula does not parse"),
    "dead link": (replaced(INDEX, "# Tiny\n", "# Tiny\n\n[x](nowhere.md)\n"), "contains a link 'nowhere.md'"),
    "dead anchor": (replaced(INDEX, "# Tiny\n", "# Tiny\n\n[x](#nowhere)\n"), "contains a link '#nowhere'"),
    "page outside the navigation": ({"docs/lost.md": "# Lost\n"}, "lost.md"),
    "lines that differ by colour alone": (
        replaced(
            FIGURE, 'plt.plot([0, 1], label="line")\n', 'plt.plot([0, 1], label="a")\nplt.plot([1, 0], label="b")\n'
        ),
        f"{FIGURE}:1: lines differ by colour alone, give them markers or dashes: a, b",
    ),
    "lab that is no JSON": ({LAB: lab("print(1)").replace('"cells": [', '"cells": [,')}, f"{LAB}:2: no JSON: "),
    "lab that is no notebook": (
        {LAB: lab("print(1)").replace('"outputs": [],', "")},
        f"{LAB}:1: no valid notebook: 'outputs' is a required property",
    ),
    "lab without ids": (
        {
            LAB: lab("print(1)")
            .replace('"id": "cell-0",', "")
            .replace('"id": "cell-1",', "")
            .replace('_minor": 5', '_minor": 4')
        },
        f"{LAB}:1: needs cells with ids",
    ),
    "lab fails": (
        {LAB: lab("one = 1", "zero = 0\none / zero")},
        f"{LAB}:31: cell 2, line 2: ZeroDivisionError: division by zero",
    ),
    "lab hangs": (
        {LAB: lab("while True:\n    pass").replace('"time_limit": 20', '"time_limit": 2')},
        f"{LAB}:15: A cell timed out while it was being executed, after 2 seconds.",
    ),
    "lab dies": ({LAB: lab("import os\nos._exit(1)")}, f"{LAB}:5: Kernel died"),
    "lab stored with its results": (
        {LAB: lab("print(1)").replace('"execution_count": null', '"execution_count": 1')},
        f"{LAB}:15: stored with its outputs",
    ),
    "lab whose solution checks nothing": (
        {LAB: lab("print(1)", tags=["solution"])},
        f"{LAB}:15: a solution without assert tests nothing",
    ),
    "lab figure without alternative text": (
        {LAB: lab("import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()")},
        f"{LAB}:15: draws a figure: say what it shows",
    ),
    "lab prints NaN": ({LAB: lab('print(float("nan"))')}, f"{LAB}:15: printed nan"),
    "lab warns": (
        {LAB: lab('import warnings\nwarnings.warn("careful")')},
        f"{LAB}:15: wrote application/vnd.jupyter.stderr",
    ),
    "lab formula does not parse": (
        {LAB: lab("print(1)").replace("$x^2$", "$x^{$")},
        f"{LAB}:10: formula does not parse",
    ),
    "lab imports the project": ({LAB: lab("import exhibits")}, f"{LAB}:20: cell 1, line 1: ModuleNotFoundError"),
    "paper that no page cites": (
        replaced("docs/reference/papers.md", "# Papers\n", "# Papers\n\nAmpère 1820 { #ampere-1820 }\n:   Mémoire.\n"),
        "docs/reference/papers.md:3: no page cites this paper",
    ),
    "formula in a tooltip": (
        replaced("docs/reference/glossary.md", "What a question", "What a $q$"),
        "docs/reference/glossary.md:3: the first sentence of a definition is a tooltip",
    ),
    "claim fails": (replaced(CLAIMS, 'theory = "1"', 'theory = "2"'), f"{CLAIMS}:3: claim answer fails: measured"),
    "claim with a lazy tolerance": (
        replaced(CLAIMS, "rel_tol = 0.005", "rel_tol = 0.5"),
        f"{CLAIMS}:3: claim answer has a tolerance of 0.5",
    ),
    "claim without its snippet": (
        replaced(CLAIMS, 'snippet = "figure"', 'snippet = "figur"'),
        f"{CLAIMS}:3: claim answer names a snippet that does not exist: one/figur",
    ),
    "claim on an unknown variable": (
        replaced(CLAIMS, 'measured = "answer"', 'measured = "anser"'),
        f"{FIGURE}:1: cannot evaluate “anser”: NameError",
    ),
    "claim with an unknown formula": (
        replaced(CLAIMS, 'theory = "1"', 'theory = "chii(1)"'),
        f"{CLAIMS}:3: claim answer: cannot evaluate “chii(1)”: NameError",
    ),
    "claim without a source": (
        replaced(CLAIMS, 'source = "arithmetic"', ""),
        f"{CLAIMS}:3: claim answer needs a source",
    ),
    "claim with a misspelt key": (
        replaced(CLAIMS, "rel_tol", "reltol"),
        f"{CLAIMS}:3: claim answer has unknown keys reltol",
    ),
    "claim defined twice": (
        {CLAIMS: FILES[CLAIMS] + FILES[CLAIMS]},
        f"{CLAIMS}:3: claim answer is defined twice",
    ),
    "claims that are no TOML": ({CLAIMS: FILES[CLAIMS] + "\nid = \n"}, f"{CLAIMS}:11: "),
}


@pytest.mark.parametrize("case", BROKEN)
def test_one_clear_message_and_nothing_published(case, tiny):
    files, message = BROKEN[case]
    before = {path: path.read_bytes() for path in (tiny / "site").rglob("*") if path.is_file()}
    write(tiny, {name: text.replace("{ROOT}", str(tiny)) for name, text in files.items()})
    result = build(tiny)
    assert result.returncode != 0
    lines = [line for line in result.stdout.splitlines() if message in line]
    assert len(lines) == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert "nothing published" in result.stderr
    after = {path: path.read_bytes() for path in (tiny / "site").rglob("*") if path.is_file()}
    assert after == before


def test_declared_exceptions_pass(tiny):
    write(
        tiny,
        {
            PLAIN: '"""X."""\nimport sys\n\nprint(float("nan"))\nprint("oh", file=sys.stderr)\n',
            "snippets/one/plain.out": "nan\n",
            CLAIMS: FILES[CLAIMS] + '\n[snippet.plain]\nallow = ["nan", "stderr"]\n',
        },
    )
    result = build(tiny)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_problem_is_reported_at_once(tiny):
    write(tiny, {PLAIN: '"""X."""\n\n1 / 0\n', FIGURE: '"""X."""\n\nundefined\n'})
    result = build(tiny)
    assert f"{PLAIN}:3: ZeroDivisionError" in result.stdout
    assert f"{FIGURE}:3: NameError" in result.stdout
    assert "2 problem(s), nothing published" in result.stderr
