"""Figures that answer: their numbers against theory/, their draws against torch's, their drawing in Chromium."""

from __future__ import annotations

import gzip
import itertools
import json
import math
import subprocess

import pytest
import torch
from torch.nn import functional as F

import theory
from exhibits.tex import find_node
from tests.conftest import ROOT
from tests.site.conftest import violations
from tests.site.test_browser import LAPTOP, PHONE, watch
from tests.site.test_pages import PAGES

EXPLORABLES = {
    "index.html": "six", "residual/skip.html": "skip", "scale/mean-field.html": "mean", "play.html": "play",
    "scale/batchnorm.html": "batchnorm", "gradients/saturation.html": "saturation",
    "residual/branch-scale.html": "nine",
    "gradients/random-products.html": "random", "gradients/through-time.html": "through",
}  # fmt: skip
PHI = {
    "identity": lambda z: 1 * z, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": F.relu,
    "leaky_relu": F.leaky_relu, "softplus": F.softplus, "selu": F.selu, "gelu": F.gelu, "silu": F.silu,
}  # fmt: skip
PLAIN = {"activation": "relu", "variance": 2.0, "norm": "none", "skip": 0, "alpha": 1.0}
NETWORKS = {
    "sigmoid": PLAIN | {"activation": "sigmoid", "variance": 1.0},
    "default": PLAIN | {"variance": 1 / 3},
    "Kaiming": PLAIN,
    "biases": PLAIN | {"activation": "tanh", "variance": 1.76, "bias": 0.05},
    "BatchNorm": PLAIN | {"norm": "batch"},
    "LayerNorm": PLAIN | {"norm": "layer", "activation": "tanh"},
    "residual": PLAIN | {"skip": 1},
    "scaled skip": PLAIN | {"skip": 0.8, "alpha": 0.5},
    "residual, BatchNorm": PLAIN | {"skip": 1, "norm": "batch"},
    "small batch": PLAIN | {"norm": "batch", "batch": 8},
    "residual, small batch": PLAIN | {"skip": 1, "norm": "batch", "batch": 8, "activation": "tanh"},
    "saturated": PLAIN | {"activation": "tanh", "variance": 16.0},
    "saturated sigmoid": PLAIN | {"activation": "sigmoid", "variance": 64.0, "bias": 1.0},
    "Pre-LN": PLAIN | {"skip": 1, "norm": "layer", "activation": "gelu", "variance": 1.0},
}


def engine(module: str, expression: str, given: object) -> object:
    """Value of an expression over `given` and what a module of explore/ exports, as Node computes it."""
    code = f'import * as m from "./explore/{module}.js"; const given = {json.dumps(given)};'
    code += f"process.stdout.write(JSON.stringify({expression}))"
    command = [find_node(), "--input-type=module", "--eval", code]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def gains(activation, depth, variance, norm, skip, alpha, bias=0.0) -> list[float]:
    """Gains of the squared gradient, layer by layer, by the formulas of theory/."""
    phi = PHI[activation]
    moment = theory.second_moment(phi)
    kept = moment - theory.mean(phi) ** 2 if norm == "batch" else moment
    found, q = [], variance + bias if norm == "none" and not skip else 1.0
    for layer in range(depth):
        if norm == "batch" and not skip:
            found.append(theory.batchnorm_gain(phi) if layer else theory.slope_moment(phi))
        elif norm == "layer" and not skip:
            found.append(theory.slope_moment(phi) / (moment if layer else 1))
        elif norm != "none":
            found.append(theory.residual_gain(variance * theory.slope_moment(phi) / q, alpha, skip))
            q = skip**2 * q + alpha**2 * variance * kept
        elif skip:
            found.append(theory.residual_gain(theory.chi(phi, variance, q), alpha, skip))
            q = skip**2 * q + alpha**2 * variance * theory.second_moment(phi, q)
        else:
            found.append(theory.chi(phi, variance, q))
            q = variance * theory.second_moment(phi, q) + bias
    return found


