"""What counterexamples are made of: random activations, weights, losses; and the search for one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

T = TypeVar("T")

#: Every search is the same one each time; nothing is stored.
QUIET = settings(
    derandomize=True, database=None, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck)
)
FEW = settings(QUIET, max_examples=20)

SMOOTH: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh, "sigmoid": torch.sigmoid, "gelu": F.gelu, "sin": torch.sin, "softplus": F.softplus,
    "square": lambda z: z**2 / 2, "cube": lambda z: z**3 / 6,
}  # fmt: skip


def counterexample(strategy: st.SearchStrategy[T], breaks: Callable[[T], bool], tries: int = 200) -> T:
    """The first example that breaks the statement; hypothesis.errors.NoSuchExample, and so a red test, if none does."""
    return find(strategy, breaks, settings=settings(QUIET, max_examples=tries, phases=[Phase.generate]))


@dataclass(frozen=True)
class Phi:
    """An activation: a line, plus smooth functions, plus kinks (c relu(z − a)), plus jumps (c if z > a)."""

    line: float
    smooth: tuple[tuple[float, str], ...] = ()
    kinks: tuple[tuple[float, float], ...] = ()
    jumps: tuple[tuple[float, float], ...] = ()

    def __call__(self, z: Tensor) -> Tensor:
        out = self.line * z
        for factor, name in self.smooth:
            out = out + factor * SMOOTH[name](z)
        for factor, place in self.kinks:
            out = out + factor * F.relu(z - place)
        for factor, place in self.jumps:
            out = out + factor * (z > place).to(z)
        return out


def numbers(limit: float = 2.0) -> st.SearchStrategy[float]:
    """Multiples of 1/16 up to the limit: exact in binary, with plenty of zeros and equals among them."""
    return st.integers(-int(16 * limit), int(16 * limit)).map(lambda k: k / 16)


def positive(low: float = 0.25, high: float = 2.0) -> st.SearchStrategy[float]:
    return st.integers(math.ceil(16 * low), int(16 * high)).map(lambda k: k / 16)


PLACES = st.integers(-6, 6).map(lambda k: k / 4)  # where the quadrature's panels meet
HEIGHTS = positive(0.25, 2).flatmap(lambda h: st.sampled_from([h, -h]))


def activations(jumps: bool = False, smooth: tuple[str, ...] = tuple(SMOOTH)) -> st.SearchStrategy[Phi]:
    """Absolutely continuous activations, kinks included; with `jumps`, each has at least one jump."""
    return st.builds(
        Phi,
        line=numbers(1),
        smooth=st.lists(st.tuples(numbers(2), st.sampled_from(smooth)), max_size=2).map(tuple),
        kinks=st.lists(st.tuples(numbers(2), PLACES), max_size=3).map(tuple),
        jumps=st.lists(st.tuples(HEIGHTS, PLACES), min_size=1, max_size=2).map(tuple) if jumps else st.just(()),
    )


SEEDS = st.integers(0, 2**32 - 1)


def gaussian(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def generic(*shape: int) -> st.SearchStrategy[Tensor]:
    """A tensor of normal numbers: no two equal, none zero."""
    return SEEDS.map(lambda seed: gaussian(seed, *shape))


def special(*shape: int) -> st.SearchStrategy[Tensor]:
    """A tensor of small binary fractions: zeros, equals, opposites; or a generic one."""
    size = math.prod(shape)
    drawn = st.lists(numbers(2), min_size=size, max_size=size).map(lambda v: torch.tensor(v).reshape(shape))
    return st.one_of(drawn, generic(*shape))


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "square": lambda y, t: ((y - t) ** 2).sum() / 2,
    "absolute": lambda y, t: (y - t).abs().sum(),
    "softmax": lambda y, t: torch.logsumexp(y, -1).sum() - y[..., 0].sum(),
    "linear": lambda y, t: (t * y).sum(),
    "hinge": lambda y, t: F.relu(1 - t * y).sum(),
}
losses = st.sampled_from(sorted(LOSSES)).map(LOSSES.__getitem__)


def vjp(f: Callable[[Tensor], Tensor], x: Tensor, v: Tensor) -> Tensor:
    """J(x)ᵀ v by autograd."""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x), x, v)[0]


def gradient(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """∇f(x) of a scalar function by autograd."""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x), x)[0]


def signs(count: int) -> Tensor:
    """All 2^count sign patterns, one a row."""
    return torch.tensor(list(itertools.product((1.0, -1.0), repeat=count))).reshape(2**count, count)


@dataclass(frozen=True)
class Law:
    """A law of mean 0 with two values: a with probability b/(a + b), −b with probability a/(a + b). Variance ab."""

    a: float
    b: float

    @property
    def variance(self) -> float:
        return self.a * self.b

    def matrices(self, rows: int, columns: int) -> Iterator[tuple[float, Tensor]]:
        """Every matrix of independent entries, with its probability."""
        up = self.b / (self.a + self.b)
        for pattern in itertools.product((True, False), repeat=rows * columns):
            probability = math.prod(up if high else 1 - up for high in pattern)
            entries = torch.tensor([self.a if high else -self.b for high in pattern])
            yield probability, entries.reshape(rows, columns)


laws = st.builds(Law, positive(), positive())


def close(measured: Any, theory: Any, tolerance: float = 1e-9) -> bool:
    """Agreement to rounding, relative to the larger of |theory| and 1."""
    measured, theory = torch.as_tensor(measured), torch.as_tensor(theory)
    return bool(((measured - theory).abs() <= tolerance * theory.abs().max().clamp_min(1.0)).all())
