"""The copy-paste tool of the page “Diagnose your network”, on all kinds of modules."""

from __future__ import annotations

import time

import pytest
import torch
from torch import nn

from tests.conftest import ROOT

SOURCE = (ROOT / "snippets/practice/diagnose.py").read_text("utf-8").split("\n\n\ndef chain")[0]


@pytest.fixture(scope="module")
def diagnose():
    """What the page tells readers to copy, run as they would."""
    namespace: dict = {}
    exec(compile(SOURCE.replace("import matplotlib.pyplot as plt\n", ""), "diagnose.py", "exec"), namespace)
    return namespace["diagnose"]


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def by_name(rows) -> dict:
    return {row["layer"]: row for row in rows}


def hooks_of(model) -> int:
    return sum(len(m._forward_hooks) + len(m._backward_hooks) for m in model.modules())


def test_it_is_short():
    body = SOURCE.split('"""', 2)[2]
    assert len([line for line in body.splitlines() if line.strip()]) < 60


def test_multilayer_perceptron_against_autograd(diagnose):
    model, x = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4)), torch.randn(32, 8)
    rows = by_name(diagnose(model, lambda: model(x).square().mean(), learning_rate=0.5))
    assert list(rows) == ["0", "1", "2"]
    assert all(p.grad is None for p in model.parameters()) and hooks_of(model) == 0
    model(x).square().mean().backward()
    weight = model[0].weight
    assert rows["0"]["update"] == pytest.approx(0.5 * (weight.grad.norm() / weight.norm()).item(), rel=1e-5)
    hidden = model[0](x).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(model[1:](hidden).square().mean(), hidden)
    assert rows["0"]["gradient"] == pytest.approx(float(gradient.norm()), rel=1e-5)
    assert rows["1"]["std"] == pytest.approx(torch.tanh(hidden).std().item(), rel=1e-5)
    assert rows["1"]["flat"] == pytest.approx(float((torch.tanh(hidden).abs() > 0.95).float().mean()))


def test_gradients_that_were_there_stay(diagnose):
    model, x = nn.Linear(3, 1), torch.randn(5, 3)
    model(x).sum().backward()
    before = model.weight.grad.clone()
    diagnose(model, lambda: model(x).square().sum())
    assert torch.equal(model.weight.grad, before)


def test_convolutions_with_in_place_activations(diagnose):
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.ReLU(inplace=True),
        nn.Conv2d(4, 4, 3),
        nn.ReLU(inplace=True),
        nn.Flatten(),
        nn.Linear(64, 2),
    )
    rows = by_name(diagnose(model, lambda: model(torch.randn(8, 1, 8, 8)).square().mean()))
    assert all(rows[name]["gradient"] > 0 for name in ("0", "1", "2", "3", "5"))
    assert rows["0"]["mean"] < rows["1"]["mean"], "the convolution's output is seen before ReLU overwrites it"


def test_dead_units_are_counted(diagnose):
    model = nn.Sequential(nn.Linear(4, 10), nn.ReLU())
    nn.init.constant_(model[0].bias[:7], -100.0)
    rows = by_name(diagnose(model, lambda: model(torch.randn(64, 4)).sum()))
    assert rows["1"]["flat"] == pytest.approx(0.7)


def test_lstm_returns_tuples(diagnose):
    lstm, head = nn.LSTM(3, 5, num_layers=2), nn.Linear(5, 1)
    model = nn.ModuleDict({"lstm": lstm, "head": head})
    rows = by_name(diagnose(model, lambda: head(lstm(torch.randn(7, 2, 3))[0][-1]).sum()))
    assert rows["lstm"]["gradient"] > 0 and rows["lstm"]["update"] > 0 and rows["lstm"]["calls"] == 1


def test_small_transformer(diagnose):
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    model = nn.TransformerEncoder(layer, 2)
    rows = by_name(diagnose(model, lambda: model(torch.randn(3, 5, 16)).square().mean()))
    assert rows["layers.0.linear1"]["gradient"] > 0
    assert rows["layers.1.self_attn"]["update"] > 0, "attention holds its weights itself"


def test_dictionaries_as_outputs(diagnose):
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(2, 2)
            self.scale = nn.Parameter(torch.ones(2, 2))

        def forward(self, x):
            return {"count": 3, "y": self.inner(x) @ self.scale}

    model = nn.ModuleDict({"both": Both()})
    rows = by_name(diagnose(model, lambda: model["both"](torch.randn(4, 2))["y"].sum()))
    assert rows["both"]["gradient"] > 0


def test_shared_modules_are_counted_per_call(diagnose):
    layer = nn.Linear(4, 4)
    model = nn.Sequential(layer, nn.Tanh(), layer)
    rows = by_name(diagnose(model, lambda: model(torch.randn(2, 4)).sum()))
    assert rows["0"]["calls"] == 2 and list(rows) == ["0", "1"]


def test_modules_that_are_not_called(diagnose):
    model = nn.ModuleDict({"used": nn.Linear(2, 1), "forgotten": nn.Linear(2, 1)})
    rows = by_name(diagnose(model, lambda: model["used"](torch.randn(3, 2)).sum()))
    assert rows["forgotten"]["calls"] == 0 and rows["forgotten"]["update"] == 0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions(diagnose, dtype):
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1)).to(dtype)
    rows = by_name(diagnose(model, lambda: (1000 * model(torch.randn(256, 64, dtype=dtype))).float().mean()))
    assert all(0 < rows[name]["gradient"] < float("inf") for name in ("0", "1"))


def test_frozen_parameters(diagnose):
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
    model[0].requires_grad_(False)
    rows = by_name(diagnose(model, lambda: model(torch.randn(3, 4)).sum()))
    assert rows["0"]["update"] == 0 and rows["1"]["update"] > 0


def test_compiled_models_get_a_clear_message(diagnose):
    model = torch.compile(nn.Linear(2, 2), backend="eager")
    with pytest.raises(TypeError, match=r"diagnose model\._orig_mod"):
        diagnose(model, lambda: model(torch.randn(1, 2)).sum())
    assert diagnose(nn.Sequential(model._orig_mod), lambda: model._orig_mod(torch.randn(1, 2)).sum())


def test_hooks_go_when_the_loss_fails(diagnose):
    model = nn.Sequential(nn.Linear(2, 2))

    def fails():
        model(torch.randn(1, 2))
        raise RuntimeError("no loss")

    with pytest.raises(RuntimeError, match="no loss"):
        diagnose(model, fails)
    assert hooks_of(model) == 0


def test_it_costs_less_than_two_steps(diagnose):
    layers = [part for _ in range(8) for part in (nn.Linear(512, 512), nn.ReLU())]
    model, x = nn.Sequential(*layers), torch.randn(512, 512)

    def step():
        model.zero_grad()
        model(x).square().mean().backward()

    def seconds(f) -> float:
        started = time.perf_counter()
        f()
        return time.perf_counter() - started

    step()
    pairs = [(seconds(lambda: diagnose(model, lambda: model(x).square().mean())), seconds(step)) for _ in range(7)]
    ours, plain = (min(times) for times in zip(*pairs, strict=True))
    assert ours < 2 * plain