@pytest.fixture
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def test_lines_are_the_formulas_of_theory_over_a_grid(double):
    grid = itertools.product(PHI, (0.5, 2.0, 4.0), ("none", "batch", "layer"), (0, 1, 0.8))
    names = ("activation", "variance", "norm", "skip")
    cases = [dict(zip(names, case, strict=True)) | {"depth": 6, "alpha": 0.5} for case in grid]
    cases += [NETWORKS["biases"] | {"depth": 6, "variance": variance} for variance in (0.5, 1.0, 4.0)]
    for case, found in zip(cases, engine("theory", "given.map(m.profile)", cases), strict=True):
        expected = gains(**case)
        # The error function of GELU is good to 1e-7, and its square is small where tails count.
        assert found["gains"] == pytest.approx(expected, rel=1e-5), case
        assert len(found["logs"]) == 7 and found["logs"][-1] == 0
        assert found["logs"][0] == pytest.approx(sum(map(math.log10, expected)) / 2, abs=1e-4), case


@pytest.mark.parametrize("variance", [0.5, 1.0, 1.76, 4.0])
@pytest.mark.parametrize("bias", [0.01, 0.05, 1.0])
def test_the_settled_gain_is_that_of_the_fixed_point(variance, bias, double):
    found = engine("theory", "m.settledGain(given)", {"activation": "tanh", "variance": variance, "bias": bias})
    q = theory.fixed_point(torch.tanh, variance, bias)
    assert found == pytest.approx(theory.chi(torch.tanh, variance, q), rel=1e-5)


EDGES = {"tanh": math.atanh(0.9**0.5), "sigmoid": 2 * math.atanh(0.9**0.5)}


@pytest.mark.parametrize("activation", EDGES)
def test_the_edge_is_where_the_slope_is_a_tenth_of_its_peak(activation, double):
    edge = engine("activations", "m.ACTIVATIONS[given].edge", activation)
    slope = theory.slope(PHI[activation])
    assert float(slope(torch.tensor(edge)) / slope(torch.tensor(0.0))) == pytest.approx(0.1, rel=1e-9)


@pytest.mark.parametrize("activation", EDGES)
@pytest.mark.parametrize("variance", [0.25, 1.0, 16.0, 64.0])
@pytest.mark.parametrize("bias", [0.0, 1.0])
def test_pre_activations_and_saturated_units_are_those_of_theory(activation, variance, bias, double):
    network = PLAIN | {"activation": activation, "variance": variance, "bias": bias, "depth": 8}
    expression = "m.profile(given).moments.map(q => [q, m.flatShare(given.activation, q)])"
    q = variance + bias
    for found, share in engine("theory", expression, network):
        assert found == pytest.approx(q, rel=1e-5)
        assert share == pytest.approx(math.erfc(EDGES[activation] / math.sqrt(2 * q)), abs=1e-6)
        q = variance * theory.second_moment(PHI[activation], q) + bias


@pytest.mark.parametrize("variance", [1 / 3, 1.0, 2.0])
@pytest.mark.parametrize("alpha", [0.001, 20**-0.5, 1.0, 9.0])
def test_a_stream_grows_as_theory_says(variance, alpha):
    found = engine(
        "theory", "m.profile(given).moments", PLAIN | {"variance": variance, "skip": 1, "alpha": alpha, "depth": 20}
    )
    for block, moment in enumerate(found):
        assert moment == pytest.approx(theory.stream_growth(variance / 2, alpha, block), rel=1e-6)


def test_small_batches_have_the_gain_of_theory():
    batches = [6, 8, 64]
    assert engine("theory", "given.map(m.linearBatchGain)", batches) == [
        theory.batchnorm_linear_gain(b) for b in batches
    ]


def draws(
    count, depth, width, activation, variance, norm, skip, alpha, bias=0.0, batch=None
) -> dict[str, torch.Tensor]:
    """What `sample` measures, by name, of `count` networks by torch's own gradient."""
    batch, phi = batch or (64 if norm == "batch" else 16), PHI[activation]

    def normalised(z):
        if norm == "none":
            return z
        over = 1 if norm == "batch" else 2
        return (z - z.mean(over, keepdim=True)) / z.std(over, correction=0, keepdim=True)

    start = torch.randn(count, batch, width, requires_grad=True)
    x = start
    for _ in range(depth):
        W = math.sqrt(variance / width) * torch.randn(count, width, width)
        b = math.sqrt(bias) * torch.randn(count, 1, width)
        given = x if skip else x @ W.mT + b
        u = normalised(given)
        x = skip * x + alpha * phi(u) @ W.mT if skip else phi(u)
    v = torch.randn_like(x)
    (gradient,) = torch.autograd.grad(x, start, v)
    x, u, given = x.detach(), u.detach(), given.detach()
    found = {
        "log": torch.log10(gradient.norm(dim=(1, 2)) / v.norm(dim=(1, 2))),
        "given": torch.log10(given.square().mean((1, 2))),
        "end": torch.log10(x.square().mean((1, 2))),
    }
    if activation in EDGES:
        found["flat"] = (u.abs() > EDGES[activation]).double().mean((1, 2))
    return found


