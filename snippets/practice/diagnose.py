"""Watch one training step of any network: slopes, gradients, real updates."""

import math
from functools import partial
from types import SimpleNamespace
from unittest.mock import patch

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils.checkpoint import CheckpointFunction

ACTIVATIONS = [
    "relu",
    "relu6",
    "leaky_relu",
    "prelu",
    "elu",
    "selu",
    "celu",
    "gelu",
    "silu",
    "mish",
    "sin",
    "tanh",
    "sigmoid",
    "softplus",
    "softsign",
    "hardtanh",
    "hardsigmoid",
    "hardswish",
    "clamp",
]
LOW, HIGH, DEAD, ALIKE, SLOW, FAST = 1e-2, 30, 0.4, 0.99, 1e-5, 0.2


def norm(t):  # whose squares neither underflow nor overflow
    t = (t.to_dense() if t.is_sparse else t).detach().abs()
    t = t.float() if t.element_size() < 4 else t
    top = t.max() if t.numel() else 0
    return (top * (t / top).norm()).item() if top != 0 else 0.0


def tensors(output):  # floating-point tensors in what a module returns
    if isinstance(output, torch.Tensor):
        return [output] if output.is_floating_point() and output.numel() else []
    if not isinstance(output, (tuple, list)):
        fields = getattr(output, "__dict__", {})
        output = (output if isinstance(output, dict) else fields).values()
    return [t for part in output for t in tensors(part)]


def recomputing():  # for checkpointing, in the backward pass
    return torch._C._current_graph_task_id() >= 0


class Row(SimpleNamespace):
    """A call or a weight. None: not measured, or no gradient was asked for."""

    mean = std = flat = dead = alike = gradient = steps = split = update = None

    def see(self, g):
        self.gradient = norm(g)
        if self.split:
            self.steps = [norm(step) for step in g.split(*self.split)]

    def slopes(self, func, z, *args, **kwargs):
        """Of an activation: flat entries, dead units, cosine of two inputs."""
        # Hooks of its own, or checkpointing would count this as the model's.
        own = torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t)
        with torch.enable_grad(), own:
            z = z.detach().clone().requires_grad_()
            y = func(z.clone(), *args, **kwargs)
            flat = (torch.autograd.grad(y.sum(), z)[0].abs() < 0.05).float()
        self.flat, self.dead, self.alike = flat.mean().item(), 0, 0
        if z.ndim > 1 and (n := len(z)) > 1 and z[0].numel() > 7:
            units = [flat.movedim(d, 0).flatten(1).amin(1) for d in (1, -1)]
            self.dead = max(unit.mean().item() for unit in units)
            sum_ = nn.functional.normalize(z.detach().flatten(1).float()).sum(0)
            self.alike = (sum_.square().sum().item() - n) / (n * (n - 1))


class Watch(TorchFunctionMode):
    """Notes calls of activations and of modules that hold parameters."""

    def __init__(self, model):
        super().__init__()
        self.calls, self.inside, self.hooks = [], [], []
        for name, m in model.named_modules():
            if "parametrizations" not in name:
                enter = partial(self.enter, name or "(root)")
                self.hooks.append(m.register_forward_pre_hook(enter))
                self.hooks.append(m.register_forward_hook(self.leave))

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs, name = kwargs or {}, getattr(func, "__name__", "").rstrip("_")
        active = name in ACTIVATIONS and self.inside and tensors(args[:1])
        row = Row(name=f"{self.inside[-1]} {name}") if active else None
        if active:
            row.slopes(func, *args, **kwargs)
        output = func(*args, **kwargs)
        return self.note(row, output) if active else output

    def enter(self, name, module, args):
        self.inside.append(name)
        if isinstance(module, nn.RNNBase) and args and not recomputing():
            packed = not isinstance(args[0], torch.Tensor)  # PackedSequence
            x = args[0].data if packed else args[0].view_as(args[0])
            x = x if x.requires_grad else x.detach().requires_grad_()
            axis = int(not packed and module.batch_first and x.ndim == 3)
            split = args[0].batch_sizes.tolist() if packed else 1, axis
            self.calls.append(Row(name=f"{name} by time", split=split))
            x.register_hook(self.calls[-1].see)
            return (args[0]._replace(data=x) if packed else x, *args[1:])

    def leave(self, module, args, output):
        row = Row(name=self.inside.pop())
        if module._parameters:
            self.note(row, output)

    def note(self, row, output):
        found = sorted(tensors(output), key=lambda t: not t.requires_grad)
        if found and not recomputing():
            self.calls.append(row)
            y = found[0].detach().float()
            row.mean, row.std = y.mean().item(), y.std(correction=0).item()
            if found[0].requires_grad:
                found[0].register_hook(row.see)
        return output


