"""Random products and recurrent cells of the explorables: lines against theory/, draws against torch's."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import pytest
import torch

import theory
from tests.site.test_browser import PHONE
from tests.site.test_explorables import double, drawn, engine, lines, slide  # noqa: F401  (double is a fixture)

COUNT = 200
PRODUCTS = {
    "narrow": {"kind": "linear", "width": 2, "gain": 1.0, "depth": 12},
    "wide": {"kind": "linear", "width": 32, "gain": 1.2, "depth": 30},
    "ReLU": {"kind": "relu", "width": 16, "gain": 0.9, "depth": 20},
    "dying ReLU": {"kind": "relu", "width": 4, "gain": 1.0, "depth": 6},
}
CELLS = {
    "lstm": {"cell": "lstm", "bias": 1.0, "variance": 1 / 3, "width": 16, "steps": 20},
    "lstm, open": {"cell": "lstm", "bias": 4.0, "variance": 1.0, "width": 8, "steps": 30},
    "gru": {"cell": "gru", "bias": 0.0, "variance": 2.0, "width": 16, "steps": 20},
    "rnn": {"cell": "rnn", "bias": 0.0, "variance": 1.0, "width": 16, "steps": 20},
}


@pytest.mark.parametrize("kind", ["linear", "relu"])
def test_typical_norms_are_those_of_theory(kind):
    grid = [{"kind": kind, "width": n, "gain": gain} for n in (1, 2, 4, 7, 16, 128) for gain in (0.5, 1.0, 2.5)]
    for given, found in zip(grid, engine("products", "given.map(m.typical)", grid), strict=True):
        width, gain = given["width"], given["gain"]
        if kind == "relu":
            mean, variance = theory.relu_lyapunov(width, 2 * gain)
        else:
            mean, variance = theory.lyapunov_exponent(width, gain), theory.lyapunov_variance(width)
        assert found["mean"] == pytest.approx(2 * mean, abs=1e-9), "of the squared norm"
        assert found["variance"] == pytest.approx(4 * variance, rel=1e-9)
        assert found["dead"] == (2**-width if kind == "relu" else 0)


def test_memory_of_cells_is_that_of_theory():
    grid = [
        {"cell": cell, "bias": bias, "variance": variance}
        for cell, bias, variance in itertools.product(("lstm", "gru", "rnn"), (-1, 0, 2.5, 8), (0.01, 1 / 3, 2))
    ]
    found = engine("cells", "given.map(cell => m.memory(...m.linearised(cell), 200))", grid)
    for given, logs in zip(grid, found, strict=True):
        for steps in (0, 1, 7, 60, 200):
            expected = theory.recurrent_memory(given["cell"], given["bias"], given["variance"], steps)
            if expected > 1e-250:
                assert logs[steps] == pytest.approx(math.log10(expected) / 2, abs=1e-9)
    alone = engine("cells", "m.memory(given, 0, 50)", 0.7)
    assert alone == pytest.approx([step * math.log10(0.7) for step in range(51)])


def products(kind, width, gain, depth) -> torch.Tensor:
    """log₁₀ of the squared norm at the end of COUNT networks with real matrices."""
    x = torch.ones(COUNT, width) / math.sqrt(width)
    relu = kind == "relu"
    for _ in range(depth):
        W = math.sqrt((2 if relu else 1) * gain / width) * torch.randn(COUNT, width, width)
        x = (W @ x[..., None])[..., 0]
        x = x.clamp(min=0) if relu else x
    return x.square().sum(1).log10()


def cells(cell, bias, variance, width, steps) -> Iterator[tuple[torch.nn.Module, torch.Tensor, torch.Tensor, list]]:
    """torch's cells: each with its inputs, the gradient sent back, and gradients at all states, the last first."""
    kind = {"lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell, "rnn": torch.nn.RNNCell}[cell]
    while True:
        made = kind(1, width)
        with torch.no_grad():
            for parameter in made.parameters():
                parameter.normal_(std=math.sqrt(variance / width)) if parameter.ndim == 2 else parameter.zero_()
            if cell != "rnn":
                made.bias_ih[width : 2 * width] = bias
        x = 0.1 * torch.randn(steps + 1, 2, 1)
        x[0] = torch.randint(0, 2, (2, 1)) * 2.0 - 1
        state, states = None, []
        for given in x:
            state = made(given, state)
            states.append(state[1] if cell == "lstm" else state)
        v = torch.randn(2, width)
        yield made, x, v, list(reversed(torch.autograd.grad(states[-1], states, v)))


def same_distribution(here: torch.Tensor, torchs: torch.Tensor) -> None:
    """Mean and spread of two samples agree as far as their sizes tell."""
    error = math.hypot(here.std() / len(here) ** 0.5, torchs.std() / len(torchs) ** 0.5)
    assert abs(here.mean() - torchs.mean()) < 4 * error, (here.mean(), torchs.mean())
    assert 0.7 < here.std() / torchs.std() < 1.4


@pytest.mark.parametrize("name", PRODUCTS)
def test_products_are_distributed_as_those_of_real_matrices(name):
    torch.manual_seed(0)
    given = PRODUCTS[name]
    found = engine("products", f"m.products({{ ...given, count: {COUNT}, seed: 1 }}).map(logs => logs.at(-1))", given)
    here = torch.tensor([value for value in found if value is not None])  # JSON has null for -Infinity
    torchs = products(**given)
    dead = int((~torchs.isfinite()).sum())
    assert abs((COUNT - len(here)) - dead) <= 4 * math.sqrt(2 * dead + 1e-9)
    same_distribution(here, torchs[torchs.isfinite()])


@pytest.mark.parametrize("name", CELLS)
def test_cells_are_distributed_as_torchs(name):
    torch.manual_seed(0)
    given = CELLS[name]
    found = engine("cells", f"m.cells({{ ...given, count: {COUNT}, seed: 1 }}).map(logs => logs.at(-1))", given)
    torchs = [torch.log10(g[-1].norm() / v.norm()) for _, _, v, g in itertools.islice(cells(**given), COUNT)]
    same_distribution(torch.tensor(found), torch.stack(torchs))


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_cells_gradients_are_torchs(cell):
    """With large weights, so that no term of the chain rule is small."""
    torch.manual_seed(0)
    made, x, v, gradients = next(cells(cell, 0.5, 9.0, 8, 6))
    gates = len(made.weight_ih) // 8
    given = {
        "cell": cell, "bias": 0.5, "inputs": x[..., 0].tolist(), "last": v.flatten().tolist(),
        "U": made.weight_hh.view(gates, 64).tolist(), "W": made.weight_ih.view(gates, 8).tolist(),
    }  # fmt: skip
    expected = [float(torch.log10(g.norm() / v.norm())) for g in gradients]
    assert engine("cells", "m.pulled(given)", given) == pytest.approx(expected, abs=1e-9)


@pytest.mark.alone
def test_usual_settings_are_drawn_in_a_tenth_of_a_second():
    """Processor time, as this machine may have other work; in the page a worker draws one kind after the other."""
    cell = {"bias": 1, "variance": 1 / 3, "width": 32, "steps": 60, "count": 8}
    given = {"products": {"kind": "linear", "width": 4, "gain": 1, "depth": 100, "count": 200}, "cell": cell}
    expression = """await (async () => {
      const { products } = await import("./explore/products.js");
      const took = draw => Math.min(...Array.from({ length: 10 }, (_, seed) => {
        const start = process.cpuUsage(); draw(seed);
        const { user, system } = process.cpuUsage(start); return (user + system) / 1000 }));
      return [took(seed => products({ ...given.products, seed })),
              took(seed => ["lstm", "gru", "rnn"].forEach(cell => m.cells({ ...given.cell, cell, seed })))];
    })()"""
    assert max(engine("cells", expression, given)) < 100


def number(text: str) -> float:
    """log₁₀ of what the key says."""
    mantissa, _, exponent = text.partition(" × 10")
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return math.log10(float(mantissa)) + float(exponent.translate(digits) or 0)


def key(page) -> dict[str, list[str]]:
    rows = page.eval_on_selector_all(
        ".explorable-key tbody tr", "rows => rows.map(r => [...r.cells].map(c => c.textContent))"
    )
    return {name: cells for name, *cells in rows}


def test_the_mean_of_narrow_products_is_carried_by_few(browser, site):
    page = browser.new_page()
    page.goto(f"file://{site}/gradients/random-products.html")
    drawn(page)
    shown = key(page)
    assert shown["mean"][0] == "1" and number(shown["mean"][1]) < -1
    assert abs(number(shown["typical"][1]) - number(shown["typical"][0])) < 1.2
    assert page.locator(".explorable-chart .dots path").get_attribute("d").count("M") > 1500
    page.get_by_role("button", name="Keep the typical").click()
    assert page.get_by_role("slider", name="Gain").input_value() == "1.31"
    drawn(page)
    assert abs(number(key(page)["typical"][0])) < 0.2 and number(key(page)["mean"][0]) > 10
    slide(page, "width", 7)
    page.get_by_role("button", name="Keep the mean").click()
    drawn(page)
    shown = key(page)
    assert abs(number(shown["mean"][1])) < 0.2, "wide networks have their mean"
    page.get_by_label("Layers", exact=True).select_option("relu")
    slide(page, "width", 1)
    drawn(page)
    assert key(page)["typical"][1] == "none left"
    page.close()


def test_a_slider_stays_where_the_finger_is(browser, site):
    """On a phone, while the words below the controls become more."""
    page = browser.new_page(viewport=PHONE)
    page.goto(f"file://{site}/gradients/random-products.html#kind=relu&width=7")
    drawn(page)
    slider, caption = page.get_by_role("slider", name="Width"), page.locator(".explorable-caption")
    slider.focus()
    place, height = slider.bounding_box(), caption.bounding_box()["height"]
    slider.press("Home")
    page.wait_for_function(
        "() => document.querySelector('.explorable-caption').textContent.includes('units of a layer')"
    )
    assert caption.bounding_box()["height"] > height
    assert slider.bounding_box() == place
    page.close()


def test_open_gates_keep_a_gradient_and_other_weights_add_to_it(browser, site):
    page = browser.new_page()
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(f"file://{site}/gradients/through-time.html")
    drawn(page)
    shown = {name: [number(value) for value in cells if value != "exact"] for name, cells in key(page).items()}
    gate = shown.popitem()[1][0]
    assert shown["LSTM"][0] > shown["GRU"][0] > gate > shown["tanh RNN"][0]
    assert abs(shown["LSTM"][1] - shown["LSTM"][0]) < 1 and abs(shown["GRU"][1] - shown["GRU"][0]) < 0.5
    page.get_by_role("button", name="b = ln T").press("Enter")
    assert page.get_by_role("slider", name="Forget bias").get_attribute("aria-valuetext") == "forget bias 4.1"
    page.get_by_role("button", name="Other weights 0").press("Enter")
    drawn(page)
    shown = key(page)
    assert shown["LSTM"] == shown["GRU"] == [shown["the gate alone, σ(b)T"][0]] * 2
    assert shown["tanh RNN"] == ["0", "0"]
    page.get_by_label("tanh RNN", exact=True).uncheck()
    assert len(lines(page)) == 3
    assert not wrong
    page.close()