@pytest.mark.parametrize("name", NETWORKS)
def test_two_hundred_draws_are_distributed_as_torchs(name, double):
    torch.manual_seed(0)
    network, count = NETWORKS[name] | {"depth": 12, "width": 16}, 200
    expression = (
        f"Array.from({{ length: {count} }}, (_, seed) => m.sample({{ ...given, seed }}))"
        ".map(({ logs, moments, flat }) => ({ log: logs[0], flat: flat.at(-1),"
        " given: Math.log10(moments.at(-2)), end: Math.log10(moments.at(-1)) }))"
    )
    found = engine("network", expression, network)
    for measured, torchs in draws(count, **network).items():
        here = torch.tensor([float(draw[measured]) for draw in found])
        error = math.hypot(here.std(), torchs.std()) / count**0.5
        assert abs(here.mean() - torchs.mean()) <= 4 * error + 1e-12, (measured, here.mean(), torchs.mean())
        # A ratio of two standard deviations of 200 has itself a spread of a tenth; a normalised layer's end has none.
        assert torchs.std() < 1e-12 or 0.7 < here.std() / torchs.std() < 1.4, (measured, here.std(), torchs.std())


def test_equal_seeds_give_equal_networks_and_others_differ():
    network = NETWORKS["Kaiming"] | {"depth": 5, "width": 16}
    first, again, other = engine("network", "[3, 3, 4].map(seed => m.sample({ ...given, seed }))", network)
    assert first == again != other
    assert len(first["logs"]) == 6 and first["logs"][-1] == 0


@pytest.mark.alone
@pytest.mark.parametrize("name", ["Kaiming", "saturated", "residual, BatchNorm"])
def test_a_network_is_drawn_in_a_tenth_of_a_second(name):
    """The best of ten, since this machine may have other work."""
    network = NETWORKS[name] | {"depth": 50, "width": 64}
    expression = (
        "Array.from({ length: 10 }, (_, seed) => {"
        " const start = performance.now(); m.sample({ ...given, seed }); return performance.now() - start })"
    )
    assert min(engine("network", expression, network)) < 100


def test_the_script_is_light_without_eval(site):
    script = (site / "assets/scripts/explore.js").read_bytes()
    assert len(gzip.compress(script)) < 60_000
    assert b"eval(" not in script and b"new Function" not in script and b"import(" not in script


def test_only_pages_with_an_explorable_load_it(site):
    loading = {page for page in PAGES if "scripts/explore.js" in (site / page).read_text("utf-8")}
    assert loading == set(EXPLORABLES)


@pytest.fixture(params=["disk", "server"])
def opened(request, browser, site, address):
    """Opens a page of the site in a fresh context; nothing may go wrong there."""
    own = f"file://{site}" if request.param == "disk" else address
    context = browser.new_context(viewport=LAPTOP, reduced_motion="reduce")
    wrong = watch(context, own)

    def open_page(name: str):
        page = context.new_page()
        page.goto(f"{own}/{name}")
        return page

    yield open_page
    context.close()
    assert not wrong


def approach(page) -> None:
    """An explorable is made when its place comes near the window."""
    page.evaluate(
        """() => document.querySelector('.explorable') || document.querySelectorAll('[data-explore]').forEach(
                   place => (document.getElementById(place.dataset.figure) ?? place).scrollIntoView())"""
    )
    page.locator(".explorable").first.wait_for(state="attached")


