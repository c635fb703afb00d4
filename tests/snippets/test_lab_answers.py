"""The labs, cell by cell as plain scripts: untouched, answered, answered wrongly, with solutions skipped."""

from __future__ import annotations

import ast
import contextlib
import io
import json

import matplotlib
import pytest
import torch

from tests.conftest import ROOT

LABS = sorted(path.stem for path in (ROOT / "docs/labs").glob("*.ipynb"))
SHORT = {
    "steps=300": "steps=12",
    "steps=80": "steps=3",
    "updates=150": "updates=1",
    "width=300, batch=300": "width=50, batch=50",
}  # training is not what is tested here
OUTCOMES = {  # of the whole training, by the name that the notebook gives them
    "scores": {"RNN": [0.5], "orthogonal RNN": [1.0], "LSTM, bias 0": [0.5], "LSTM, bias 5": [1.0]},
    "finals": {"no repair": [2.3], "skip": [0.1], "rate ÷ 10": [1.6], "ε = 1e-16": [2.3], "weights × 3": [1.8],
               "warm-up": [1.9]},
}  # fmt: skip
RIGHT = {
    "repair": """
factor_per_layer = (1 / 6) ** 0.5
powers_of_ten = 19 * math.log10(factor_per_layer)
def initialise(network):
    for layer in network:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return network
growth_20 = (math.pi / (math.pi - 1)) ** 9.5
growth_100 = (math.pi / (math.pi - 1)) ** 49.5
alpha = depth ** -0.5
healed_by_selu_alone = False
""",
    "explosion": """
def gain(phi):
    return mean(slope(phi) ** 2) / (mean(phi(xi) ** 2) - mean(phi(xi)) ** 2)
by_hand = math.pi / (math.pi - 1)
ratio_of_norms = by_hand ** 14.5
order = ["sigmoid", "tanh", "leaky ReLU", "GELU", "ReLU"]
ratio_10_to_100 = 29.3
""",
    "remember": """
factor_once = 3 ** -0.5
factor_per_step = torch.linalg.eigvals(W).abs().max()
powers_of_ten = 99 * math.log10(factor_per_step)
def orthogonal_rnn():
    network = nn.RNN(1, hidden, bias=True)
    nn.init.orthogonal_(network.weight_hh_l0)
    nn.init.zeros_(network.bias_ih_l0)
    nn.init.zeros_(network.bias_hh_l0)
    return network
bias = 4.968
will_remember = ["LSTM, bias 5", "orthogonal RNN"]
estimate = 3.6
""",
    "transformer": """
times_smaller = 1e3
powers_after_three = 27
no_gradient = ["key", "query"]
share = g / (g + 1e-8)
share_small = 1
below_one = 1
""",
}
# Usual mistakes, and a word of what each is told.
WRONG = {
    "repair": [
        ("factor_per_layer = 1 / 6", "squared"),
        ("factor_per_layer = 'a lot'", "ValueError"),
        ("factor_per_layer = 12", "too large"),
        ("powers_of_ten = 7.39", "negative"),
        ("def initialise(network):\n    return network", "bias"),
        ("def initialise(network):\n    return network.nonsense()", "AttributeError"),
        ("growth_20 = 1449", "squared"),
        ("growth_100 = -1", "too small"),
        ("alpha = 1 / 20", "1/L"),
        ("healed_by_selu_alone = True", "not right"),
    ],
    "explosion": [
        ("def gain(phi):\n    return mean(slope(phi) ** 2)", "numerator"),
        ("def gain(phi):\n    return 1 / 0", "ZeroDivisionError"),
        ("by_hand = 1.0", "mean"),
        ("ratio_of_norms = 66970", "squared"),
        ("order = ['ReLU', 'GELU', 'leaky ReLU', 'tanh', 'sigmoid']", "1 of the five"),
        ("order = ['ReLU']", "each of the five"),
        ("order = 7", "TypeError"),
        ("ratio_10_to_100 = 14.67", "10 χ"),
    ],
    "remember": [
        ("factor_once = 1 / 3", "squared"),
        ("factor_per_step = 0.577", "fresh"),
        ("powers_of_ten = float('nan')", "not right"),
        ("def orthogonal_rnn():\n    return nn.RNN(1, hidden)", "bias"),
        ("bias = -4.968", "sign"),
        ("will_remember = ['RNN']", "of the four"),
        ("will_remember = ['GRU']", "names are"),
        ("estimate = 5.0", "geometric"),
    ],
    "transformer": [
        ("times_smaller = 10", "multiplied"),
        ("times_smaller = 100", "each bring"),
        ("powers_after_three = 9", "not 10"),
        ("powers_after_three = 1e27", "too large"),
        ("no_gradient = ['value']", "0 of the three"),
        ("no_gradient = ['query', 'key', 'value']", "2 of the three"),
        ("no_gradient = ['softmax']", "names are"),
        ("share = 1", "far above"),
        ("share = g", "divides"),
        ("share_small = g / 1e-16", "at most 1"),
        ("below_one = 5", "not below guessing"),
        ("below_one = 0", "not below guessing"),
        ("below_one = -1", "too small"),
    ],
}