def judge(calls, weights):
    """Gradients of first calls over last, and a verdict in words."""
    held = [w.name for w in weights if w.gradient and not w.size]
    held = [name for name in held if "bias" not in name]  # zero on purpose
    rows = [r for r in calls if r.gradient or r.gradient == 0 and not held]
    active, ratios, told = [r for r in rows if r.flat is not None], {}, []
    paths = {"depth": active if len(active) > 1 else rows}
    for r in rows:
        if r.flat is None:
            paths.setdefault(f"{r.name} by call", []).append(r)
    norms = {k: [r.gradient for r in path] for k, path in paths.items()}
    norms = {k: g for k, g in norms.items() if len(g) > 3 or k == "depth" and g}
    norms |= {r.name: r.steps for r in calls if r.steps}
    bad = [r.name for r in calls if not math.isfinite(r.std or 0)]
    bad += [r.name for r in rows[::-1] if not math.isfinite(r.gradient)]
    zero = [r.name for r in rows[::-1] if r.gradient == 0]
    lost = [w.name for w in weights if w.p.requires_grad and w.gradient is None]
    places = {"not finite": bad, "gradient 0": zero, "no gradient": lost}
    for what, names in places.items():
        if names:
            told.append(f"{what} at {len(names)} places, as {names[0]}")
    for path, g in norms.items():
        ratios[path] = ratio = g[0] / next(filter(None, g[::-1]), 1)
        power = 2 if len(norms) > 1 else 1  # a path through time bears more
        if ratio > HIGH**power:
            told.append(f"explodes, {path}: {ratio:.0e} > {HIGH**power}")
        elif 0 < ratio < LOW**power:
            told.append(f"vanishes, {path}: {ratio:.0e} < {LOW**power:.0e}")
    worst = max(active, key=lambda r: r.dead, default=Row(dead=0))
    if worst.dead == 1 or worst.dead > DEAD and worst.alike < 0.9:
        told.append(f"dead units, {worst.name}: {worst.dead:.2f} > {DEAD}")
    elif active and active[-1].alike > ALIKE:
        told.append(f"inputs merge: cosine {active[-1].alike:.4f} > {ALIKE}")
    moved = [w.update for w in weights if w.update and w.p.ndim > 1 and w.size]
    if not SLOW <= (most := max(moved, default=0)) <= FAST:
        told.append(f"update/weight {most:.0e}, not {SLOW} to {FAST}")
    if held:
        told.append(f"note: {held[0]} = 0 blocks gradients; look again later")
    return ratios, told or ["healthy: no limit crossed"]


def diagnose(model, step):
    """Run `step()`, a training step of yours; return what happened in it."""
    watch, weights = Watch(model), []
    for name, p in model.named_parameters():
        old = p.detach().clone()
        weights.append(Row(name=name, p=p, old=old, size=norm(old)))
        if p.requires_grad:
            watch.hooks.append(p.register_hook(weights[-1].see))
    error = TypeError("checkpoint() needs use_reentrant=False to be diagnosed")
    blind = patch.object(CheckpointFunction, "apply", side_effect=error)
    try:
        with watch, blind, torch.compiler.set_stance("force_eager"):
            step()
    finally:
        for hook in watch.hooks:
            hook.remove()
    for w in weights:
        if w.p.requires_grad:
            largest = max(w.size, norm(w.p)) or 1
            w.update = norm(w.p.detach() - w.old) / largest
        del w.old
    return watch.calls, weights, *judge(watch.calls, weights)


def show(calls, weights, ratios, verdict):
    """Print it; a dash stands for None."""
    keys = ["mean", "std", "flat", "dead", "alike", "gradient", "update"]
    print(f"{'call or weight':20s}" + "".join(f"{key:>8s}" for key in keys))
    for row in [*calls, *weights]:
        cells = [getattr(row, key) for key in keys]
        cells = ["–" if v is None else f"{v:.2g}" for v in cells]
        print(f"{row.name:20.20s}" + "".join(f"{cell:>8s}" for cell in cells))
    print(*(f"{k}: first/last {r:.1e}" for k, r in ratios.items()), sep="\n")
    print(*verdict, sep="\n")