def drawn(page) -> list[str]:
    """Places of all points, once every network is drawn."""
    approach(page)
    page.wait_for_function(
        """() => document.querySelector('.explorable-chart .mark') &&
                 ![...document.querySelectorAll('.explorable-key td')].some(cell => cell.textContent === '…')"""
    )
    return page.eval_on_selector_all(".marks .mark", "marks => marks.map(m => m.getAttribute('transform'))")


def own_workers(page) -> list:
    """Workers of the explorables; search has one by an address."""
    return [worker for worker in page.workers if worker.url.startswith("blob:")]


def lines(page) -> list[str]:
    return page.eval_on_selector_all(".explorable-chart .line", "lines => lines.map(l => l.getAttribute('d'))")


def rows(page) -> list[list[str]]:
    """Texts of the key's cells, row by row."""
    return page.eval_on_selector_all(
        ".explorable-key tbody tr", "rows => rows.map(r => [...r.cells].map(c => c.textContent))"
    )


def decades(text: str) -> float:
    """log₁₀ of a number as readers see it."""
    mantissa, _, exponent = text.partition(" × 10")
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return math.log10(float(mantissa)) + float(exponent.translate(digits) or 0)


def slide(page, name: str, value: float) -> None:
    page.locator(f"[name={name}]").evaluate(
        "(input, value) => { input.value = value;"
        " for (const type of ['input', 'change']) input.dispatchEvent(new Event(type)) }",
        value,
    )


@pytest.mark.parametrize("name", EXPLORABLES)
def test_points_come_from_a_worker_and_move_when_drawn_again_while_lines_stay(name, opened):
    page = opened(name)
    points, curves = drawn(page), lines(page)
    assert len(own_workers(page)) == 1
    page.get_by_role("button", name="Draw again").click()
    again = drawn(page)
    assert len(again) == len(points) and again != points
    assert "seed=2" in page.url
    assert lines(page) == curves or name != "index.html"  # elsewhere the axis may follow the points


def test_points_lie_near_their_lines(opened):
    """Each within a factor of ten of its line's 40 decades, at every point drawn."""
    page = opened("index.html")
    drawn(page)
    key = rows(page)
    assert [row[0] for row in key] == [
        "sigmoid, Xavier", "ReLU, default", "ReLU, Kaiming", "ReLU, BatchNorm", "residual", "residual, BatchNorm",
    ]  # fmt: skip
    for _, predicted, measured in key:
        assert abs(decades(predicted) - decades(measured)) < 1


def test_the_address_holds_the_state(opened):
    page = opened("index.html")
    drawn(page)
    assert "#" not in page.url, "a reader who changes nothing keeps the plain address"
    page.get_by_label("residual", exact=True).uncheck()
    slide(page, "depth", 20)
    slide(page, "width", 5)
    page.get_by_role("button", name="Draw again").click()
    points, curves = drawn(page), lines(page)
    assert len(curves) == 5
    other = opened(page.url.rsplit("/", 1)[1])
    assert drawn(other) == points and lines(other) == curves
    assert not other.get_by_label("residual", exact=True).is_checked()
    assert "20 layers with 32 units" in other.get_by_role("status").filter(has_text="Draw").inner_text()


