"""Look inside any network for one step: activations, dead or saturated units, gradients, updates, layer by layer."""

import matplotlib.pyplot as plt
import torch
from torch import nn

FLAT = {  # share of units that pass (almost) no gradient, by type of activation
    nn.ReLU: lambda y: (y <= 0).flatten(1).all(0).float().mean(),
    nn.Tanh: lambda y: (y.abs() > 0.95).float().mean(),
    nn.Sigmoid: lambda y: ((y < 0.05) | (y > 0.95)).float().mean(),
}


def tensors(output):
    """Floating-point tensors inside whatever a module returns."""
    if isinstance(output, torch.Tensor):
        return [output] if output.is_floating_point() else []
    parts = output.values() if isinstance(output, dict) else output
    return (
        [t for part in parts for t in tensors(part)]
        if isinstance(output, (tuple, list, dict))
        else []
    )


def diagnose(model, compute_loss, learning_rate=0.1):
    """One forward and backward pass. Returns a row per module, in order of use; changes no .grad."""
    if hasattr(model, "_orig_mod"):
        raise TypeError("torch.compile hides the layers: diagnose model._orig_mod instead")
    rows, hooks = {}, []

    def watch(name, module):
        def forward(_, __, output):
            row = rows.setdefault(name, {"layer": name, "calls": 0, "gradient": 0.0})
            row["calls"] += 1
            for y in tensors(output)[:1]:
                values = y.detach().float()
                row["mean"], row["std"] = values.mean().item(), values.std().item()
                if type(module) in FLAT:
                    row["flat"] = FLAT[type(module)](values).item()
                if y.requires_grad:
                    hooks.append(
                        y.register_hook(
                            lambda g: row.update(gradient=row["gradient"] + g.float().norm().item())
                        )
                    )

        hooks.append(module.register_forward_hook(forward))

    named = [
        (n, m) for n, m in model.named_modules() if n and (m._parameters or not list(m.children()))
    ]
    for name, module in named:
        watch(name, module)
    try:
        parameters = [p for p in model.parameters() if p.requires_grad]
        gradients = dict(
            zip(parameters, torch.autograd.grad(compute_loss(), parameters, allow_unused=True))
        )
    finally:
        for hook in hooks:
            hook.remove()
    for name, module in named:
        row = rows.setdefault(name, {"layer": name, "calls": 0, "gradient": 0.0})
        pairs = [(gradients.get(p), p) for p in module.parameters(recurse=False) if p.ndim > 1]
        size = sum(p.detach().float().square().sum().item() for _, p in pairs) ** 0.5
        change = sum(g.float().square().sum().item() for g, _ in pairs if g is not None) ** 0.5
        row["update"] = learning_rate * change / size if size else None
    return list(rows.values())


def chain(activation, init, bias=0.0, norm=nn.Identity, depth=10, width=64):
    layers = []
    for _ in range(depth):
        linear = nn.Linear(width, width)
        init(linear.weight)
        nn.init.constant_(linear.bias, bias)
        layers += [linear, norm(width), activation()]
    return nn.Sequential(*layers, nn.Linear(width, 10))


def large(weight):
    nn.init.normal_(weight, std=0.5)


torch.manual_seed(0)
x, y = torch.randn(256, 64), torch.randint(0, 10, (256,))
xavier, kaiming = nn.init.xavier_normal_, nn.init.kaiming_normal_
networks = {
    "sick: sigmoid, Xavier": chain(nn.Sigmoid, xavier),
    "cured: with BatchNorm": chain(nn.Sigmoid, xavier, norm=nn.BatchNorm1d),
    "sick: tanh, weights of std 0.5": chain(nn.Tanh, large),
    "cured: Xavier": chain(nn.Tanh, xavier),
    "sick: ReLU, biases −4": chain(nn.ReLU, kaiming, bias=-4.0),
    "cured: biases 0": chain(nn.ReLU, kaiming),
}
ratio, flat, updates = {}, {}, {}
print("network                          gradient first/last   flat units")
for name, model in networks.items():
    rows = diagnose(model, lambda model=model: nn.functional.cross_entropy(model(x), y))
    linear = [row for row in rows if row["update"] is not None]
    active = [row for row in rows if "flat" in row]
    ratio[name] = active[0]["gradient"] / max(active[-1]["gradient"], 1e-30)
    flat[name] = max(row["flat"] for row in active)
    updates[name] = [max(row["update"], 1e-12) for row in linear]
    print(f"{name:34s} {ratio[name]:16.0e} {flat[name]:12.0%}")

# %% Plot
for i, (name, values) in enumerate(updates.items()):
    plt.semilogy(
        range(1, len(values) + 1),
        values,
        ["-", "--"][i % 2] + "osD"[i // 2],
        ms=4,
        color=f"C{i // 2}",
        label=name,
    )
plt.axhline(1e-3, color="k", ls=":", lw=1)
plt.ylim(1e-13, 1e3)
plt.xlabel("linear layer")
plt.ylabel("update / weight, learning rate 0.1")
plt.legend(fontsize=9, ncols=2)
plt.show()