# %% Demonstration
import matplotlib.pyplot as plt  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402

digits = load_digits()
pictures = torch.tensor(digits.data).float()
pictures = (pictures - pictures.mean()) / pictures.std()
labels, he = torch.tensor(digits.target), 2**0.5
SGD, Adam = torch.optim.SGD, torch.optim.Adam


def mlp(act, gain=None, depth=10, norm=None, bias=0.0):
    """64 wide, weights of standard deviation gain/√64; None: as PyTorch."""
    layers = []
    for _ in range(depth):
        linear = nn.Linear(64, 64)
        if gain:
            nn.init.normal_(linear.weight, std=gain / 8)
            nn.init.constant_(linear.bias, bias)
        layers += [linear, norm(64), act()] if norm else [linear, act()]
    return nn.Sequential(*layers, nn.Linear(64, 10))


class Residual(nn.Module):
    def __init__(self, scale, learned=False):
        super().__init__()
        linear, relu, _ = mlp(nn.ReLU, he, depth=1)
        self.branch = nn.Sequential(relu, linear)
        self.scale = nn.Parameter(torch.tensor(scale), learned)

    def forward(self, x):
        return x + self.scale * self.branch(x)


def residual(depth, scale, learned=False):
    blocks = [Residual(scale, learned) for _ in range(depth)]
    return nn.Sequential(*blocks, nn.Linear(64, 10))


def convolutions(depth, norm=nn.Identity):
    layers = [nn.Unflatten(1, (1, 8, 8))]
    for i in range(depth):
        conv = nn.Conv2d(8 if i else 1, 8, 3, padding=1)
        layers += [conv, norm(8), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, 10))


def transformer(depth):
    kind = {"norm_first": True, "batch_first": True, "dropout": 0.0}
    layer = nn.TransformerEncoderLayer(16, 2, 32, **kind)
    body = nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)
    rows = [nn.Unflatten(1, (8, 8)), nn.Linear(8, 16)]
    return nn.Sequential(*rows, body, nn.Flatten(), nn.Linear(128, 10))


class Recall(nn.Module):
    """Says at the end of a sequence which sign it started with."""

    def __init__(self, rnn, forget=None):
        super().__init__()
        self.rnn, self.head = rnn, nn.Linear(32, 2)
        if forget is not None:
            nn.init.zeros_(rnn.bias_ih_l0)
            nn.init.zeros_(rnn.bias_hh_l0)
            nn.init.constant_(rnn.bias_hh_l0[32:64], forget)
        if forget == 0:
            nn.init.orthogonal_(rnn.weight_hh_l0)

    def forward(self, x):
        return self.head(self.rnn(x)[0][-1])


def train(model, kind=Adam, rate=3e-3, steps=40):
    """What the first step tells; the loss after 40, guessing being 1."""
    losses, optimizer = [], kind(model.parameters(), rate, fused=True)

    def step(batch=128):
        optimizer.zero_grad()
        if isinstance(model, Recall):
            wanted = torch.randint(2, (batch,))
            x = 0.1 * torch.randn(30, batch, 1)
            x[0, :, 0] = 2.0 * wanted - 1
        else:
            rows = torch.randint(len(labels), (batch,))
            wanted, x = labels[rows], pictures[rows]
        logits = model(x)
        loss = nn.functional.cross_entropy(logits, wanted)
        loss.backward()
        optimizer.step()
        losses.append(loss.item() / math.log(logits.shape[1]))

    found = diagnose(model, step)
    for _ in range(steps):
        step(batch=32)
    return found, sum(losses[-5:]) / 5