def test_a_link_to_what_is_shown_can_be_copied(opened):
    page = opened("residual/branch-scale.html")
    drawn(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("status").filter(has_text="Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert page.url.endswith("#alpha=0.95&depth=20&weights=He&width=6&seed=1")


def test_where_nothing_can_be_copied_the_address_bar_has_the_link(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(f"file://{site}/residual/branch-scale.html")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("status").filter(has_text="It stands in the address bar.").wait_for()
    assert "#alpha=0.95" in page.url
    context.close()


def test_batchnorm_shows_gains_and_products_for_a_batch(opened):
    page = opened("scale/batchnorm.html#depth=20")
    drawn(page)
    charts = page.locator(".explorable-chart svg")
    assert [chart.locator(".line").count() for chart in charts.all()] == [2, 2]
    plain, skip, exact = rows(page)
    assert decades(plain[1]) == pytest.approx(math.log10(0.5) + 19 * math.log10(math.pi / (math.pi - 1)), abs=0.02)
    assert abs(decades(plain[1]) - decades(plain[2])) < 1 and abs(decades(skip[1]) - decades(skip[2])) < 0.5
    assert 1.35 < float(plain[3]) < 1.55 and exact[1:] == ["", "", ""]
    page.get_by_label("Activation", exact=True).select_option("identity")
    slide(page, "batch", 0)
    drawn(page)
    assert [chart.locator(".line").count() for chart in charts.all()] == [3, 3]
    plain, _, exact = rows(page)
    assert decades(exact[1]) == pytest.approx(20 * math.log10(4 / 3), abs=0.02) and exact[3] == "1.33"
    assert plain[1] == "1" and abs(decades(plain[2]) - decades(exact[1])) < 1.2
    page.get_by_label("no skip", exact=True).uncheck()
    assert [chart.locator(".names text").all_text_contents() for chart in charts.all()] == [["with a skip"]] * 2


def test_saturation_shows_three_quantities_of_one_network(opened):
    page = opened("gradients/saturation.html")
    drawn(page)
    assert [chart.locator(".line").count() for chart in page.locator(".explorable-chart svg").all()] == [1, 1, 1]
    variance, share, gradient = rows(page)
    assert share[1] == "60.7 %" and abs(float(share[2].removesuffix(" %")) - 60.7) < 8
    assert abs(decades(variance[1]) - decades(variance[2])) < 0.2
    assert decades(gradient[1]) > 7 and abs(decades(gradient[1]) - decades(gradient[2])) < 1
    page.get_by_role("button", name="sigmoid, Xavier").click()
    drawn(page)
    _, share, gradient = rows(page)
    assert share[1:] == ["below 0.1 %", "0.0 %"] and decades(gradient[1]) < -20
    assert page.get_by_role("slider", name="Weights").get_attribute("aria-valuetext") == "weight variance 1"


def test_why_not_nine_compares_a_scale_with_one_over_root_l(opened):
    page = opened("residual/branch-scale.html")
    drawn(page)
    stream, gradient, root = rows(page)
    assert stream[1] == gradient[1] == "1.9 × 10³⁸" and root[1] == "2.7"
    assert all(abs(decades(row[1]) - decades(row[2])) < 1.5 for row in (stream, gradient, root))
    caption = page.get_by_role("status").filter(has_text="Draw")
    assert "1 + α²c = 82," in caption.text_content() and "overflow" not in caption.text_content()
    slide(page, "depth", 30)
    caption.filter(has_text="overflow float32").wait_for()
    page.get_by_role("button", name="α = 1", exact=True).click()
    page.get_by_label("Weights").select_option("default")
    drawn(page)
    assert decades(rows(page)[0][1]) == pytest.approx(30 * math.log10(7 / 6), abs=0.02)


def test_a_wrong_address_is_no_error(opened):
    page = opened("play.html#depth=many&activation=nonsense&variance=1e9&seed=-4&b-skip=perhaps")
    drawn(page)
    assert page.locator("[name=activation]").input_value() == "relu"
    assert page.locator("[name=variance]").input_value() == "5"


@pytest.mark.parametrize(
    "broken", ["throw new Error('refused')", "setTimeout(() => this.onerror?.(new Event('error')))"]
)
def test_without_a_worker_the_page_draws_itself(broken, browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(f"globalThis.Worker = class {{ constructor() {{ {broken} }} postMessage() {{}} }}")
    page.goto(f"file://{site}/residual/skip.html")
    assert drawn(page) and not own_workers(page)
    context.close()


@pytest.mark.parametrize("name", EXPLORABLES)
def test_without_script_the_built_figure_stands_there(name, browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{site}/{name}")
    figure = page.locator("[data-explore]").evaluate("place => place.dataset.figure ?? 'scale-phase_diagram'")
    assert page.locator(f"#{figure} figure svg:visible").count() > 0
    assert not page.locator(".explorable").count()
    context.close()


@pytest.mark.parametrize("name", EXPLORABLES)
@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_it_is_accessible_readable_and_fits(name, viewport, browser, site):
    context = browser.new_context(viewport=viewport, color_scheme="dark")
    page = context.new_page()
    page.goto(f"file://{site}/{name}")
    drawn(page)
    for folded in page.locator(".explorable-table > summary, .explorable-built > summary").all():
        folded.click()
    assert violations(page, ".explorable") == []
    for slider in page.locator(".explorable input[type=range]").all():
        said = slider.get_attribute("aria-valuetext")
        assert said and not said.replace(".", "").isdigit(), said
    assert page.get_by_role("img").and_(page.locator(".explorable-chart")).get_attribute("aria-label").count(";") >= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    heights = page.eval_on_selector_all(
        ".explorable-chart text", "texts => texts.map(t => t.getBoundingClientRect().height)"
    )
    assert min(heights) >= 11
    assert page.evaluate("document.querySelector('.explorable').getAnimations({ subtree: true }).length") == 0
    context.close()


# Boxes of the labels beside lines, chart by chart: left, right, top and bottom in their chart, whose size follows.
NAMES = """svgs => svgs.map(svg => [...svg.querySelectorAll('.names text')].map(name => {
    const own = name.getBoundingClientRect(), all = svg.getBoundingClientRect();
    return [own.left - all.left, own.right - all.left, own.top - all.top, own.bottom - all.top, all.width, all.height];
}))"""
CROWDED = ["residual/branch-scale.html#alpha=-2", "scale/batchnorm.html#activation=identity&batch=7"]


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_labels_stay_in_their_chart_and_apart(viewport, browser, site):
    """Where the lines end apart, and where they lie on one another."""
    context = browser.new_context(viewport=viewport)
    page = context.new_page()
    for address in ["residual/branch-scale.html", "scale/batchnorm.html", *CROWDED]:
        page.goto("about:blank")
        page.goto(f"file://{site}/{address}")
        drawn(page)
        page.locator(".explorable-chart").scroll_into_view_if_needed()
        for names in page.eval_on_selector_all(".explorable-chart svg", NAMES):
            assert len(names) >= 2
            for left, right, top, bottom, width, height in names:
                assert 0 <= left < right <= width and 0 <= top < bottom <= height, address
            for one, other in itertools.combinations(names, 2):
                beside = one[1] <= other[0] or other[1] <= one[0]
                assert beside or one[3] <= other[2] + 1 or other[3] <= one[2] + 1, address
    context.close()


def test_keyboard_alone_moves_a_slider(opened):
    page = opened("residual/skip.html")
    drawn(page)
    before = lines(page)
    page.get_by_role("slider", name="Skip λ").focus()
    page.keyboard.press("ArrowRight")
    assert lines(page) != before
    assert page.get_by_role("slider", name="Skip λ").get_attribute("aria-valuetext") == "skip times 0.72"
    page.get_by_role("button", name="λ = α = 1/√2").press("Enter")
    drawn(page)
    assert page.locator(".explorable-key td").first.inner_text() == "1"
    assert "lambda=0.71&alpha=0.71" in page.url


def test_play_compares_two_networks_with_presets_and_a_table(opened):
    page = opened("play.html")
    drawn(page)
    assert len(lines(page)) == 2
    network = page.get_by_role("group", name="Network B")
    network.get_by_label("Preset").select_option("Pre-LN")
    assert network.get_by_label("Activation").input_value() == "gelu"
    assert network.get_by_label("Normalisation").input_value() == "layer"
    network.get_by_label("Activation").select_option("tanh")
    assert network.get_by_label("Preset").input_value() == ""
    page.get_by_text("The same as a table").click()
    drawn(page)
    rows = page.locator(".explorable-table tbody tr")
    assert rows.count() == 51
    assert float(rows.nth(50).locator("td").nth(1).inner_text()) == 1
    assert "…" not in rows.nth(0).inner_text()
    address, points = page.url, drawn(page)
    page.goto("about:blank")
    page.goto(address)
    assert drawn(page) == points
    page.get_by_label("Compare with network B").uncheck()
    assert len(lines(page)) == 1
    assert network.get_by_label("Activation").is_disabled()


def test_play_keeps_the_figure_in_view_on_a_phone(browser, site):
    context = browser.new_context(viewport={"width": 390, "height": 700})
    page = context.new_page()
    page.goto(f"file://{site}/play.html")
    drawn(page)
    page.get_by_role("button", name="Draw again").scroll_into_view_if_needed()
    box = page.locator(".explorable-chart svg").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 700
    context.close()