def cells(name):
    notebook = json.loads((ROOT / f"docs/labs/{name}.ipynb").read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [("".join(cell["source"]), (cell["metadata"].get("tags") or [""])[0]) for cell in code]


def defines(code: str) -> set[str]:
    tree = list(ast.walk(ast.parse(code)))
    stored = {n.id for n in tree if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {n.name for n in tree if isinstance(n, ast.FunctionDef)}


def run(name, answers="", skip=(), only=None):
    """Names of the notebook and what its check cells printed, after answers were put into the exercises."""
    scope: dict = {"__name__": "__main__"}
    given = [(defines(ast.unparse(node)), ast.unparse(node)) for node in ast.parse(answers).body]
    told = ""
    matplotlib.use("agg")
    for code, tag in cells(name):
        for long, short in SHORT.items():
            code = code.replace(long, short)
        if tag in skip:
            continue
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(code, f"{name} {tag}", "exec"), scope)
            if tag == "exercise":
                for names, answer in given:
                    if names & defines(code):
                        exec(answer, scope)
        for outcome, expected in OUTCOMES.items():
            if f"{outcome}[name] =" in code:
                scope[outcome] = {key: len(scope[outcome][key]) * values for key, values in expected.items()}
        if tag == "check":
            told += printed.getvalue()
    matplotlib.pyplot.close("all")
    return scope, told


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_default_dtype(dtype)
    torch.set_num_threads(threads)


def lines(told: str) -> list[str]:
    return [line for line in told.splitlines() if line]


@pytest.mark.parametrize("name", LABS)
def test_untouched_exercises_break_nothing(name):
    scope, told = run(name)
    assert len(lines(told)) >= 5 and all(line.endswith(": not answered yet") for line in lines(told))
    assert not scope["passed"]


@pytest.mark.parametrize("name", LABS)
def test_right_answers_need_no_solutions(name):
    scope, told = run(name, RIGHT[name], skip=("solution",))
    assert all(line.endswith(": right") for line in lines(told)), told
    assert not any(key.startswith("solution_") for key in scope)


@pytest.mark.parametrize("name", LABS)
def test_solutions_overwrite_no_answer(name):
    scope, _ = run(name, RIGHT[name])
    for node in ast.parse(RIGHT[name]).body:
        for answer in defines(ast.unparse(node)) & scope["passed"]:
            mine = scope[answer]
            assert scope["yours"](answer) is mine
    for code, tag in cells(name):
        if tag == "solution":
            exercises = set().union(*(defines(c) for c, t in cells(name) if t == "exercise"))
            assert "assert" in code and not defines(code) & (exercises - {"layer", "network"})


@pytest.mark.parametrize("name", LABS)
def test_mistakes_are_named_and_stop_nothing(name):
    rounds: list[list[tuple[str, str]]] = []
    for answer, word in WRONG[name]:  # a round holds one answer for each exercise
        for taken in rounds:
            if not any(defines(answer) & defines(other) for other, _ in taken):
                taken.append((answer, word))
                break
        else:
            rounds.append([(answer, word)])
    for taken in rounds:
        scope, told = run(name, "\n".join(answer for answer, _ in taken))
        for answer, word in taken:
            key = next(iter(defines(answer) - {"network"}))
            line = next(line for line in lines(told) if line.startswith(key))
            assert word in line and not line.endswith("right"), line
            assert key not in scope["passed"] and scope["yours"](key) is scope[f"solution_{key}"]


def test_the_tool_in_the_lab_is_that_of_its_page():
    snippet = (ROOT / "snippets/practice/diagnose.py").read_text("utf-8")
    (tool,) = [code for code, tag in cells("transformer") if tag == "folded"]
    assert tool.rstrip() == snippet.split("# %% Demonstration")[0].rstrip()


@pytest.mark.parametrize("name", LABS)
def test_form(name):
    notebook = json.loads((ROOT / f"docs/labs/{name}.ipynb").read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5) and notebook["metadata"]["description"]
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    kinds = [tag for _, tag in cells(name) if tag not in ("", "folded")]
    assert kinds == ["exercise", "check", "solution"] * (len(kinds) // 3) and len(kinds) >= 12
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            assert not cell["outputs"] and cell["execution_count"] is None
            assert all(len(line) <= 80 for line in text.splitlines()), cell["id"]
            assert bool(cell["metadata"].get("alt")) == ("plt.show()" in text)
        else:
            assert ".html" not in text and "](/" not in text and "://" not in text