torch.manual_seed(0)
healthy = {
    "ReLU, Kaiming": [mlp(nn.ReLU, he)],
    "tanh, Xavier": [mlp(nn.Tanh, 1)],
    "sigmoid, BatchNorm": [mlp(nn.Sigmoid, 1, norm=nn.BatchNorm1d)],
    "GELU, LayerNorm": [mlp(nn.GELU, norm=nn.LayerNorm)],
    "SELU, 20 layers": [mlp(nn.SELU, 1, 20)],
    "ReLU, default, 3 layers": [mlp(nn.ReLU, depth=3)],
    "skip, α = 1/√20": [residual(20, 20**-0.5)],
    "skip, ReZero": [residual(20, 0.0, learned=True)],
    "convolutions, BatchNorm": [convolutions(6, nn.BatchNorm2d)],
    "transformer, Pre-LN": [transformer(2)],
    "RNN, orthogonal": [Recall(nn.RNN(1, 32), forget=0)],
    "LSTM, forget bias 5": [Recall(nn.LSTM(1, 32), forget=5)],
}
sick = {
    "sigmoid, Xavier": [mlp(nn.Sigmoid, 1)],
    "ReLU, default, 20 layers": [mlp(nn.ReLU, depth=20)],
    "convolutions, default": [convolutions(20)],
    "RNN, default": [Recall(nn.RNN(1, 32))],
    "GRU, default": [Recall(nn.GRU(1, 32))],
    "tanh, weights of std 1": [mlp(nn.Tanh, 8)],
    "BatchNorm, 50 layers": [mlp(nn.ReLU, he, 50, nn.BatchNorm1d)],
    "skip, α = 1, 40 blocks": [residual(40, 1.0)],
    "ReLU, biases −4": [mlp(nn.ReLU, he, bias=-4.0)],
    "ReLU, Kaiming, 100": [mlp(nn.ReLU, he, 100), SGD, 0.1],
    "Kaiming, Adam 0.3": [mlp(nn.ReLU, he), Adam, 0.3],
    "Kaiming, SGD 1e-6": [mlp(nn.ReLU, he), SGD, 1e-6],
}
first_over_last, end, moved, dead, alike = {}, {}, {}, {}, {}
alarms = dict.fromkeys(healthy | sick, False)
print("network                    first/last   loss  verdict before training")
for name, (model, *how) in (healthy | sick).items():
    (calls, weights, ratios, verdict), end[name] = train(model, *how)
    alarms[name] = not verdict[0].startswith(("healthy", "note"))
    end[name] = end[name] if end[name] < 1e9 else 1e9  # diverged, or no number
    first_over_last[name] = [*ratios.values()][-1]
    moved[name] = max(w.update or 0 for w in weights)
    dead[name] = max(r.dead or 0 for r in calls)
    alike[name] = [0, *(r.alike for r in calls if r.alike is not None)][-1]
    loss = f"{end[name]:.1f}" if end[name] < 9 else "> 9"
    print(f"{name:26s}{first_over_last[name]:11.0e}{loss:>7s}", end="  ")
    print(verdict[0][:34])
false_alarms = sum(alarms[name] for name in healthy)
misses = sum(not alarms[name] for name in sick)
print(f"false alarms {false_alarms} of 12, misses {misses} of 12")

updates = {}  # by layer: what the optimiser really does to the weights
for act, gain, word in (nn.Sigmoid, 1, "sick"), (nn.ReLU, he, "healthy"):
    for kind, rate in (SGD, 0.1), (Adam, 1e-3):
        torch.manual_seed(1)
        found, _ = train(mlp(act, gain), kind, rate, steps=0)
        name = f"{word}, {kind.__name__}"
        updates[name] = [w.update for w in found[1] if w.p.ndim > 1]
        print(f"{name:14s} update/weight, first layer {updates[name][0]:.1e}")

# %% Plot
figure, (left, right) = plt.subplots(2, 1, figsize=(5.8, 8))
for (name, values), style in zip(updates.items(), ("o-", "o--", "s-", "s--")):
    left.semilogy(range(1, 12), values, style, label=name)
left.set(xlabel="linear layer", ylabel="update / weight in the first step")
left.legend()
for names, style, word in (healthy, "o", "healthy"), (sick, "^", "sick"):
    x = [max(first_over_last[name], 1e-12) for name in names]
    y = [min(end[name], 3) for name in names]
    right.semilogx(x, y, style, label=word)
for limit in (LOW**2, LOW, HIGH, HIGH**2):
    right.axvline(limit, color="k", ls=":", lw=1)
right.set(xlabel="gradient norm, first over last", ylim=(-0.1, 3.2))
right.set_ylabel("loss after 40 steps, guessing = 1")
right.legend()
plt.show()
