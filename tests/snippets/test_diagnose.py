"""The copy-paste tool of the page “Diagnose your network”, on models that it was not written for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations
from torch.nn.utils.rnn import pack_sequence
from torch.utils.checkpoint import checkpoint

from tests.conftest import ROOT

TOOL, DEMONSTRATION = (ROOT / "snippets/practice/diagnose.py").read_text("utf-8").split("# %% Demonstration")
SCOPE: dict = {}
exec(compile(TOOL, "diagnose.py", "exec"), SCOPE)  # what the page tells readers to copy, run as they would


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


class Seen:
    """What the tool found, by name."""

    def __init__(self, model, compute_loss, optimizer=None):
        optimizer = optimizer or torch.optim.SGD([p for p in model.parameters() if p.requires_grad], 0.1)

        def step():
            optimizer.zero_grad()
            compute_loss().backward()
            optimizer.step()

        self.calls, self.weights, self.ratios, self.verdict = SCOPE["diagnose"](model, step)
        self.names = [row.name for row in self.calls]

    def call(self, name):
        return next(row for row in self.calls if row.name == name)

    def weight(self, name):
        return next(row for row in self.weights if row.name == name)

    @property
    def healthy(self):
        return self.verdict[0].startswith(("healthy", "note"))

    def says(self, word):
        return any(text.startswith(word) for text in self.verdict)


def hooks_of(model) -> int:
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules()) + sum(
        len(p._backward_hooks or ()) for p in model.parameters()
    )


def test_the_tool_needs_torch_alone_and_its_length_is_told():
    lines = [line for line in TOOL.splitlines() if line.strip()]
    assert len(lines) <= 180 and "matplotlib" not in TOOL and "sklearn" not in TOOL
    assert f"The tool has {len(lines)} lines" in (ROOT / "docs/practice/diagnose.md").read_text("utf-8")


# --- numbers against autograd


def test_multilayer_perceptron_against_autograd():
    model, x = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4)), 3 * torch.randn(32, 8)
    hidden = model[0](x).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(model[1:](hidden).square().mean(), hidden)
    model(x).square().mean().backward()
    weight, step = model[0].weight.detach().clone(), model[0].weight.grad.clone()
    seen = Seen(model, lambda: model(x).square().mean())
    assert seen.names == ["0", "1 tanh", "2"]
    assert seen.call("0").gradient == pytest.approx(float(gradient.norm()), rel=1e-5)
    assert seen.weight("0.weight").gradient == pytest.approx(float(step.norm()), rel=1e-5)
    assert seen.weight("0.weight").update == pytest.approx(float(0.1 * step.norm() / weight.norm()), rel=2e-2)
    tanh = torch.tanh(hidden.detach())
    assert seen.call("1 tanh").std == pytest.approx(tanh.std(correction=0).item(), rel=1e-5)
    assert seen.call("1 tanh").flat == pytest.approx((1 - tanh**2 < 0.05).float().mean().item())
    cosines = F.normalize(hidden.detach()) @ F.normalize(hidden.detach()).T
    assert seen.call("1 tanh").alike == pytest.approx(((cosines.sum() - 32) / (32 * 31)).item(), abs=1e-5)
    assert hooks_of(model) == 0


def test_the_step_is_an_ordinary_step():
    torch.manual_seed(1)
    twins = [nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.GELU(), nn.Linear(8, 1)) for _ in range(2)]
    twins[1].load_state_dict(twins[0].state_dict())
    x = torch.randn(16, 4)
    torch.manual_seed(2)
    Seen(twins[0], lambda: twins[0](x).square().mean(), torch.optim.Adam(twins[0].parameters()))
    torch.manual_seed(2)
    optimizer = torch.optim.Adam(twins[1].parameters())
    twins[1](x).square().mean().backward()
    optimizer.step()
    for p, q in zip(twins[0].parameters(), twins[1].parameters(), strict=True):
        assert torch.equal(p, q)


@pytest.mark.parametrize("rate", [1e-3, 1e-2])
def test_adam_moves_every_weight_by_the_rate(rate):
    model, x = nn.Linear(32, 32), torch.randn(64, 32)
    expected = rate / model.weight.square().mean().sqrt().item()
    seen = Seen(model, lambda: model(x).square().mean(), torch.optim.Adam(model.parameters(), rate))
    assert seen.weight("weight").update == pytest.approx(expected, rel=0.05)


def test_clipping_and_several_backward_passes_are_seen_as_they_are():
    model, x = nn.Sequential(nn.Linear(8, 8)), torch.randn(64, 8)
    optimizer = torch.optim.SGD(model.parameters(), 1.0)

    def step():
        for part in x.chunk(4):
            (1000 * model(part)).square().mean().backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1e-3)
        optimizer.step()

    calls, weights, _, _ = SCOPE["diagnose"](model, step)
    assert [row.name for row in calls] == ["0"] * 4 and all(row.gradient > 1 for row in calls)
    assert 0 < weights[0].update * weights[0].size < 1.01e-3


def test_tiny_gradients_are_not_taken_for_zero():
    model = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
    seen = Seen(model, lambda: 1e-30 * model(torch.randn(64, 8)).mean())
    assert 0 < seen.call("0").gradient < 1e-28


# --- activations of all kinds


@pytest.mark.parametrize("act", [nn.GELU, nn.SiLU, nn.LeakyReLU, nn.Hardtanh, nn.Softplus, nn.ReLU, nn.Sigmoid, nn.ELU])
def test_layers_pushed_far_off_are_dead_for_any_activation(act):
    layers = [part for _ in range(3) for part in (nn.Linear(32, 32), act())]
    for layer in layers[::2]:
        nn.init.constant_(layer.bias, -50.0)
    model = nn.Sequential(*layers, nn.Linear(32, 4))
    seen = Seen(model, lambda: model(torch.randn(64, 32)).square().mean())
    assert max(row.dead for row in seen.calls if row.dead is not None) == 1 and seen.says("dead units")


class OneReLU(nn.Module):
    """The fifth of eight layers is dead; one activation serves all."""

    def __init__(self, act, bias=-50.0):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(64, 64) for _ in range(8))
        self.act, self.out = act, nn.Linear(64, 2)
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.constant_(layer.bias, 0.1)
        nn.init.constant_(self.layers[5].bias, bias)

    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return self.out(x)


@pytest.mark.parametrize(
    "act", [nn.ReLU(), nn.ReLU(inplace=True), F.relu, torch.relu, torch.relu_, lambda z: z.clamp(min=0)]
)
def test_shared_and_functional_activations_have_a_row_for_each_call(act):
    model = OneReLU(act)
    seen = Seen(model, lambda: model(torch.randn(64, 64)).square().mean())
    rows = [row for row in seen.calls if row.flat is not None]
    assert len(rows) == 8 and [row.dead == 1 for row in rows] == [False] * 5 + [True] + [False] * 2
    assert seen.says("dead units") and seen.says("gradient 0")


def test_in_place_activations_leave_the_layer_before_them_as_it_was():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(inplace=True), nn.Conv2d(4, 4, 3), nn.Flatten(), nn.Linear(64, 2))
    seen = Seen(model, lambda: model(torch.randn(64, 1, 8, 8)).square().mean())
    assert seen.call("0").mean < seen.call("1 relu").mean and all(row.gradient > 0 for row in seen.calls)


def test_a_dead_channel_and_a_dead_feature_are_found():
    conv = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 1))
    nn.init.constant_(conv[0].bias[:2], -100.0)
    assert Seen(conv, lambda: conv(torch.randn(64, 1, 8, 8)).mean()).call("1 relu").dead == pytest.approx(0.25)
    tokens = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    nn.init.constant_(tokens[0].bias[:4], -100.0)
    assert Seen(tokens, lambda: tokens(torch.randn(16, 5, 4)).mean()).call("1 relu").dead == pytest.approx(0.5)


def test_merged_inputs_are_not_called_dead():
    model = nn.Sequential(*[part for _ in range(100) for part in (nn.Linear(64, 64), nn.ReLU())], nn.Linear(64, 10))
    for layer in model[::2]:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
    x, y = torch.randn(128, 64), torch.randint(10, (128,))
    seen = Seen(model, lambda: F.cross_entropy(model(x), y), torch.optim.SGD(model.parameters(), 0.01))
    assert max(row.dead for row in seen.calls if row.dead is not None) > 0.4
    assert seen.says("inputs merge") and not seen.says("dead units")


# --- where there is no gradient


def test_frozen_is_not_vanished():
    model = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
    model[0].requires_grad_(False)
    seen = Seen(model, lambda: model(torch.randn(64, 32)).square().mean())
    assert seen.call("0").gradient is None and seen.call("1 relu").gradient is None
    assert seen.weight("0.weight").gradient is None and seen.weight("0.weight").update is None
    assert seen.call("3 relu").gradient > 0 and seen.healthy


def test_teacher_under_no_grad():
    model = nn.ModuleDict({"student": OneReLU(F.relu, 0.0), "teacher": OneReLU(F.relu, 0.0)})
    for p in model["teacher"].parameters():
        p.requires_grad_(False)

    def loss():
        x = torch.randn(64, 64)
        with torch.no_grad():
            wanted = model["teacher"](x)
        return (model["student"](x) - wanted).square().mean()

    seen = Seen(model, loss, torch.optim.SGD(model["student"].parameters(), 0.01))
    assert all((row.gradient is None) == row.name.startswith("teacher") for row in seen.calls)
    assert seen.healthy


def test_what_is_cut_off_or_never_called():
    model = nn.ModuleDict({"a": nn.Linear(8, 8), "b": nn.Linear(8, 8), "forgotten": nn.Linear(2, 1)})
    seen = Seen(model, lambda: model["b"](model["a"](torch.randn(64, 8)).detach()).square().mean())
    assert seen.says("no gradient at 4 places") and seen.call("a").gradient is None


def test_zero_on_purpose_is_a_note():
    class ReZero(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale, self.f = nn.Parameter(torch.zeros(())), nn.Sequential(nn.Linear(16, 16), nn.ReLU())

        def forward(self, x):
            return x + self.scale * self.f(x)

    model = nn.Sequential(*[ReZero() for _ in range(4)], nn.Linear(16, 1))
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    seen = Seen(model, lambda: model(torch.randn(64, 16)).square().mean(), optimizer)
    assert seen.weight("0.scale").gradient > 0 and seen.weight("0.scale").size == 0
    assert seen.healthy and seen.says("note: 0.scale") and "depth" in seen.ratios
    seen = Seen(model, lambda: model(torch.randn(64, 16)).square().mean())
    assert seen.call("0.f.1 relu").gradient > 0 and not seen.says("note")


def test_overflow_is_named_where_it_starts():
    model = nn.Sequential(*[part for _ in range(5) for part in (nn.Linear(8, 8), nn.ReLU())], nn.Linear(8, 1))
    nn.init.constant_(model[2].bias, 10.0)
    nn.init.constant_(model[4].weight, 3e38)
    first = Seen(model, lambda: model(torch.randn(64, 8)).mean()).verdict[0]
    assert first.startswith("not finite") and first.endswith("as 4")


@pytest.mark.parametrize("rate, fine", [(1e-9, False), (0.01, True), (30.0, False)])
def test_learning_rates(rate, fine):
    model, x = OneReLU(F.relu, 0.0), torch.randn(64, 64)
    optimizer = torch.optim.SGD(model.parameters(), rate)
    assert Seen(model, lambda: (model(x) - 1).square().mean(), optimizer).says("update/weight") is not fine


# --- recurrent networks


class Last(nn.Module):
    def __init__(self, rnn, size):
        super().__init__()
        self.rnn, self.head = rnn, nn.Linear(size, 1)

    def forward(self, x):
        output = self.rnn(x)[0]
        return self.head(output[:, -1] if self.rnn.batch_first else output[-1])


@pytest.mark.parametrize("kind", [nn.GRU, nn.LSTM, nn.RNN])
@pytest.mark.parametrize("batch_first", [False, True])
def test_long_recurrences_vanish_step_by_step(kind, batch_first):
    model = Last(kind(3, 16, num_layers=2, batch_first=batch_first), 16)
    x = torch.randn(*((4, 100) if batch_first else (100, 4)), 3)
    twin = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(twin).square().mean(), twin)
    norms = gradient.double().norm(dim=(0, 2) if batch_first else (1, 2))
    seen = Seen(model, lambda: model(x).square().mean())
    assert seen.call("rnn by time").steps == pytest.approx(norms.tolist(), rel=1e-3, abs=1e-37)
    assert seen.says("vanishes, rnn by time") and seen.call("rnn").gradient > 0


def test_bidirectional_and_trained_embeddings():
    embedding, rnn = nn.Embedding(10, 8), nn.LSTM(8, 8, bidirectional=True, batch_first=True)
    model = nn.ModuleDict({"embedding": embedding, "rnn": rnn, "head": nn.Linear(16, 2)})
    words = torch.randint(10, (8, 12))

    def loss():
        return model["head"](rnn(embedding(words))[0].mean(1)).square().mean()

    seen = Seen(model, loss)
    assert len(seen.call("rnn by time").steps) == 12 and seen.weight("embedding.weight").gradient > 0
    assert seen.healthy


def test_packed_sequences():
    rnn = nn.GRU(3, 8)
    sequences = [torch.randn(n, 3) for n in (20, 15, 2)]
    seen = Seen(rnn, lambda: rnn(pack_sequence(sequences))[1].square().mean())
    assert len(seen.call("(root) by time").steps) == 20


@pytest.mark.parametrize("cell", [nn.RNNCell(1, 16), nn.GRUCell(1, 16)])
def test_loops_over_cells_have_a_row_for_each_call(cell):
    class Loop(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell, self.head = cell, nn.Linear(16, 1)

        def forward(self, x):
            h = torch.zeros(x.shape[1], 16)
            for part in x:
                h = self.cell(part, h)
            return self.head(h)

    model = Loop()
    seen = Seen(model, lambda: model(torch.randn(100, 8, 1)).square().mean())
    norms = [row.gradient for row in seen.calls if row.name == "cell"]
    assert len(norms) == 100 and seen.ratios["cell by call"] == pytest.approx(norms[0] / norms[-1])
    assert seen.says("vanishes, cell by call")


def test_recurrence_written_by_hand():
    class Hand(nn.Module):
        def __init__(self, gain):
            super().__init__()
            self.U = nn.Parameter(gain * nn.init.orthogonal_(torch.empty(16, 16)))
            self.w, self.head = nn.Linear(1, 16), nn.Linear(16, 1)

        def forward(self, x):
            h = torch.zeros(x.shape[1], 16)
            for part in x:
                h = torch.tanh(self.w(part) + h @ self.U)
            return self.head(h)

    x = 0.1 * torch.randn(60, 8, 1)
    for gain, word in ((0.5, "vanishes"), (4.0, "explodes")):
        model = Hand(gain)
        assert Seen(model, lambda model=model: model(x).square().mean()).says(word)


# --- checkpointing, precision, compilation, outputs


@pytest.mark.parametrize("again", [False, True])
def test_checkpointing(again):
    model = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
    x = torch.randn(64, 8)

    def loss():
        y = checkpoint(model[:4], x.clone().requires_grad_(), use_reentrant=again)
        return model[4](y).square().mean()

    if again:
        with pytest.raises(TypeError, match="use_reentrant=False"):
            Seen(model, loss)
        assert hooks_of(model) == 0
        return
    plain = Seen(model, lambda: model(x).square().mean(), torch.optim.SGD(model.parameters(), 0.0))
    seen = Seen(model, loss)
    assert seen.names == plain.names
    assert [row.gradient for row in seen.calls] == pytest.approx([row.gradient for row in plain.calls])


def test_autocast_and_half_precision():
    model = OneReLU(F.relu, 0.0)

    def loss():
        with torch.autocast("cpu", torch.bfloat16):
            return model(torch.randn(64, 64)).square().mean()

    assert Seen(model, loss, torch.optim.SGD(model.parameters(), 0.01)).healthy
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        small = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1)).to(dtype)
        seen = Seen(small, lambda small=small, t=dtype: small(torch.randn(64, 64, dtype=t)).float().mean())
        assert all(0 < row.gradient < 10 for row in seen.calls)


def test_compiled_models_and_parts():
    inner = torch.compile(nn.Sequential(nn.Linear(8, 8), nn.ReLU()), backend="eager")
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), inner, nn.Linear(8, 1))
    seen = Seen(model, lambda: model(torch.randn(64, 8)).square().mean())
    assert len([row for row in seen.calls if row.dead is not None]) == 2
    whole = torch.compile(nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1)), backend="eager")
    seen = Seen(whole, lambda: whole(torch.randn(64, 8)).square().mean())
    assert all(row.gradient > 0 for row in seen.calls) and len(seen.calls) >= 3


class Pair(NamedTuple):
    count: int
    y: torch.Tensor


@dataclass
class Output:
    count: int
    y: torch.Tensor


@pytest.mark.parametrize("wrap", [Pair, Output, lambda n, y: {"n": n, "y": y}, lambda n, y: [n, (y,)]])
def test_outputs_of_all_kinds(wrap):
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(2, 2))

        def forward(self, x):
            return wrap(3, x @ self.scale)

    model = Both()

    def loss():
        out = model(torch.randn(4, 2))
        out = out["y"] if isinstance(out, dict) else out[1][0] if isinstance(out, list) else out.y
        return out.square().mean()

    seen = Seen(model, loss)
    assert seen.call("(root)").gradient > 0 and seen.weight("scale").update > 0


def test_weights_that_are_tied_and_a_bare_layer():
    model = nn.ModuleDict({"embedding": nn.Embedding(20, 8), "head": nn.Linear(8, 20, bias=False)})
    model["head"].weight = model["embedding"].weight
    words = torch.randint(20, (64,))
    seen = Seen(model, lambda: F.cross_entropy(model["head"](model["embedding"](words)), words))
    assert len(seen.weights) == 1 and seen.weights[0].update > 0
    bare = nn.Linear(4, 4)
    seen = Seen(bare, lambda: bare(torch.randn(64, 4)).square().mean())
    assert seen.names == ["(root)"] and seen.healthy


def test_hooks_go_when_the_step_fails():
    model = nn.Sequential(nn.Linear(2, 2))

    def step():
        model(torch.randn(1, 2))
        raise RuntimeError("no loss")

    with pytest.raises(RuntimeError, match="no loss"):
        SCOPE["diagnose"](model, step)
    assert hooks_of(model) == 0


def test_a_step_without_an_optimiser_is_said():
    model = nn.Linear(4, 4)
    verdict = SCOPE["diagnose"](model, lambda: model(torch.randn(64, 4)).square().mean().backward())[3]
    assert verdict[0].startswith("update/weight 0e+00")


# --- architectures


class Vision(nn.Module):
    """A small ViT with MultiheadAttention and parameters of its own."""

    def __init__(self, d=16):
        super().__init__()
        self.cls, self.pos = nn.Parameter(torch.zeros(1, 1, d) + 0.02), nn.Parameter(0.02 * torch.randn(1, 17, d))
        self.patch, self.norms = nn.Linear(4, d), nn.ModuleList(nn.LayerNorm(d) for _ in range(3))
        self.attention = nn.ModuleList(nn.MultiheadAttention(d, 2, batch_first=True) for _ in range(3))
        self.up, self.down = (nn.ModuleList(nn.Linear(*s) for _ in range(3)) for s in ((d, 32), (32, d)))
        self.head = nn.Linear(d, 10)

    def forward(self, x):
        x = torch.cat([self.cls.expand(len(x), -1, -1), self.patch(x)], 1) + self.pos
        for norm, attention, up, down in zip(self.norms, self.attention, self.up, self.down, strict=True):
            y = norm(x)
            x = x + attention(y, y, y)[0]
            x = x + down(F.gelu(up(x)))
        return self.head(x[:, 0])


class UNet(nn.Module):
    def __init__(self, c=8):
        super().__init__()

        def block(a, b):
            return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.Conv2d(b, b, 3, padding=1), nn.ReLU())

        self.down, self.middle, self.up, self.out = block(1, c), block(c, 2 * c), block(3 * c, c), nn.Conv2d(c, 1, 1)

    def forward(self, x):
        a = self.down(x)
        b = F.interpolate(self.middle(F.max_pool2d(a, 2)), scale_factor=2)
        return self.out(self.up(torch.cat([a, b], 1)))


class Experts(nn.Module):
    def __init__(self, n=4, d=16):
        super().__init__()
        self.router, self.norm = nn.Linear(d, n), nn.LayerNorm(d)
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(d, 32), nn.GELU(), nn.Linear(32, d)) for _ in range(n))

    def forward(self, x):
        h = self.norm(x)
        value, choice = self.router(h).softmax(-1).max(-1)
        out = torch.zeros_like(x)
        for k, expert in enumerate(self.experts):
            rows = choice == k
            out[rows] = value[rows, None] * expert(h[rows])
        return x + out


class GroupBlock(nn.Module):
    def __init__(self, c=8):
        super().__init__()
        self.a, self.b = (nn.Conv2d(c, c, 3, padding=1, bias=False) for _ in range(2))
        self.n, self.m = nn.GroupNorm(2, c), nn.GroupNorm(2, c)

    def forward(self, x):
        return F.relu(x + self.m(self.b(F.relu(self.n(self.a(x))))))


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 8))

    def forward(self, x):
        a, b = x.chunk(2)
        return self.encode(a) - self.encode(b)


class Bilinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.pair, self.out = nn.Linear(16, 8), nn.Bilinear(8, 8, 8), nn.Linear(8, 2)

    def forward(self, x):
        h = torch.tanh(self.a(x))
        return self.out(torch.tanh(self.pair(h, h)))


class Seq2Seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Transformer(16, 2, 2, 2, 32, 0.0, batch_first=True)

    def forward(self, x):
        return self.body(x, x.flip(1))


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.bag, self.out = nn.EmbeddingBag(50, 16, sparse=True), nn.Linear(16, 2)

    def forward(self, words):
        return self.out(torch.tanh(self.bag(words)))


def parametrised(wrap):
    layers = [part for _ in range(3) for part in (wrap(nn.Linear(16, 16)), nn.Tanh())]
    return nn.Sequential(*layers, nn.Linear(16, 2))


def dense(*shape):
    return lambda: torch.randn(*shape)


ARCHITECTURES = {
    "ViT": (Vision, dense(64, 16, 4)),
    "U-Net": (UNet, dense(16, 1, 8, 8)),
    "mixture of experts": (lambda: nn.Sequential(Experts(), Experts(), nn.Linear(16, 2)), dense(128, 16)),
    "GroupNorm ResNet": (
        lambda: nn.Sequential(nn.Conv2d(1, 8, 3), GroupBlock(), GroupBlock(), nn.Flatten(), nn.Linear(288, 2)),
        dense(64, 1, 8, 8),
    ),
    "Siamese": (Siamese, dense(128, 16)),
    "Bilinear": (Bilinear, dense(64, 16)),
    "Transformer": (Seq2Seq, dense(32, 8, 16)),
    "TransformerEncoder": (
        lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 2),
        dense(32, 8, 16),
    ),
    "EmbeddingBag, sparse": (Bag, lambda: torch.randint(50, (64, 5))),
    "spectral norm": (lambda: parametrised(parametrizations.spectral_norm), dense(64, 16)),
    "weight norm": (lambda: parametrised(parametrizations.weight_norm), dense(64, 16)),
    "orthogonal": (lambda: parametrised(parametrizations.orthogonal), dense(64, 16)),
    "DataParallel": (lambda: nn.DataParallel(OneReLU(F.relu, 0.0)), dense(64, 64)),
    "PReLU": (lambda: nn.Sequential(nn.Linear(16, 16), nn.PReLU(), nn.Linear(16, 16), nn.PReLU()), dense(64, 16)),
    "1-D convolutions": (
        lambda: nn.Sequential(nn.Conv1d(2, 8, 3), nn.SiLU(), nn.Conv1d(8, 8, 3), nn.SiLU(), nn.Flatten()),
        dense(64, 2, 16),
    ),
}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_architectures_are_seen_whole_and_found_healthy(name):
    build, data = ARCHITECTURES[name]
    model, x = build(), data()
    wanted = torch.randn(model(x).shape)
    seen = Seen(model, lambda: (model(x) - wanted).square().mean(), torch.optim.SGD(model.parameters(), 1e-2))
    assert seen.healthy, seen.verdict
    assert 1e-2 < seen.ratios["depth"] < 30
    assert all(row.gradient is not None and row.update is not None for row in seen.weights)
    assert all(row.gradient is not None for row in seen.calls)
    assert not any("parametrizations" in row.name for row in seen.calls)
    assert hooks_of(model) == 0


def test_attention_and_parameters_of_the_root_are_rows():
    model = Vision()
    seen = Seen(model, lambda: model(torch.randn(64, 16, 4)).square().mean())
    assert {"cls", "pos", "attention.0.out_proj.weight"} <= {row.name for row in seen.weights}
    assert seen.call("attention.0").gradient > 0 and seen.call("(root)").gradient > 0
    assert seen.weight("attention.0.out_proj.weight").update > 0
    assert seen.names.count("(root) gelu") == 3


def test_what_is_printed_fits_a_page(capsys):
    model = Vision()
    model.patch.requires_grad_(False)
    seen = Seen(model, lambda: model(torch.randn(64, 16, 4)).square().mean())
    SCOPE["show"](seen.calls, seen.weights, seen.ratios, seen.verdict)
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 78 for line in lines)
    assert any(line.startswith("patch.weight") and "–" in line for line in lines)
    assert any(line.startswith("depth: first/last ") for line in lines) and lines[-1] == seen.verdict[-1]


@pytest.mark.alone
def test_it_costs_less_than_four_steps():
    model, x = nn.Sequential(*[p for _ in range(8) for p in (nn.Linear(256, 256), nn.ReLU())]), torch.randn(256, 256)
    optimizer = torch.optim.SGD(model.parameters(), 0.01)

    def step():
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()

    def seconds(f) -> float:
        started = time.process_time()
        f()
        return time.process_time() - started

    step()
    SCOPE["diagnose"](model, step)
    pairs = [(seconds(lambda: SCOPE["diagnose"](model, step)), seconds(step)) for _ in range(7)]
    ours, plain = (min(times) for times in zip(*pairs, strict=True))
    assert ours < 4 * plain
