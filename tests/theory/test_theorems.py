"""The site's theorems against random counterexamples, in float64.

A class a theorem, named after its id. `test_holds…` searches inside the hypotheses and must find nothing;
`test_needs_<hypothesis>`, named as on the theorem's page, searches where that one hypothesis is dropped and must find
a counterexample; `test_breaks_with…` does so for what the statement excludes without naming it a hypothesis. Means over
weights are exact wherever the weights' law has few values (all of them are enumerated) or formulas are integrals
(quadrature); elsewhere samples are so many that five standard errors reject the neighbouring wrong theories, which is
asserted.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.polynomial.hermite_e import hermegauss
from torch import Tensor
from torch.nn import functional as F

import theory
from tests.theory.strategies import (
    FEW,
    LOSSES,
    QUIET,
    SEEDS,
    Law,
    Phi,
    activations,
    close,
    counterexample,
    gaussian,
    generic,
    gradient,
    laws,
    losses,
    numbers,
    positive,
    signs,
    special,
    vjp,
)
from theory import gaussian as gaussian_rule

Function = Callable[[Tensor], Tensor]
ALPHAS = positive(0.125, 2)


def squared(x: Tensor) -> float:
    return float(x.square().sum())


# ---------------------------------------------------------------------------------------------------------------------


class Test_jacobian_product:  # noqa: N801  (the theorem's id)
    """∇(ℓ ∘ f_L ∘ … ∘ f_1)(x) = J_1ᵀ ⋯ J_Lᵀ ∇ℓ, what reverse mode computes without forming a Jacobian."""

    KINDS = ("linear", "activation", "softmax", "divide", "product")

    @classmethod
    def layer(cls, kind: str, phi: Phi, width: int, out: int, seed: int) -> tuple[Function, int]:
        W, U = gaussian(seed, out, width), gaussian(seed + 1, width, width)
        return {
            "linear": (lambda x: W @ x, out),
            "activation": (phi, width),
            "softmax": (lambda x: torch.softmax(x, 0), width),
            "divide": (lambda x: x / torch.sqrt(1 + (x**2).sum()), width),
            "product": (lambda x: x * torch.tanh(U @ x), width),
        }[kind]

    @staticmethod
    def jacobian(f: Function, x: Tensor) -> Tensor:
        """By central differences, so that autograd is not compared with itself."""
        h = 1e-5 * torch.eye(len(x))
        return torch.stack([(f(x + d) - f(x - d)) / 2e-5 for d in h], 1)

    @QUIET
    @given(
        st.lists(st.tuples(st.sampled_from(KINDS), activations(), st.integers(1, 4), SEEDS), min_size=1, max_size=5),
        st.integers(1, 4), SEEDS, losses,
    )  # fmt: skip
    def test_holds(self, kinds, width, seed, loss):
        x = point = gaussian(seed, width)
        chain, jacobians = [], []
        for kind, phi, out, layer_seed in kinds:
            f, width = self.layer(kind, phi, width, out, layer_seed)
            jacobians.append(self.jacobian(f, point))
            chain.append(f)
            point = f(point)
        target = gaussian(seed + 1, width)
        v = self.jacobian(lambda y: loss(y, target)[None], point)[0]
        expected, size = v, v.norm()
        for J in reversed(jacobians):
            expected, size = J.T @ expected, torch.linalg.matrix_norm(J) * size

        def whole(x: Tensor) -> Tensor:
            for f in chain:
                x = f(x)
            return loss(x, target)

        assert float((gradient(whole, x) - expected).norm()) <= 1e-6 * (1 + float(size))

    def test_needs_differentiable_where_it_matters(self):
        """At kinks autograd multiplies by a slope of its choice; the derivative may exist and be another."""
        weights = st.sampled_from([-1.0, 0.0, 1.0])

        def breaks(case) -> bool:
            phi, w1, w2, u1, u2, x = case

            def f(x: Tensor) -> Tensor:
                return u1 * phi(w1 * x) + u2 * phi(w2 * x)

            x, h = torch.tensor(x), 2.0**-20
            right, left = (f(x + h) - f(x)) / h, (f(x) - f(x - h)) / h
            return bool((right - left).abs() < 1e-9 and (gradient(f, x) - right).abs() > 1e-3)

        kinked = st.builds(lambda a, c: Phi(a, kinks=((c, 0.0),)), numbers(1), positive())
        counterexample(st.tuples(kinked, weights, weights, weights, weights, st.sampled_from([-1.0, 0.0, 1.0])), breaks)

    def test_needs_each_layer_reads_only_the_one_before(self):
        """With a second path from the input the product along one path is not the gradient."""

        def breaks(case) -> bool:
            phi, W, x, v = case
            branch = vjp(lambda x: phi(W @ x), x, v)
            return not close(vjp(lambda x: x + phi(W @ x), x, v), branch, 1e-3)

        counterexample(st.tuples(activations(), generic(3, 3), generic(3), generic(3)), breaks)

    weights = st.tuples(activations(), generic(3, 3), generic(3, 3), generic(3), generic(3))

    @staticmethod
    def outer_products(phi: Phi, first: Tensor, second: Tensor, x: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """δ_l x_lᵀ of the two layers x ↦ φ(W x)."""
        slope, hidden = theory.slope(phi), phi(first @ x)
        delta = slope(second @ hidden) * v
        return torch.outer(slope(first @ x) * (second.T @ delta), x), torch.outer(delta, hidden)

    @QUIET
    @given(weights)
    def test_holds_for_weights(self, case):
        phi, first, second, x, v = case
        expected = self.outer_products(*case)
        assert close(gradient(lambda W: v @ phi(second @ phi(W @ x)), first), expected[0])
        assert close(gradient(lambda W: v @ phi(W @ phi(first @ x)), second), expected[1])

    def test_needs_each_weight_is_used_once(self):
        def breaks(case) -> bool:
            phi, W, _, x, v = case
            found = gradient(lambda W: v @ phi(W @ phi(W @ x)), W)
            return not any(close(found, part, 1e-3) for part in self.outer_products(phi, W, W, x, v))

        counterexample(self.weights, breaks)


# ---------------------------------------------------------------------------------------------------------------------


class Test_chi:  # noqa: N801
    """E‖Wᵀ D v‖² = χ ‖v‖², χ = σ_w² E[φ′(√q ξ)²], for wide layers and a backward signal that does not know W."""

    ROOTS = st.sampled_from([1 / 3, 1 / 2, 1.0])  # of q; for these kinks stay where quadrature panels meet
    CASES = st.tuples(activations(), positive(0.25, 4), ROOTS, SEEDS)

    @staticmethod
    def rows(
        phi: Function,
        variance: float,
        root: float,
        width: int,
        units: int,
        seed: int,
        mean: float = 0.0,
        biases: float = 0.0,
    ):
        """Rows φ′(z_i) W_i of the Jacobian of x ↦ φ(W x + b), and z, where E z² = q; a share `biases` of q is b's."""
        generator = torch.Generator().manual_seed(seed)
        x = torch.randn(width, generator=generator)
        x *= math.sqrt((1 - biases) * width / variance) * root / x.norm()
        W = (mean + torch.randn(units, width, generator=generator)) * math.sqrt(variance / width)
        z = W @ x + math.sqrt(biases) * root * torch.randn(units, generator=generator)
        return theory.slope(phi)(z)[:, None] * W, z

    @FEW
    @given(CASES, st.sampled_from([0.0, 0.25, 0.75]))
    def test_holds(self, case, biases):
        """Uncorrelated v: ‖Wᵀ D v‖² = Σ v_i² ‖J_i‖² in the mean over its signs, so each unit is a sample."""
        phi, variance, root, seed = case
        J, _ = self.rows(phi, variance, root, 128, 20000, seed, biases=biases)
        gains = J.square().sum(1)
        measured, error = gains.mean().item(), gains.std().item() / math.sqrt(len(gains))
        chi = theory.chi(phi, variance, root**2)
        bias = abs(theory.signal_gain(phi, variance, root**2, 128) - chi)
        assert bias <= 0.05 * chi + 1e-12  # of order 1/n
        assert abs(measured - chi) <= 5 * error + bias + 1e-9
        slope = theory.slope(phi)
        rivals = {
            "mean slope": variance * theory.mean(lambda xi: slope(root * xi)) ** 2,
            "norm": math.sqrt(chi),
            "no weights": chi / variance,
            "variance for its root": variance * chi,
            "q is 1": theory.chi(phi, variance, 1.0),
        }
        for name, rival in rivals.items():
            if abs(rival - chi) > 0.15 * chi + bias and error < 0.02 * chi:
                assert abs(measured - rival) > 5 * error, name

    @FEW
    @given(activations(), positive(0.25, 4), ROOTS, st.integers(1, 6), SEEDS)
    def test_holds_at_finite_width(self, phi, variance, root, width, seed):
        """`signal_gain`, with its 1/n, at any width: uncorrelated signals and equal components."""
        J, _ = self.rows(phi, variance, root, width, 40000, seed)
        single = J.square().sum(1)
        error = single.std().item() / math.sqrt(len(single))
        expected = theory.signal_gain(phi, variance, root**2, width)
        assert abs(single.mean().item() - expected) <= 5 * error + 1e-9
        units = 4
        summed = J.reshape(-1, units, width).sum(1).square().sum(1) / units
        error = summed.std().item() / math.sqrt(len(summed))
        expected = theory.signal_gain(phi, variance, root**2, width, coherence=units - 1)
        assert abs(summed.mean().item() - expected) <= 5 * error + 1e-9

    @FEW
    @given(CASES, special(6), st.integers(1, 12))
    def test_holds_for_a_fresh_copy_of_the_weights(self, case, v, width):
        """With W̃ drawn anew for the way back any v will do: E over all sign patterns is exact."""
        phi, variance, root, seed = case
        _, z = self.rows(phi, variance, root, width, 6, seed)
        signal = theory.slope(phi)(z) * v
        column = signs(6) * math.sqrt(variance / width)  # one column of W̃; all `width` columns have one law
        measured = width * (column @ signal).square().mean()
        assert close(measured, variance * float((theory.slope(phi)(z) ** 2) @ v**2))

    @FEW
    @given(st.integers(1, 2).flatmap(lambda n: st.tuples(generic(n, 2), generic(2, n), generic(2, 2))))
    def test_holds_over_relu_layers(self, magnitudes):
        """Each entry ± its magnitude: over all patterns of signs E‖J_L⋯J_1‖_F² is exactly 2^−L times the linear one."""
        patterns = signs(sum(m.numel() for m in magnitudes))
        sizes = [m.numel() for m in magnitudes]
        x = torch.tensor([0.7, -1.3]).expand(len(patterns), 2)
        J, linear = torch.eye(2).expand(len(patterns), 2, 2), torch.ones(2)
        for magnitude, entries in zip(magnitudes, patterns.split(sizes, 1), strict=True):
            W = entries.reshape(-1, *magnitude.shape) * magnitude
            z = torch.einsum("pmn,pn->pm", W, x)
            x, J = F.relu(z), theory.slope(F.relu)(z)[:, :, None] * (W @ J)
            linear = magnitude.square() @ linear
        assert squared(J) / len(patterns) == pytest.approx(float(linear.sum()) / 8, rel=1e-9)

    def test_needs_random_readout(self):
        """`.sum().backward()` sends ones: independent of everything, and yet ReLU's gain is 1 + 1/π."""

        def gain(phi: Function, width: int, seed: int) -> tuple[float, float]:
            J, _ = self.rows(phi, 2.0, 1.0, width, 2000 * width, seed)
            gains = J.reshape(2000, width, width).sum(1).square().sum(1) / width
            return gains.mean().item(), gains.std().item() / math.sqrt(2000)

        def breaks(case) -> bool:
            phi, seed = case
            measured, error = gain(phi, 16, seed)
            chi = theory.chi(phi, 2.0, 1.0)
            return abs(measured - chi) > 5 * error + 0.1 * chi

        counterexample(st.tuples(activations(), SEEDS), breaks, 50)
        measured, error = gain(F.relu, 48, 0)
        assert theory.signal_gain(F.relu, 2, 1, 48, coherence=47) == pytest.approx(1 + 47 / 48 / math.pi, rel=1e-12)
        assert abs(measured - 1 - 47 / 48 / math.pi) < 5 * error < 0.1
        assert theory.signal_gain(torch.tanh, 2, 1, 48, coherence=47) == pytest.approx(
            theory.signal_gain(torch.tanh, 2, 1, 48), rel=1e-12
        ), "φ″ is odd: tanh does not notice"

    def test_breaks_with_a_signal_made_of_the_weights(self):
        """A signal made from W itself: the layer's own outputs."""

        def breaks(case) -> bool:
            phi, variance, root, seed = case
            J, z = self.rows(phi, variance, root, 64, 64 * 50, seed)
            v = phi(z).reshape(50, 64)
            gains = torch.einsum("ri,rij->rj", v, J.reshape(50, 64, 64)).square().sum(1) / v.square().sum(1)
            chi = theory.chi(phi, variance, root**2)
            return abs(gains.mean().item() - chi) > 5 * gains.std().item() / math.sqrt(50) + 0.2 * chi

        counterexample(self.CASES, breaks, 50)

    def test_needs_mean_zero_weights(self):
        def breaks(case) -> bool:
            phi, variance, root, seed = case
            J, _ = self.rows(phi, variance, root, 64, 4096, seed, mean=1.0)
            gains = J.square().sum(1)
            chi = theory.chi(phi, variance, root**2)
            return abs(gains.mean().item() - chi) > 5 * gains.std().item() / 64 + 0.2 * chi

        counterexample(self.CASES, breaks, 50)

    def test_needs_wide(self):
        def breaks(case) -> bool:
            phi, variance, root, seed = case
            J, _ = self.rows(phi, variance, root, 1, 20000, seed)
            gains = J.square().sum(1)
            chi = theory.chi(phi, variance, root**2)
            return abs(gains.mean().item() - chi) > 5 * gains.std().item() / math.sqrt(20000) + 0.1 * chi

        counterexample(self.CASES, breaks, 50)

    @staticmethod
    def sensitivity(phi: Function, root: float, seed: int, h: float = 1e-4) -> tuple[float, float]:
        """Mean of (φ(z + h ξ) − φ(z))²/h² and its standard error: what a small change of the input becomes."""
        z, d = root * gaussian(seed, 400_000), gaussian(seed + 1, 400_000)
        changes = ((phi(z + h * d) - phi(z)) / h) ** 2
        return changes.mean().item(), changes.std().item() / math.sqrt(len(z))

    @FEW
    @given(activations(), ROOTS, SEEDS)
    def test_holds_for_finite_changes(self, phi, root, seed):
        """χ is also the gain of a small finite change; kinks do not matter."""
        measured, error = self.sensitivity(phi, root, seed)
        chi = theory.chi(phi, 1.0, root**2)
        assert abs(measured - chi) <= 5 * error + 1e-3 * (1 + chi)

    def test_needs_weakly_differentiable(self):
        """A jump is not seen by φ′: a step has χ = 0, while small changes grow without bound."""

        def breaks(case) -> bool:
            phi, root, seed = case
            measured, error = self.sensitivity(phi, root, seed)
            return measured - 5 * error > 2 * theory.chi(phi, 1.0, root**2)

        counterexample(st.tuples(activations(jumps=True), self.ROOTS, SEEDS), breaks, 50)
        assert theory.chi(Phi(0.0, jumps=((1.0, 0.0),)), 2.0, 1.0) == 0


# ---------------------------------------------------------------------------------------------------------------------


def batchnorm(z: Tensor, epsilon: float = 0.0) -> Tensor:
    """Over the batch, dimension 0, with the biased variance."""
    centred = z - z.mean(0)
    return centred / torch.sqrt(centred.square().mean(0) + epsilon)


class Test_chi_bn:  # noqa: N801
    """χ_BN = E[φ′(ξ)²]/Var φ(ξ) ≥ 1."""

    @staticmethod
    def spread(phi: Function) -> float:
        return theory.second_moment(phi) - theory.mean(phi) ** 2

    @staticmethod
    def measured(phi: Function, inputs: Tensor, seed: int, epsilon: float = 0.0, scale: float = 1.0) -> float:
        """Squared-gradient gain of linear → BatchNorm → φ for a random backward signal."""
        batch, width = inputs.shape
        W = gaussian(seed, 256, width) * scale / 16
        v = gaussian(seed + 1, batch, 256)
        return squared(vjp(lambda x: phi(batchnorm(x @ W.T, epsilon)), inputs, v)) / squared(v)

    @QUIET
    @given(activations())
    def test_holds(self, phi):
        assume(self.spread(phi) > 1e-3)
        gain = theory.batchnorm_gain(phi)
        linear = theory.mean(lambda xi: xi * phi(xi)) ** 2 / self.spread(phi)
        assert gain >= 1 - 1e-9
        assert gain >= 2 - linear - 1e-9, "equality for affine φ alone: what is not linear counts at least twice"

    @QUIET
    @given(numbers(2).filter(bool), numbers(2))
    def test_holds_with_equality_for_affine(self, a, b):
        assert theory.batchnorm_gain(lambda z: a * z + b) == pytest.approx(1, rel=1e-12)

    @FEW
    @given(activations(smooth=("tanh", "sigmoid", "gelu", "sin", "softplus")), SEEDS)
    def test_holds_in_networks(self, phi, seed):
        """One layer of a deep network: its inputs are φ of independent normal numbers."""
        assume(self.spread(phi) > 0.02)
        expected = theory.batchnorm_gain(phi)
        measured = self.measured(phi, phi(gaussian(seed + 2, 256, 256)), seed)
        assert measured == pytest.approx(expected, rel=0.1)
        rivals = {
            "second moment": theory.slope_moment(phi) / theory.second_moment(phi),
            "norm": math.sqrt(expected),
            "slope only": theory.slope_moment(phi),
            "no effect": 1.0,
        }
        for name, rival in rivals.items():
            assert abs(rival / expected - 1) < 0.25 or abs(measured - rival) > 0.1 * rival, name

    def test_needs_absolutely_continuous(self):
        def breaks(case) -> bool:
            phi, seed = case
            assume(self.spread(phi) > 0.02)
            if theory.batchnorm_gain(phi) > 0.9:
                return False
            return self.measured(phi, phi(gaussian(seed + 2, 256, 256)), seed) < 0.95

        counterexample(st.tuples(activations(jumps=True), SEEDS), breaks)
        assert theory.batchnorm_gain(F.hardshrink) == pytest.approx(0.637, abs=5e-4)

    def test_needs_large_batch(self):
        """In a batch of two each unit's outputs are φ(1) and φ(−1), whatever the weights: no gradient at all."""

        @FEW
        @given(activations(), SEEDS)
        def zero(phi, seed):
            assert self.measured(phi, gaussian(seed + 2, 2, 64), seed) < 1e-20

        zero()

    def test_needs_uncorrelated_samples(self):
        """Two clusters: pre-activations of a unit are no longer a normal sample."""

        def breaks(case) -> bool:
            phi, seed = case
            assume(self.spread(phi) > 0.02)
            clusters = gaussian(seed + 3, 2, 256).repeat_interleave(128, 0)
            single, expected = gaussian(seed + 2, 256, 256), theory.batchnorm_gain(phi)
            if abs(self.measured(phi, phi(single), seed) / expected - 1) > 0.05:
                return False  # heavy tails: the sample is too small for this activation
            return self.measured(phi, phi(0.95 * clusters + 0.3 * single), seed) > 1.2 * expected

        counterexample(st.tuples(activations(), SEEDS), breaks)

    def test_breaks_with_epsilon(self):
        """Where the pre-activations' variance is not large against ε the layer shrinks the gradient."""

        def breaks(case) -> bool:
            phi, seed = case
            assume(self.spread(phi) > 0.02)
            return self.measured(phi, phi(gaussian(seed + 2, 64, 64)), seed, epsilon=1e-5, scale=1e-3) < 0.95

        counterexample(st.tuples(activations(), SEEDS), breaks)

    def test_breaks_with_a_constant(self):
        with pytest.raises(ValueError, match="constant"):
            theory.batchnorm_gain(lambda z: 0 * z + 3)


# ---------------------------------------------------------------------------------------------------------------------


class Block:
    """λ x + α W₂ φ(W₁ x), with W₂ enumerated; all means are over W₂."""

    def __init__(self, phi: Function, W1: Tensor, law: Law, alpha: float, skip: float | Function = 1.0):
        self.phi, self.W1, self.law, self.alpha, self.skip = phi, W1, law, alpha, skip

    def trained(self, x: Tensor, W2: Tensor) -> Tensor:
        """W₂ after the one step of gradient descent that makes a block with λ = 1 send x to x/2."""
        hidden = self.phi(self.W1 @ x)
        step = gradient(lambda W2: (x / 2 + self.alpha * W2 @ hidden).square().sum() / 2, W2)
        return W2 - step / (self.alpha**2 * hidden.square().sum() + 1e-9)

    def gains(
        self, x: Tensor, signal: Function | Tensor, change: Function = lambda W2: W2, draw: int | None = None
    ) -> tuple[float, float]:
        """(E‖g‖²/E‖v‖², χ_F) for v, or for v = signal(block's output), with W₂ changed or one draw of it alone."""
        back = came = own = 0.0
        matrices = list(self.law.matrices(len(x), len(self.W1)))
        for probability, W2 in matrices if draw is None else [matrices[draw]]:
            W2 = change(W2)

            def branch(x: Tensor, W2: Tensor = W2) -> Tensor:
                return W2 @ self.phi(self.W1 @ x)

            def block(x: Tensor, branch: Function = branch) -> Tensor:
                scale = self.skip(x) if callable(self.skip) else self.skip
                return scale * x + self.alpha * branch(x)

            v = signal(block(x)) if callable(signal) else signal
            back += probability * squared(vjp(block, x, v))
            came += probability * squared(v)
            own += probability * squared(vjp(branch, x, v))
        return back / came, own / came


blocks = st.builds(Block, activations(), special(2, 2), laws, ALPHAS)
vectors = generic(2)


def relu_ended_gains(alpha: float, skip: float, weights: Tensor, x: Tensor, v: Tensor) -> tuple[float, float]:
    """(gain, χ_F) of λ x + α relu(W x), in the mean over the signs of all weights."""
    patterns = signs(weights.numel()).reshape(-1, *weights.shape)
    back = [squared(vjp(lambda x, W=s * weights: skip * x + alpha * F.relu(W @ x), x, v)) for s in patterns]
    own = [squared(vjp(lambda x, W=s * weights: F.relu(W @ x), x, v)) for s in patterns]
    return sum(back) / len(back) / squared(v), sum(own) / len(own) / squared(v)


class Test_residual_gain:  # noqa: N801
    """E‖(I + α F′)ᵀ v‖² = (1 + α² χ_F) ‖v‖²: at least one."""

    @QUIET
    @given(st.builds(Block, st.booleans().flatmap(activations), special(2, 2), laws, ALPHAS), special(2), vectors)
    def test_holds(self, block, x, v):
        """Whatever the branch before its last layer: kinks, steps, zero weights, one law or another."""
        gain, own = block.gains(x, v)
        assert gain == pytest.approx(theory.residual_gain(own, block.alpha), rel=1e-9)
        assert gain >= 1 - 1e-12

    @FEW
    @given(blocks, special(2), vectors)
    def test_holds_for_the_direction(self, block, x, v):
        """E⟨v, g⟩ = ‖v‖²: the branch adds nothing along v, on average."""
        along = 0.0
        for probability, W2 in block.law.matrices(2, 2):
            g = vjp(lambda x, W2=W2: x + block.alpha * W2 @ block.phi(block.W1 @ x), x, v)
            along += probability * float(v @ g)
        assert along == pytest.approx(squared(v), rel=1e-9)

    @FEW
    @given(laws, ALPHAS, special(2), vectors, activations())
    def test_holds_for_one_layer_branches(self, law, alpha, x, v, phi):
        """x + α W φ(x): χ_F = Var W Σ_j φ′(x_j)²."""
        gain, own = Block(phi, torch.eye(2), law, alpha).gains(x, v)
        assert own == pytest.approx(law.variance * squared(theory.slope(phi)(x)), rel=1e-9, abs=1e-12)
        assert gain == pytest.approx(1 + alpha**2 * own, rel=1e-9)

    def test_needs_v_does_not_know_this_block_s_weights(self):
        """The loss ½‖x_L − 2x‖² makes v from this block's own weights; the gain may fall below one."""

        def breaks(case) -> bool:
            block, x = case
            assume(x.norm() > 0.1)
            gain, own = block.gains(x, lambda out: out - 2 * x)
            return gain < 0.95 and own > 0.01

        counterexample(st.tuples(blocks, generic(2)), breaks)

    def test_needs_at_initialisation(self):
        """One step of training and the branch takes away: no draw of W₂ has mean 0 any more."""

        def breaks(case) -> bool:
            block, x, v = case
            gain, _ = block.gains(x, v, lambda W2: block.trained(x, W2))
            return gain < 0.95

        counterexample(st.tuples(blocks, generic(2), vectors), breaks)

    def test_needs_in_the_mean(self):
        """A single draw may shrink the gradient."""

        def breaks(case) -> bool:
            block, x, v, draw = case
            return block.gains(x, v, draw=draw)[0] < 0.5

        counterexample(st.tuples(blocks, generic(2), vectors, st.integers(0, 15)), breaks)

    def test_needs_zero_mean_last_weights(self):
        """Weights with a mean; and a branch that ends in ReLU, x + α relu(W x), even if W itself has mean 0."""

        def shifted(case) -> bool:
            block, x, v, mean = case
            return block.gains(x, v, lambda W2: W2 + mean)[0] < 0.95

        counterexample(st.tuples(blocks, generic(2), vectors, numbers(1)), shifted)

        def relu_ended(case) -> bool:
            alpha, weights, x, v = case
            gain, own = relu_ended_gains(alpha, 1.0, weights, x, v)
            return gain < 0.97 and abs(gain - theory.residual_gain(own, alpha)) > 0.01

        counterexample(st.tuples(positive(0.125, 0.5), generic(2, 2), generic(2), vectors), relu_ended, 500)


class Test_scaled_skip_gain:  # noqa: N801
    """E‖(λ I + α F′)ᵀ v‖² = (λ² + α² χ_F) ‖v‖²."""

    scaled = st.builds(Block, st.booleans().flatmap(activations), special(2, 2), laws, ALPHAS, numbers(2))

    @QUIET
    @given(scaled, special(2), vectors)
    def test_holds(self, block, x, v):
        gain, own = block.gains(x, v)
        expected = theory.residual_gain(own, block.alpha, block.skip)
        assert gain == pytest.approx(expected, rel=1e-9, abs=1e-12)
        assert gain >= block.skip**2 * (1 - 1e-12)

    def off(self, gain: float, own: float, block: Block) -> bool:
        return abs(gain / theory.residual_gain(own, block.alpha, block.skip) - 1) > 0.05

    def test_needs_v_does_not_know_this_block_s_weights(self):
        def breaks(case) -> bool:
            block, x = case
            assume(block.skip)
            return self.off(*block.gains(x, lambda out: out - 2 * x), block)

        counterexample(st.tuples(self.scaled, generic(2)), breaks)

    def test_needs_at_initialisation_in_the_mean(self):
        def trained(case) -> bool:
            block, x, v = case
            assume(block.skip)
            return self.off(*block.gains(x, v, lambda W2: block.trained(x, W2)), block)

        counterexample(st.tuples(self.scaled, generic(2), vectors), trained)

        def one_draw(case) -> bool:
            block, x, v = case
            assume(block.skip)
            return self.off(*block.gains(x, v, draw=0), block)

        counterexample(st.tuples(self.scaled, generic(2), vectors), one_draw)

    def test_needs_zero_mean_last_weights(self):
        def breaks(case) -> bool:
            alpha, skip, weights, x, v = case
            gain, own = relu_ended_gains(alpha, skip, weights, x, v)
            return abs(gain / theory.residual_gain(own, alpha, skip) - 1) > 0.05

        counterexample(st.tuples(ALPHAS, positive(), generic(2, 2), generic(2), vectors), breaks)

    def test_breaks_with_a_gate(self):
        """A gate λ(x) has a slope of its own."""

        def breaks(case) -> bool:
            block, gate, x, v = case
            gated = Block(block.phi, block.W1, block.law, block.alpha, lambda x: torch.sigmoid(gate @ x))
            gain, own = gated.gains(x, v)
            skip = float(torch.sigmoid(gate @ x))
            return abs(gain / theory.residual_gain(own, block.alpha, skip) - 1) > 0.05

        counterexample(st.tuples(blocks, generic(2), generic(2), vectors), breaks)


class Test_identity_path:  # noqa: N801
    """∂L/∂x_l = ∂L/∂x_L + one term for each other way through the blocks. Exact, without any average."""

    branches = st.lists(st.tuples(activations(), generic(3, 3), generic(3, 3)), min_size=1, max_size=4)

    @staticmethod
    def run(branches, x: Tensor, loss: Function, skip: float = 1.0, after: Function = lambda x: x):
        """(∂L/∂x, v = ∂L/∂x_L, terms of all ways with at least one branch)."""

        def branch(x: Tensor, phi: Function, W1: Tensor, W2: Tensor) -> Tensor:
            return W2 @ phi(W1 @ x)

        def tail(x: Tensor) -> Tensor:
            for parts in branches:
                x = after(skip * x + branch(x, *parts))
            return x

        points = [x]
        for parts in branches:
            points.append(after(skip * points[-1] + branch(points[-1], *parts)))
        v = gradient(loss, points[-1])
        terms = []
        for taken in itertools.product((False, True), repeat=len(branches)):
            term = v
            for place in reversed(range(len(branches))):
                if taken[place]:
                    term = vjp(lambda x, p=branches[place]: branch(x, *p), points[place], term)
            terms.append(term)
        assert torch.equal(terms[0], v) and len(terms) == 2 ** len(branches)
        return gradient(lambda x: loss(tail(x)), x), v, terms[1:]

    @staticmethod
    def exact(found: Tensor, v: Tensor, others: list[Tensor]) -> bool:
        size = v.norm() + sum(term.norm() for term in others)
        return bool((found - v - sum(others)).norm() <= 1e-9 * (size + 1e-9))

    @QUIET
    @given(branches, special(3), generic(3), losses)
    def test_holds(self, branches, x, target, loss):
        assert self.exact(*self.run(branches, x, lambda y: loss(y, target)))

    def test_needs_nothing_but_additions_on_the_stream(self):
        """A skip of weight λ; and relu(x + F(x)), the block of 2015."""

        def breaks(case) -> bool:
            branches, x, target, skip = case
            return not self.exact(*self.run(branches, x, lambda y: LOSSES["square"](y, target), skip=skip))

        counterexample(st.tuples(self.branches, generic(3), generic(3), positive(0.25, 0.75)), breaks)

        def relu_after(case) -> bool:
            branches, x, target = case
            return not self.exact(*self.run(branches, x, lambda y: LOSSES["square"](y, target), after=F.relu))

        counterexample(st.tuples(self.branches, generic(3), generic(3)), relu_after)

    def test_needs_differentiable_branches(self):
        """Steps: the formula stands for what autograd returns, which is not how the stream answers to a change."""

        def breaks(case) -> bool:
            phi, first, second, x, v, change = case

            def block(x: Tensor) -> Tensor:
                return x + second @ phi(first @ x)

            risen = v @ (block(x + 1e-6 * change) - block(x - 1e-6 * change)) / 2e-6
            return abs(float(risen - vjp(block, x, v) @ change)) > 1

        grid = st.lists(numbers(1), min_size=3, max_size=3).map(torch.tensor)  # on the steps, now and then
        counterexample(
            st.tuples(activations(jumps=True), st.just(torch.eye(3)), generic(3, 3), grid, generic(3), generic(3)),
            breaks,
        )

    def test_does_not_promise_a_size(self):
        """The other terms may cancel it: F(x) = −x."""
        minus = (Phi(1.0), torch.eye(3), -torch.eye(3))
        found, v, _ = self.run([minus], torch.ones(3), lambda y: LOSSES["linear"](y, torch.ones(3)))
        assert found.norm() == 0 and v.norm() > 1


# ---------------------------------------------------------------------------------------------------------------------


class Test_he_half:  # noqa: N801
    """E relu(z)² = ½ E z² and E relu′(z)² = ½ for symmetric z; the second only where P(z = 0) = 0."""

    layers = st.integers(1, 4).flatmap(lambda n: st.tuples(special(3, n), special(n)))

    @staticmethod
    def halves(z: Tensor) -> tuple[float, float, float]:
        """(mean of relu(z)², of z²/2, of relu′(z)²)."""
        slopes = theory.slope(F.relu)(z)
        return F.relu(z).square().mean().item(), z.square().mean().item() / 2, slopes.square().mean().item()

    @staticmethod
    def pre_activations(magnitudes: Tensor, x: Tensor) -> Tensor:
        """z of one layer for every pattern of signs of the weights, one row a unit."""
        return torch.stack([(signs(len(x)) * row) @ x for row in magnitudes])

    @QUIET
    @given(layers)
    def test_holds_forward(self, layer):
        """Zeros, equal and opposite numbers included: the forward half allows an atom at 0."""
        forward, half, _ = self.halves(self.pre_activations(*layer))
        assert forward == pytest.approx(half, rel=1e-12)

    @QUIET
    @given(layers)
    def test_holds_backward(self, layer):
        z = self.pre_activations(*layer)
        assume((z.abs() > 1e-9).all())
        assert self.halves(z)[2] == 0.5

    @QUIET
    @given(st.lists(st.tuples(positive(1 / 16, 4), positive(1 / 16, 4)), min_size=1, max_size=6))
    def test_holds_for_symmetric_laws(self, law):
        """Any law: values ±a, with weights."""
        values, weights = torch.tensor(law).T
        z, p = torch.cat([values, -values]), torch.cat([weights, weights]) / (2 * weights.sum())
        assert float(p @ F.relu(z) ** 2) == pytest.approx(float(p @ z**2) / 2, rel=1e-12)
        assert float(p @ theory.slope(F.relu)(z) ** 2) == pytest.approx(0.5, rel=1e-12)

    @QUIET
    @given(layers)
    def test_holds_backward_with_an_atom(self, layer):
        """E relu′(z)² = ½ (1 − P(z = 0)), for torch's slope 0 at 0."""
        z = self.pre_activations(*layer)
        assume(((z == 0) | (z.abs() > 1e-9)).all())  # opposite generic numbers leave rounding
        assert self.halves(z)[2] == pytest.approx((z != 0).double().mean().item() / 2, rel=1e-12)

    def test_needs_symmetric_weights(self):
        """Mean 0 does not suffice: independent weights a, −b."""

        def breaks(case) -> bool:
            law, x = case
            assume(x.norm() > 0.1)
            forward = half = backward = 0.0
            for probability, row in law.matrices(1, len(x)):
                parts = self.halves(row @ x)
                forward, half, backward = (
                    old + probability * new for old, new in zip((forward, half, backward), parts, strict=True)
                )
            return abs(forward / half - 1) > 0.05 and abs(backward - 0.5) > 0.05

        counterexample(st.integers(1, 4).flatmap(lambda n: st.tuples(laws, generic(n))), breaks)

    def test_needs_no_atom_at_zero(self):
        """±1 weights: z is 0 half of the time for x = (1, 1). And a layer all of whose inputs are dead."""

        def breaks(x: Tensor) -> bool:
            forward, half, backward = self.halves(self.pre_activations(torch.ones(1, len(x)), x))
            assert forward == pytest.approx(half, rel=1e-12)
            return abs(backward - 0.5) > 0.05

        counterexample(st.integers(1, 4).flatmap(lambda n: special(n).filter(lambda x: bool(x.norm() > 0))), breaks)
        assert self.halves(self.pre_activations(torch.ones(1, 2), torch.ones(2)))[2] == 0.25
        # second layer of width 2: in 1 of the 4 patterns of signs of (z₁, z₂) both units before it are off
        hidden = F.relu(signs(2) * torch.tensor([0.3, 1.7]))
        z = torch.cat([hidden @ w for w in (torch.tensor([0.4, -1.1]), torch.tensor([-0.4, 1.1]))])
        assert self.halves(z)[2] == 0.375


# ---------------------------------------------------------------------------------------------------------------------


class Test_fan:  # noqa: N801
    """Independent weights of mean 0: E‖x_l‖²/n_l forward and E‖∂L/∂x_l‖² backward change by Π Var(W_l) n_{l−1}."""

    shapes = st.lists(st.integers(1, 3), min_size=2, max_size=4).filter(
        lambda n: sum(a * b for a, b in itertools.pairwise(n)) <= 12
    )

    @staticmethod
    def gains(widths, rule: str, x: Tensor, v: Tensor, phi: Function = lambda z: z, shift: float = 0.0, shared=False):
        """E‖x_L‖²/‖x‖² and E‖Wᵀ⋯v‖²/‖v‖² over all patterns of signs of all weights at once."""
        sizes = [a * b for a, b in itertools.pairwise(widths)]
        patterns = signs(sum(sizes)) + shift
        forward, matrices = x.expand(len(patterns), -1), []
        for (n, m), entries in zip(itertools.pairwise(widths), patterns.split(sizes, 1), strict=True):
            if shared:
                entries = entries[:, :1].expand(-1, n * m)
            W = entries.reshape(-1, m, n) * math.sqrt(theory.fan_variance(rule, n, m))
            matrices.append(W)
            forward = phi(torch.einsum("pmn,pn->pm", W, forward))
        back = v.expand(len(patterns), -1)
        for W in reversed(matrices):
            back = torch.einsum("pmn,pm->pn", W, back)
        share = len(patterns)
        return squared(forward) / share / squared(x), squared(back) / share / squared(v)

    @FEW
    @given(shapes, SEEDS)
    def test_holds(self, widths, seed):
        x, v = gaussian(seed, widths[0]), gaussian(seed + 1, widths[-1])
        forward, backward = self.gains(widths, "fan-in", x, v)
        assert forward == pytest.approx(widths[-1] / widths[0], rel=1e-9)
        assert backward == pytest.approx(1, rel=1e-9)
        forward, backward = self.gains(widths, "fan-out", x, v)
        assert forward == pytest.approx(1, rel=1e-9)
        assert backward == pytest.approx(widths[0] / widths[-1], rel=1e-9)

    @FEW
    @given(shapes, SEEDS, st.sampled_from(["fan-in", "fan-out", "xavier"]))
    def test_holds_as_a_formula(self, widths, seed, rule):
        x, v = gaussian(seed, widths[0]), gaussian(seed + 1, widths[-1])
        assert self.gains(widths, rule, x, v) == pytest.approx(theory.width_gains(widths, rule), rel=1e-9)

    @FEW
    @given(shapes, SEEDS)
    def test_holds_with_relu_and_twice_the_variance(self, widths, seed):
        x, v = gaussian(seed, widths[0]), gaussian(seed + 1, widths[-1])
        forward, _ = self.gains(widths, "fan-in", x, v, phi=lambda z: F.relu(math.sqrt(2) * z))
        assert forward == pytest.approx(widths[-1] / widths[0], rel=1e-9)

    def off(self, widths, rule, seed, **options) -> bool:
        """Neither direction is right up to the ratio of the outer widths."""
        x, v = gaussian(seed, widths[0]), gaussian(seed + 1, widths[-1])
        ends = (widths[-1] / widths[0], widths[0] / widths[-1], 1.0)
        found = self.gains(widths, rule, x, v, **options)
        return all(abs(gain / end - 1) > 0.05 for gain in found for end in ends)

    def test_breaks_with_xavier(self):
        """Xavier's factors do not telescope, although n_0 = n_L."""
        counterexample(
            st.tuples(self.shapes.filter(lambda n: n[0] == n[-1]), SEEDS), lambda c: self.off(c[0], "xavier", c[1])
        )
        widths = [64, 256] * 15 + [64]
        assert theory.width_gains(widths, "xavier") == pytest.approx((0.64**15, 0.64**15), rel=1e-12)
        assert theory.width_gains(widths, "fan-in") == pytest.approx((1, 1), rel=1e-12)

    @QUIET
    @given(st.lists(st.integers(1, 1000), min_size=2, max_size=8))
    def test_holds_for_xavier(self, widths):
        """Per component forward: √(n_0/n_L) Π sech(½ ln(n_l/n_{l−1})); every change of width costs."""
        forward, backward = theory.width_gains(widths, "xavier")
        costs = math.prod(1 / math.cosh(math.log(m / n) / 2) for n, m in itertools.pairwise(widths))
        assert backward == pytest.approx(math.sqrt(widths[0] / widths[-1]) * costs, rel=1e-9)
        assert forward * widths[0] / widths[-1] == pytest.approx(backward, rel=1e-9)

    def test_needs_mean_zero(self):
        counterexample(st.tuples(self.shapes, SEEDS), lambda c: self.off(c[0], "fan-in", c[1], shift=0.5))

    def test_breaks_with_weights_that_depend_on_each_other(self):
        counterexample(st.tuples(self.shapes, SEEDS), lambda c: self.off(c[0], "fan-in", c[1], shared=True))

    def test_needs_linear(self):
        def breaks(case) -> bool:
            widths, seed, phi = case
            x, v = gaussian(seed, widths[0]), gaussian(seed + 1, widths[-1])
            forward, _ = self.gains(widths, "fan-in", x, v, phi=phi)
            return abs(forward * widths[0] / widths[-1] - 1) > 0.05

        counterexample(st.tuples(self.shapes, SEEDS, activations()), breaks)

    def test_needs_gradient_of_its_own(self):
        """The loss ½‖x_L‖² sends x_L itself back."""

        def breaks(case) -> bool:
            widths, seed = case
            n, m = widths[:2]
            x = gaussian(seed, n)
            W = signs(n * m).reshape(-1, m, n) / math.sqrt(n)
            v = torch.einsum("pmn,n->pm", W, x)
            return abs(squared(torch.einsum("pmn,pm->pn", W, v)) / squared(v) - 1) > 0.05

        counterexample(st.tuples(self.shapes, SEEDS), breaks)


# ---------------------------------------------------------------------------------------------------------------------


class Test_scale_invariance:  # noqa: N801
    """In front of a normalisation, ⟨W, ∇ℓ⟩ = 0 and ∇ℓ(cW) = ∇ℓ(W)/c for c > 0."""

    NORMS: dict[str, Callable[[Tensor, float], Tensor]] = {
        "batch": batchnorm,
        "layer": lambda z, epsilon: batchnorm(z.T, epsilon).T,
        "rms": lambda z, epsilon: z / torch.sqrt(z.square().mean(1, keepdim=True) + epsilon),
    }
    cases = st.tuples(
        st.sampled_from(sorted(NORMS)), st.booleans().flatmap(activations), losses, st.integers(1, 4),
        st.integers(1, 4), st.integers(2, 5), SEEDS,
    ).filter(lambda case: case[0] != "batch" or case[3] > 1)  # fmt: skip

    @classmethod
    def function(cls, case, epsilon: float = 0.0, bias: float = 0.0, decay: float = 0.0) -> tuple[Function, Tensor]:
        """(loss as a function of W, W)."""
        norm, phi, loss, batch, width, units, seed = case
        x, W, target = gaussian(seed, batch, width), gaussian(seed + 1, units, width), gaussian(seed + 2, batch, units)
        b = bias * gaussian(seed + 3, units)

        def ell(W: Tensor) -> Tensor:
            return loss(phi(cls.NORMS[norm](x @ W.T + b, epsilon)), target) + decay * W.square().sum()

        return ell, W

    @staticmethod
    def faults(ell: Function, W: Tensor, c: float) -> tuple[float, float, float]:
        """Cosine of weights and gradient; relative error of ∇ℓ(cW) = ∇ℓ(W)/c; ‖∇ℓ‖‖W‖."""
        g, scaled = gradient(ell, W), gradient(ell, c * W)
        size = float(g.norm() * W.norm())
        return float((g * W).sum()) / (size + 1e-300), float((c * scaled - g).norm() / (g.norm() + 1e-300)), size

    @QUIET
    @given(cases, positive(0.25, 4))
    def test_holds(self, case, c):
        cosine, error, size = self.faults(*self.function(case), c)
        assert size < 1e-6 or (abs(cosine) < 1e-7 and error < 1e-6)  # two samples or two units: no gradient

    @QUIET
    @given(cases, generic(5))
    def test_holds_row_by_row_for_batchnorm(self, case, scales):
        """BatchNorm normalises each unit on its own, so each row may have a factor of its own, and any bias."""
        ell, W = self.function(("batch", *case[1:]), bias=1.0)
        g, c = gradient(ell, W), scales[: len(W), None].exp()
        assume(g.norm() > 1e-6)  # two samples: no gradient
        assert ((g * W).sum(1).abs() <= 1e-7 * (g.norm(dim=1) * W.norm(dim=1) + 1e-6)).all()
        assert (c * gradient(ell, c * W) - g).norm() <= 1e-6 * g.norm()

    def breaks(self, options, c=positive(2, 4), cases=cases):  # noqa: B008
        def found(case) -> bool:
            cosine, error, size = self.faults(*self.function(case[0], **options), case[1])
            return size > 1e-3 and abs(cosine) > 0.01 and error > 0.01

        counterexample(st.tuples(cases, c), found)

    @QUIET
    @given(cases, positive(1 / 16, 2))
    def test_holds_for_a_step(self, case, rate):
        """Pythagoras; and the direction moves as that of W/‖W‖ with the rate η/‖W‖²."""
        ell, W = self.function(case)
        g, size = gradient(ell, W), W.norm()
        assume(g.norm() > 1e-6)
        after, direction = W - rate * g, W / size
        assert squared(after) == pytest.approx(squared(W) + rate**2 * squared(g), rel=1e-9)
        assert close(after / size, direction - rate / size**2 * gradient(ell, direction), 1e-6)

    def test_needs_the_whole_of_what_is_free(self):
        """Before LayerNorm a single row is not orthogonal to its gradient; nor are weights beside a fixed bias."""

        def found(case) -> bool:
            ell, W = self.function(("layer", *case[1:]))
            row = gradient(ell, W)[0]
            return row.norm() > 1e-3 and abs(F.cosine_similarity(row, W[0], 0)) > 0.1

        counterexample(self.cases, found)
        self.breaks({"bias": 1.0}, cases=self.cases.filter(lambda case: case[0] != "batch"))

    def test_needs_no_epsilon(self):
        self.breaks({"epsilon": 0.1})

    def test_needs_no_decay(self):
        """The weights shrink."""
        self.breaks({"decay": 0.1})

        def found(case) -> bool:
            ell, W = self.function(case, decay=0.1)
            return (W - 0.1 * gradient(ell, W)).norm() < 0.99 * W.norm()

        counterexample(self.cases, found)

    def test_needs_plain_gradient_descent(self):
        """Adam's first step, in effect the gradient's signs, is not orthogonal to the weights; they may shrink."""

        def found(case) -> bool:
            ell, W = self.function(case)
            g = gradient(ell, W)
            step = g / (g.abs() + 1e-8)
            return g.norm() > 1e-3 and (W - 0.05 * step).norm() < 0.99 * W.norm()

        counterexample(self.cases, found)

    def test_breaks_with_a_negative_factor(self):
        """W ↦ −W turns the normalised units round: another function, another gradient."""

        def found(case) -> bool:
            _, error, size = self.faults(*self.function(case), -1.0)
            return size > 1e-3 and error > 0.01

        counterexample(self.cases, found)


# ---------------------------------------------------------------------------------------------------------------------


class Test_symmetry:  # noqa: N801
    """Units that start equal stay equal under deterministic training that treats parameters alike."""

    OPTIMISERS: dict[str, Callable[[list[Tensor]], torch.optim.Optimizer]] = {
        "SGD": lambda p: torch.optim.SGD(p, 0.05),
        "momentum": lambda p: torch.optim.SGD(p, 0.02, momentum=0.9, weight_decay=0.01),
        "Nesterov": lambda p: torch.optim.SGD(p, 0.02, momentum=0.9, nesterov=True),
        "Adam": lambda p: torch.optim.Adam(p, 0.01, eps=1e-6),
        "AdamW": lambda p: torch.optim.AdamW(p, 0.01, eps=1e-6, amsgrad=True),
        "RMSprop": lambda p: torch.optim.RMSprop(p, 0.01, eps=1e-6),
        "Adagrad": lambda p: torch.optim.Adagrad(p, 0.05, eps=1e-6),
    }
    cases = st.tuples(
        st.sampled_from(sorted(OPTIMISERS)), activations(smooth=("tanh", "sigmoid", "gelu", "sin", "softplus")), losses,
        st.integers(2, 5), st.integers(1, 4), st.integers(1, 6), SEEDS,
    )  # fmt: skip

    @classmethod
    def distance(cls, case, steps: int = 6, after: Function = lambda x: x, change: str = "", noise: float = 0.0):
        """(largest difference between units 0 and 1 after training, how far the weights moved)."""
        optimiser, phi, loss, width, inputs, batch, seed = case
        x, target = gaussian(seed, batch, inputs), gaussian(seed + 1, batch, 2)
        parts = {
            "rows": gaussian(seed + 2, width, inputs), "bias": gaussian(seed + 3, width),
            "columns": gaussian(seed + 4, width, 2) / 2,
        }  # fmt: skip
        for name, part in parts.items():
            part[1] = part[0] + 0.1 * (name == change)
            part.requires_grad_()
        start = [part.detach().clone() for part in parts.values()]
        torch.manual_seed(seed % 2**31)
        rule = cls.OPTIMISERS[optimiser](list(parts.values()))
        for _ in range(steps):
            rule.zero_grad()
            hidden = after(phi(x @ parts["rows"].T + parts["bias"]))
            loss(hidden @ parts["columns"], target).backward()
            torch.nn.utils.clip_grad_norm_(list(parts.values()), 1.0)
            for part in parts.values():
                part.grad += noise * torch.randn(part.shape)
            rule.step()
        moved = max(float((part.detach() - old).abs().max()) for part, old in zip(parts.values(), start, strict=True))
        # of what may differ after one part was changed on purpose, the others are looked at
        others = [part.detach() for name, part in parts.items() if name != change]
        return max(float((part[0] - part[1]).abs().max()) for part in others), moved

    @QUIET
    @given(cases)
    def test_holds(self, case):
        apart, moved = self.distance(case)
        assert math.isfinite(moved) and apart <= 1e-8

    def breaks(self, **options):
        def found(case) -> bool:
            apart, moved = self.distance(case, **options)
            return moved > 0.01 and apart > 1e-3

        counterexample(self.cases, found)

    def test_needs_an_equal_start(self):
        """In all of a unit's parameters: of rows, biases and columns no two suffice."""
        for change in ("rows", "bias", "columns"):
            self.breaks(change=change)

    def test_needs_deterministic(self):
        """Dropout's masks, and noise added to the gradient."""
        self.breaks(after=lambda x: F.dropout(x, 0.5))
        self.breaks(noise=0.1)

    def test_needs_exact_arithmetic(self):
        """In float32 equal sums may round differently; Adam makes much of little, and training of small differences."""
        largest = 0.0
        for width, rate in itertools.product((33, 65), (0.03, 0.1)):
            torch.manual_seed(0)
            x = torch.randn(256, 2, dtype=torch.float32)
            target = torch.tanh(x[:, :1] * x[:, 1:])
            first, last = torch.nn.Linear(2, width).float(), torch.nn.Linear(width, 1).float()
            parts = [*first.parameters(), *last.parameters()]
            for part in parts:
                torch.nn.init.constant_(part, 0.1)
            adam = torch.optim.Adam(parts, rate)
            for _ in range(600):
                adam.zero_grad()
                F.mse_loss(last(torch.tanh(first(x))), target).backward()
                adam.step()
            rows = first.weight.detach()
            largest = max(largest, float((rows - rows[0]).abs().max()))
            if largest > 1e-3:
                break
        assert largest > 1e-3


# ---------------------------------------------------------------------------------------------------------------------


class Test_relu_isometry:  # noqa: N801
    """Independent, symmetric, continuous weights: the ReLU layer's Jacobian D W has rank about n/2, is no isometry."""

    LAWS: dict[str, Function] = {
        "normal": lambda g: g, "uniform": lambda g: torch.erf(g / math.sqrt(2)), "heavy": lambda g: g**3,
        "bimodal": lambda g: g + 3 * g.sign(),
    }  # fmt: skip
    sizes = st.tuples(st.integers(2, 4), st.integers(1, 6))  # inputs, units

    @staticmethod
    def jacobian(W: Tensor, x: Tensor) -> Tensor:
        return torch.func.jacrev(lambda x: F.relu(W @ x))(x)

    @staticmethod
    def isometric(J: Tensor, tolerance: float = 1e-7) -> bool:
        """All singular values equal and not 0: JᵀJ is a multiple of the identity."""
        gram = J.T @ J
        scale = float(gram.diagonal().mean())
        return scale > 0 and bool((gram - scale * torch.eye(len(gram))).abs().max() <= tolerance * scale)

    @FEW
    @given(st.sampled_from(sorted(LAWS)), sizes, SEEDS, st.data())
    def test_holds(self, law, sizes, seed, data):
        """Symmetric rows: all 2^units patterns of their signs are equally likely, so means over them are exact."""
        inputs, units = sizes
        W = self.LAWS[law](gaussian(seed, units, inputs))
        x = data.draw(special(inputs).filter(lambda x: bool(x.norm() > 0)))
        jacobians = [self.jacobian(pattern[:, None] * W, x) for pattern in signs(units)]
        assert not any(self.isometric(J) for J in jacobians)
        ranks = torch.tensor([float(torch.linalg.matrix_rank(J)) for J in jacobians])
        expected = sum(math.comb(units, k) * min(k, inputs) for k in range(units + 1)) / 2**units
        assert ranks.mean() == expected
        if units == inputs:
            assert expected == inputs / 2

    @FEW
    @given(st.booleans(), st.integers(1, 3), SEEDS)
    def test_holds_over_layers(self, orthogonal, width, seed):
        """Two layers, Gaussian or Haar: over all signs of rows the open units are independent binomial numbers."""
        matrices = [gaussian(seed + k, width, width) for k in range(2)]
        if orthogonal:
            matrices = [torch.linalg.qr(W).Q for W in matrices]
        x, counts = gaussian(seed + 2, width), {}
        for pattern in signs(2 * width):
            first, second = (row[:, None] * W for row, W in zip(pattern.reshape(2, width), matrices, strict=True))
            hidden = F.relu(first @ x)
            opened = (int((hidden > 0).sum()), int((second @ hidden > 0).sum()))
            J = torch.func.jacrev(lambda x, f=first, s=second: F.relu(s @ F.relu(f @ x)))(x)
            assert int(torch.linalg.matrix_rank(J)) <= min(opened)
            counts[opened] = counts.get(opened, 0) + 1
        for k, l in itertools.product(range(1, width + 1), range(width + 1)):
            assert counts.get((k, l), 0) == math.comb(width, k) * math.comb(width, l)

    def breaks(self, strategy) -> None:
        counterexample(strategy, lambda case: self.isometric(self.jacobian(*case)))

    def test_needs_independent_signs_of_the_rows(self):
        """Mirrored rows, Q above −Q: of each pair exactly one unit is on, and JᵀJ = I."""

        def mirrored(Q: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
            Q = torch.linalg.qr(Q).Q
            return torch.cat([Q, -Q]), x

        cases = st.integers(2, 5).flatmap(lambda n: st.builds(mirrored, generic(n, n), generic(n)))
        self.breaks(cases)

        @FEW
        @given(cases)
        def always(case):
            assert self.isometric(self.jacobian(*case), 1e-12)

        always()

    def test_needs_zero_mean_weights(self):
        """A permutation of positive inputs, ReLU with no effect."""
        self.breaks(
            st.integers(2, 5).flatmap(
                lambda n: st.builds(lambda p, x: (torch.eye(n)[p], x.abs()), st.permutations(range(n)), generic(n))
            )
        )

    def test_needs_no_biases(self):
        """Large biases open every unit of an orthogonal layer."""

        def breaks(case) -> bool:
            Q, x, bias = torch.linalg.qr(case[0]).Q, *case[1:]
            return self.isometric(torch.func.jacrev(lambda x: F.relu(Q @ x + bias))(x))

        counterexample(st.tuples(generic(3, 3), generic(3), numbers(8)), breaks)

    def test_breaks_with_weights_of_few_values(self):
        """Weights ±1: orthogonal rows, all units on, with positive probability."""
        self.breaks(st.tuples(st.sampled_from(list(signs(4).reshape(-1, 2, 2))), generic(2)))

    def test_breaks_with_one_input(self):
        self.breaks(st.tuples(generic(3, 1), generic(1)))


# ---------------------------------------------------------------------------------------------------------------------


class Test_forward_price:  # noqa: N801
    """E‖x_L‖² = (1 + α² c)^L ‖x_0‖² for independent branches of mean 0 that multiply the squared norm by c."""

    @staticmethod
    def price(
        branch: Callable[[Tensor, Tensor], Tensor], entries: int, alpha: float, depth: int, x: Tensor, shared=False
    ):
        """E‖x_L‖²/‖x_0‖² over all sign patterns of all branches; `branch(x, signs)` takes batches."""
        stream, patterns = x[None], signs(entries)
        for layer in range(depth):
            if shared and layer:
                stream = stream + alpha * branch(stream, patterns)
            else:
                count = len(stream)
                stream = stream.repeat_interleave(len(patterns), 0)
                stream = stream + alpha * branch(stream, patterns.repeat(count, 1))
        return squared(stream) / len(stream) / squared(x)

    @staticmethod
    def linear(gain: float, end: Function = lambda z: z) -> Callable[[Tensor, Tensor], Tensor]:
        """W x with weights ±√(gain/n): c = gain."""
        return lambda x, s: end(math.sqrt(gain / 2) * torch.einsum("pmn,pn->pm", s.reshape(-1, 2, 2), x))

    @staticmethod
    def two_he_layers(x: Tensor, s: Tensor) -> Tensor:
        """W₂ relu(W₁ x), both with weights ±√(2/n): c = 2."""
        first, second = s.reshape(-1, 2, 2, 2).unbind(1)
        return torch.einsum("pmn,pn->pm", second, F.relu(torch.einsum("pmn,pn->pm", first, x)))

    vectors = special(2).filter(lambda x: bool(x.norm() > 0.1))

    @FEW
    @given(positive(), ALPHAS, st.integers(1, 3), vectors)
    def test_holds(self, gain, alpha, depth, x):
        measured = self.price(self.linear(gain), 4, alpha, depth, x)
        assert measured == pytest.approx(theory.stream_growth(gain, alpha, depth), rel=1e-9)

    @FEW
    @given(ALPHAS, st.integers(1, 2), vectors)
    def test_holds_for_two_he_layers(self, alpha, depth, x):
        measured = self.price(self.two_he_layers, 8, alpha, depth, x)
        assert measured == pytest.approx(theory.stream_growth(2, alpha, depth), rel=1e-9)

    def breaks(self, branch, c: float, **options) -> tuple[float, float, float]:
        """A search for a factor more than 5 % away."""

        def found(case) -> bool:
            measured, expected = self.price(branch, 4, *case, **options), theory.stream_growth(c, *case[:2])
            return abs(measured / expected - 1) > 0.05

        return counterexample(st.tuples(ALPHAS, st.integers(1, 3), self.vectors), found)

    def test_needs_zero_mean_branch(self):
        """relu(W x) with He's variance has c = 1, too; but it is never negative, and the stream grows faster."""
        branch = self.linear(2, F.relu)
        alpha, depth, x = self.breaks(branch, 1)
        assert self.price(branch, 4, alpha, depth, x) != pytest.approx(theory.stream_growth(1, alpha, depth), rel=0.05)
        assert self.price(branch, 4, 1, 3, torch.ones(2)) > theory.stream_growth(1, 1, 3)
        self.breaks(lambda x, s: self.linear(1)(x, s + 0.5), 1.25)
        assert self.price(lambda x, s: -x / 2, 4, 1, 3, torch.ones(2)) < 1, "a branch may also take away"

    def test_breaks_with_shared_weights(self):
        self.breaks(self.linear(1), 1, shared=True)

    def test_needs_the_same_forward_gain_in_every_block(self):
        """W tanh(x): c is 1 for a small stream, and falls as it grows."""
        self.breaks(lambda x, s: self.linear(1)(torch.tanh(x), s), 1)

    def test_needs_in_the_mean(self):
        """One draw of the branches may shrink the stream."""

        def breaks(case) -> bool:
            alpha, depth, x, pattern = case
            stream = x[None]
            for _ in range(depth):
                stream = stream + alpha * self.linear(1)(stream, signs(4)[pattern : pattern + 1])
            return squared(stream) / squared(x) < 0.9 < 1 < theory.stream_growth(1, alpha, depth)

        counterexample(st.tuples(ALPHAS, st.integers(1, 3), self.vectors, st.integers(0, 15)), breaks)


class Test_homogeneous_gain:  # noqa: N801
    """E‖J‖_F²/m = G · (E‖y‖²/m)/(‖x‖²/n), G = k²/(2k − 1)(1 + 2(k − 1)/n), or 1 + that + 2k/n with a gate."""

    HERMITE, HERMITE_WEIGHT = (torch.from_numpy(a) for a in hermegauss(4))

    @classmethod
    def ratio(cls, phi: Function, x: Tensor, gated: bool = False, tied: bool = False) -> float:
        """Exact: rows of W come from a quadrature along x, where φ bends, and from one across, where it does not."""
        n, nodes, weight = len(x), gaussian_rule._XI, gaussian_rule._WEIGHT
        basis = torch.linalg.qr(torch.cat([x[:, None], gaussian(0, n, n)], 1))[0]
        total_g = total_y = 0.0
        probe = cls.HERMITE_WEIGHT / cls.HERMITE_WEIGHT.sum()
        for axis in range(1, n) if n > 1 else (None,):  # a square along each axis across: sum of means
            across = probe[:, None, None, None] * probe[None, :, None, None] if axis else torch.ones(1, 1, 1, 1)
            t = cls.HERMITE if axis else torch.zeros(1)
            u, u2, eta2, eta = torch.broadcast_tensors(
                nodes[None, None, None, :],
                t[:, None, None, None],
                t[None, :, None, None],
                cls.HERMITE[None, None, :, None],
            )
            w = (weight * across * probe[None, None, :, None]).expand(u.shape).flatten()
            e = basis[:, axis] if axis else torch.zeros(n)
            W = u.flatten()[:, None] * basis[:, 0] + u2.flatten()[:, None] * e
            V = eta.flatten()[:, None] * basis[:, 0] + eta2.flatten()[:, None] * e
            points = x.repeat(len(W), 1).requires_grad_()
            z = (W * points).sum(1) / math.sqrt(n)
            y = phi(z) * (z if tied else (V * points).sum(1) / math.sqrt(n)) if gated or tied else phi(z)
            (g,) = torch.autograd.grad(y.sum(), points)
            along = float((w * (g @ basis[:, 0]) ** 2).sum())
            side = float((w * (g @ e) ** 2).sum())
            total_g += side + (along if axis in (None, 1) else 0)
            total_y = float((w * y.detach() ** 2).sum())
        return total_g / (total_y / float(x.square().mean()))

    @staticmethod
    def power(k: float, right: float, left: float) -> Function:
        return lambda z: right * F.relu(z) ** k + left * F.relu(-z) ** k

    @staticmethod
    def expected(k: float, n: int, gated: bool) -> float:
        return theory.homogeneous_gain(k, n) + gated * (1 + 2 * k / n)

    sides = st.tuples(numbers(), numbers()).filter(any)
    vectors = st.one_of(*map(special, (1, 2, 3))).filter(lambda x: bool(x.norm() > 0.1))

    @FEW
    @given(st.integers(4, 16).map(lambda j: j / 4), sides, vectors, st.booleans())
    def test_holds(self, k, sides, x, gated):
        measured = self.ratio(self.power(k, *sides), x, gated)
        assert measured == pytest.approx(self.expected(k, len(x), gated), rel=1e-2 if k % 1 else 1e-8)
        assert theory.homogeneous_gain(k) >= 1 == theory.homogeneous_gain(1)

    def test_needs_homogeneous(self):
        """sigmoid: below 1, and another at each scale."""

        def breaks(case) -> bool:
            phi, x = case
            return self.ratio(phi, x) < 0.9 * min(theory.homogeneous_gain(k) for k in (1, 2, 3))

        counterexample(st.tuples(st.just(torch.sigmoid), self.vectors), breaks)

    def test_needs_gaussian_weights(self):
        """Inputs ±1, one weight ±1 in a row: each z is ±1, and the ratio is k²."""

        def breaks(case) -> bool:
            k, x = case
            points = x.sign().repeat(2 * len(x), 1).requires_grad_()
            W = torch.cat([torch.eye(len(x)), -torch.eye(len(x))])
            y = F.relu((W * points).sum(1)) ** k
            (g,) = torch.autograd.grad(y.sum(), points)
            measured = float(g.square().sum() / y.detach().square().sum())
            return abs(measured / k**2 - 1) < 1e-9 and measured > 1.2 * theory.homogeneous_gain(k, len(x))

        vectors = special(3).filter(lambda x: bool((x != 0).all()))
        counterexample(st.tuples(st.integers(2, 4), vectors), breaks)

    def test_needs_independent_gate(self):
        """relu(z) z = relu(z)²: with V = W the gate is a power."""

        def breaks(x) -> bool:
            tied = self.ratio(F.relu, x, tied=True)
            return bool(tied == pytest.approx(theory.homogeneous_gain(2, len(x)))) and tied < 0.9 * self.expected(
                1, len(x), True
            )

        counterexample(self.vectors.filter(lambda x: len(x) > 1), breaks)


class Test_looks_linear:  # noqa: N801
    """If φ(z) − φ(−z) = κz, layers x ← R(φ(x) − φ(−x)) are the linear map κ^L R_L ⋯ R_1."""

    FULL = (F.relu, F.gelu, F.silu, F.softplus, lambda z: F.leaky_relu(z, 0.25), lambda z: z**2 + z)

    @staticmethod
    def off(phi: Function, A: list[Tensor], B: list[Tensor], x: Tensor, kappa: float = 1.0) -> float:
        y, linear = x, x
        for a, b in zip(A, B, strict=True):
            y, linear = a @ phi(y) - b @ phi(-y), kappa * a @ linear
        return float((y - linear).norm() / (1 + linear.norm()))

    cases = st.tuples(st.integers(1, 4), st.integers(1, 5), SEEDS)

    @staticmethod
    def draw(width: int, depth: int, seed: int, orthogonal: bool = True) -> list[Tensor]:
        draws = [gaussian(seed + i, width, width) for i in range(depth)]
        return [torch.linalg.qr(d).Q for d in draws] if orthogonal else draws

    @QUIET
    @given(cases, st.sampled_from(FULL), st.booleans())
    def test_holds(self, case, phi, orthogonal):
        width, depth, seed = case
        R, x = self.draw(width, depth, seed, orthogonal), gaussian(seed - 1, width)
        kappa = float(phi(torch.ones(1)) - phi(-torch.ones(1)))
        assert self.off(phi, R, R, x, kappa) < 1e-9

        def f(x: Tensor) -> Tensor:
            for r in R:
                x = r @ (phi(x) - phi(-x))
            return x

        if orthogonal:
            values = torch.linalg.svdvals(torch.autograd.functional.jacobian(f, x))
            assert torch.allclose(values, torch.full_like(values, kappa**depth))

    def test_needs_linear_odd_part(self):
        def breaks(case) -> bool:
            width, depth, seed = case
            R = self.draw(width, depth, seed)
            return self.off(F.elu, R, R, gaussian(seed - 1, width)) > 0.1

        counterexample(self.cases, breaks)

    def test_needs_mirrored_halves(self):
        def breaks(case) -> bool:
            width, depth, seed = case
            R, other = self.draw(width, depth, seed), self.draw(width, depth, seed + 100)
            return self.off(F.relu, R, other, gaussian(seed - 1, width)) > 0.1

        counterexample(self.cases, breaks)

    def test_needs_orthogonal_weights(self):
        """For the singular values alone: Gaussian weights give a linear map, not an isometry."""

        def breaks(case) -> bool:
            width, depth, seed = case
            product = torch.eye(width)
            for r in self.draw(width, depth, seed, orthogonal=False):
                product = r @ product / math.sqrt(width)
            values = torch.linalg.svdvals(product)
            return float(values.max()) > 2 * float(values.min())

        counterexample(self.cases, breaks)


# ---------------------------------------------------------------------------------------------------------------------


class Test_uniform_attention:  # noqa: N801
    """Weights 1/T make all outputs of attention without skip equal."""

    cases = st.integers(1, 5).flatmap(lambda T: st.tuples(special(T, 3), special(3, 3), special(T, T)))

    @staticmethod
    def outputs(x: Tensor, W: Tensor, logits: Tensor) -> Tensor:
        return torch.softmax(logits, -1) @ (x @ W.T)

    @staticmethod
    def rank(y: Tensor) -> int:
        return int(torch.linalg.matrix_rank(y, atol=1e-9))

    @QUIET
    @given(cases, numbers())
    def test_holds(self, case, common):
        x, W, logits = case
        y = self.outputs(x, W, torch.full_like(logits, common))
        assert close(y, y[:1].expand_as(y), 1e-12) and self.rank(y) <= 1

    def test_needs_equal_logits(self):
        counterexample(self.cases, lambda case: self.rank(self.outputs(*case)) > 1)

    def test_needs_every_token_sees_all(self):
        def breaks(case) -> bool:
            x, W, logits = case
            masked = torch.zeros_like(logits).masked_fill(torch.ones_like(logits).triu(1).bool(), -torch.inf)
            return self.rank(self.outputs(x, W, masked)) > 1

        counterexample(self.cases, breaks)

    def test_needs_no_skip(self):
        def breaks(case) -> bool:
            x, W, logits = case
            return self.rank(x + self.outputs(x, W, torch.zeros_like(logits))) > 1

        counterexample(self.cases, breaks)


class Test_equal_values:  # noqa: N801
    """If all values are equal, no loss of the outputs has a gradient by the logits."""

    cases = st.integers(1, 5).flatmap(lambda T: st.tuples(special(T, T), special(T, 3), special(T, 3), losses))

    @staticmethod
    def by_logits(logits: Tensor, values: Tensor, target: Tensor, loss, rows) -> float:
        g = gradient(lambda s: loss(rows(s) @ values, target), logits)
        return float(g.abs().max())

    @staticmethod
    def softmax(logits: Tensor) -> Tensor:
        return torch.softmax(logits, -1)

    @QUIET
    @given(cases)
    def test_holds(self, case):
        logits, values, target, loss = case
        assert self.by_logits(logits, values[:1].expand_as(values), target, loss, self.softmax) < 1e-12

    def test_needs_equal_values(self):
        counterexample(self.cases, lambda case: self.by_logits(*case, self.softmax) > 1e-3)

    def test_needs_rows_that_sum_to_one(self):
        def breaks(case) -> bool:
            logits, values, target, loss = case
            return self.by_logits(logits, values[:1].expand_as(values), target, loss, torch.sigmoid) > 1e-3

        counterexample(self.cases, breaks)


# ---------------------------------------------------------------------------------------------------------------------


class Test_peri_ln:  # noqa: N801
    """‖x_L‖ ≤ ‖x_0‖ + |γ| L √n if each branch's output is normalised."""

    @staticmethod
    def excess(x: Tensor, seeds: list[int], scale: float, gamma: float, normalise: str, eps: float) -> float:
        """‖x_L‖ over the bound, branches with weights of any scale and activations of any kind."""
        n, bound = len(x), float(x.norm()) + abs(gamma) * len(seeds) * math.sqrt(len(x))
        for seed in seeds:
            y = scale * gaussian(seed, n, n) @ torch.tanh(gaussian(seed + 1, n, n) @ x + gaussian(seed + 2, n))
            if normalise == "layer":
                y = y - y.mean()
            if normalise != "none":
                size = y.square().mean() + eps
                y = y / size.sqrt() if size > 0 else torch.zeros_like(y)
            x = x + gamma * y
        return float(x.norm()) / bound if bound else float(x.norm() > 0)

    cases = st.integers(1, 5).flatmap(
        lambda n: st.tuples(
            special(n), st.lists(SEEDS, min_size=1, max_size=5), positive(0.25, 100), numbers().filter(bool)
        )
    )

    @QUIET
    @given(cases, st.sampled_from(["layer", "rms"]), st.sampled_from([0.0, 1e-5, 0.5]))
    def test_holds(self, case, normalise, eps):
        assert self.excess(*case, normalise, eps) <= 1 + 1e-12

    def test_needs_a_normalised_output(self):
        counterexample(self.cases, lambda case: self.excess(*case, "none", 0.0) > 1.1)


# ---------------------------------------------------------------------------------------------------------------------


class Test_qk_norm:  # noqa: N801
    """Normalised queries and keys: |s| ≤ |γ| √d and A ≥ exp(−2 |γ| √d)/T."""

    cases = st.tuples(st.integers(1, 5), st.integers(1, 4)).flatmap(
        lambda Td: st.tuples(special(Td[0], 3), special(3, Td[1]), special(3, Td[1]), positive(0.25, 50))
    )

    @staticmethod
    def rms(x: Tensor) -> Tensor:
        return x / (x.square().mean(-1, keepdim=True) + 1e-30).sqrt()

    @classmethod
    def holds(cls, x: Tensor, Q: Tensor, K: Tensor, scale: float, gamma: float, bound: float, normal: bool) -> bool:
        q, k = scale * x @ Q, scale * x @ K
        if normal:
            q, k = cls.rms(q), cls.rms(k)
        d = q.shape[-1]
        s = gamma * q @ k.mT / math.sqrt(d)
        b = abs(bound) * math.sqrt(d)
        smallest = torch.softmax(s, -1).min() * len(x)
        return bool(s.abs().max() <= b * (1 + 1e-9)) and bool(smallest >= math.exp(-2 * b) * (1 - 1e-9))

    @QUIET
    @given(cases, numbers())
    def test_holds(self, case, gamma):
        assert self.holds(*case, gamma, gamma, True)

    def test_needs_normalised_queries_and_keys(self):
        counterexample(self.cases, lambda case: not self.holds(*case, 1, 1, False))

    def test_needs_a_fixed_scale(self):
        counterexample(self.cases, lambda case: not self.holds(*case, 3, 1, True))


# ---------------------------------------------------------------------------------------------------------------------


class Test_euler_balance:  # noqa: N801
    """⟨W_l, ∂ℒ/∂W_l⟩ is the same for all layers x ← φ(W x) with φ positively homogeneous of degree 1."""

    @staticmethod
    def sums(phi: Function, seed: int, depth: int, width: int, batch: int, loss, bias=0.0, skip=0.0) -> Tensor:
        weights = [gaussian(seed + l, width, width).requires_grad_() for l in range(depth)]
        x, target = gaussian(seed + 97, batch, width), gaussian(seed + 98, batch, width)
        for l, W in enumerate(weights):
            x = skip * x + phi(x @ W.T + bias * gaussian(seed + 50 + l, width))
        gradients = torch.autograd.grad(loss(x, target), weights, allow_unused=True, materialize_grads=True)
        return torch.stack([(W * g).sum().detach() for W, g in zip(weights, gradients, strict=True)])

    @staticmethod
    def equal(sums: Tensor) -> bool:
        return bool((sums - sums[0]).abs().max() <= 1e-9 * sums.abs().max().clamp_min(1))

    slopes = st.tuples(numbers(2), numbers(2))
    cases = st.tuples(SEEDS.map(lambda s: s // 2), st.integers(2, 5), st.integers(1, 4), st.integers(1, 3), losses)

    @staticmethod
    def kinked(slopes: tuple[float, float]) -> Function:
        """The functions of one variable that are homogeneous of degree 1: one slope on each side of 0."""
        return lambda z: slopes[0] * F.relu(z) - slopes[1] * F.relu(-z)

    @QUIET
    @given(slopes, cases)
    def test_holds(self, slopes, case):
        assert self.equal(self.sums(self.kinked(slopes), *case))

    def breaks(self, phi: Function, **options) -> None:
        counterexample(self.cases, lambda case: not self.equal(self.sums(phi, *case, **options)))

    def test_needs_activation_of_degree_one(self):
        for phi in (torch.tanh, lambda z: F.relu(z) ** 2, F.gelu):
            self.breaks(phi)

    def test_needs_no_biases(self):
        self.breaks(F.relu, bias=0.5)

    def test_needs_no_skips(self):
        self.breaks(F.relu, skip=1.0)


# ---------------------------------------------------------------------------------------------------------------------


class Test_adam_scale:  # noqa: N801
    """Adam on a·g_t with aε makes the steps of Adam on g_t with ε."""

    cases = st.tuples(SEEDS, st.integers(1, 6), st.integers(1, 5), losses, positive(1 / 16, 16))

    @staticmethod
    def end(case, factor: Callable[[Tensor, int], float], eps: float = 1e-3, **options: float) -> Tensor:
        """Weights after some steps; gradients are multiplied by factor(g, t) before Adam, or AdamW, sees them."""
        seed, steps, width, loss, _ = case
        x, target, w = gaussian(seed, 3, width), gaussian(seed // 2 + 1, 3, 1), gaussian(seed // 3 + 2, width, 1)
        w.requires_grad_()
        kind = torch.optim.AdamW if options.pop("apart", 0) else torch.optim.Adam
        adam = kind([w], lr=0.1, eps=eps, **options)
        for t in range(steps):
            (w.grad,) = torch.autograd.grad(loss(torch.tanh(x @ w), target), w)
            w.grad *= factor(w.grad, t)
            adam.step()
        return w.detach()

    @QUIET
    @given(cases, st.booleans())
    def test_holds(self, case, decayed):
        a = case[-1]
        options = {"apart": 1, "weight_decay": 0.1} if decayed else {}
        plain = self.end(case, lambda g, t: 1.0, **options)
        assert close(self.end(case, lambda g, t: a, eps=a * 1e-3, **options), plain)

    @QUIET
    @given(cases)
    def test_thresholds_that_clip_each_step_give_one_run(self, case):
        def unit(g: Tensor) -> float:
            return 1 / max(float(g.norm()), 1e-12)

        a = case[-1]
        assert close(self.end(case, lambda g, t: a * unit(g), eps=a * 1e-3), self.end(case, lambda g, t: unit(g)))

    def test_needs_one_factor(self):
        def breaks(case) -> bool:
            loud = self.end(case, lambda g, t: 100.0 if t else 1.0, eps=1e-12)
            return not close(loud, self.end(case, lambda g, t: 1.0, eps=1e-12), 1e-3)

        counterexample(self.cases, breaks)

    def test_needs_epsilon_scaled_along(self):
        def breaks(case) -> bool:
            return not close(self.end(case, lambda g, t: case[-1]), self.end(case, lambda g, t: 1.0), 1e-6)

        counterexample(self.cases, breaks)

    def test_needs_no_decay_in_the_gradient(self):
        def breaks(case) -> bool:
            a, decay = case[-1], {"weight_decay": 0.5}
            scaled = self.end(case, lambda g, t: a, eps=a * 1e-3, **decay)
            return not close(scaled, self.end(case, lambda g, t: 1.0, **decay), 1e-3)

        counterexample(self.cases, breaks)


# ---------------------------------------------------------------------------------------------------------------------


class Test_adam_bound:  # noqa: N801
    """|Δw_t| ≤ η C_t, reached by g_{t−i} ∝ (β₁/β₂)^i; C_t has a limit if β₁² < β₂."""

    betas = st.tuples(st.integers(0, 15).map(lambda k: k / 16), st.integers(1, 15).map(lambda k: k / 16))
    cases = st.tuples(betas, st.integers(1, 12), SEEDS, st.sampled_from(["normal", "heavy", "sparse", "growing"]))

    @staticmethod
    def last(gradients: Tensor, betas: tuple[float, float], eps: float = 1e-150) -> float:
        w = torch.zeros(1)
        adam = torch.optim.Adam([w], lr=1.0, betas=betas, eps=eps)
        for g in gradients:
            w.grad, before = g.reshape(1).clone(), w.item()
            adam.step()
        return abs(w.item() - before)

    @QUIET
    @given(cases, st.sampled_from([1e-150, 1e-3]))
    def test_holds(self, case, eps):
        betas, t, seed, kind = case
        g = gaussian(seed, t)
        g = {
            "normal": g,
            "heavy": g**5,
            "sparse": g * (gaussian(seed // 2, t) > 1),
            "growing": g.abs() * 2.0 ** torch.arange(t),
        }[kind]
        bound = theory.adam_bound(t, *betas)
        assert self.last(g, betas, eps) <= bound * (1 + 1e-9)
        worst = torch.tensor([(betas[0] / betas[1]) ** (t - 1 - i) for i in range(t)])
        assert close(self.last(worst, betas), bound)
        if betas[0] ** 2 < betas[1]:
            limit = (1 - betas[0]) / math.sqrt((1 - betas[1]) * (1 - betas[0] ** 2 / betas[1]))
            assert close(theory.adam_bound(20_000, *betas), limit)

    def test_needs_beta_one_squared_below_beta_two(self):
        counterexample(self.betas, lambda betas: betas[0] > 0 and theory.adam_bound(100, *betas) > 1e3)


class Test_generator_ratio:  # noqa: N801
    """One sample, D = σ(z): ∇ log(1 − D) = −D ∇z and ∇(−log D) = −(1 − D) ∇z, of ratio e^z."""

    @staticmethod
    def losses(logits: Function, w: Tensor, squash: Function = torch.sigmoid) -> tuple[Tensor, Tensor]:
        return (
            gradient(lambda w: torch.log1p(-squash(logits(w))).mean(), w),
            gradient(lambda w: -torch.log(squash(logits(w))).mean(), w),
        )

    cases = st.tuples(activations(), generic(4, 3), generic(4), generic(5, 3), generic(3))

    @staticmethod
    def logits(case, samples: int) -> Function:
        """A discriminator of one hidden layer behind a generator w ↦ tanh(w ⊙ noise)."""
        phi, hidden, readout, noise, _ = case
        return lambda w: phi(torch.tanh(w * noise[:samples]) @ hidden.T) @ readout

    @QUIET
    @given(cases)
    def test_holds(self, case):
        f, w = self.logits(case, 1), case[-1]
        z = float(f(w))
        assume(abs(z) < 12)
        down, other = self.losses(f, w)
        slope, D = gradient(lambda w: f(w).sum(), w), 1 / (1 + math.exp(-z))
        assert close(down, -D * slope, 1e-7) and close(other, -(1 - D) * slope, 1e-7)
        assert close(down, math.exp(z) * other, 1e-7 * (1 + math.exp(z)))

    def test_needs_one_sample(self):
        """Over a batch the two weigh the samples differently: other directions."""

        def breaks(case) -> bool:
            down, other = self.losses(self.logits(case, 5), case[-1])
            return float(F.cosine_similarity(down, other, 0)) < 0.9

        counterexample(self.cases, breaks)

    def test_needs_logistic_output(self):
        """D = ½ + arctan(z)/π: the ratio is still D/(1 − D), but it falls like 1/|z|, not like e^z."""

        def breaks(case) -> bool:
            f, w = self.logits(case, 1), case[-1]
            down, other = self.losses(f, w, lambda z: 0.5 + torch.atan(z) / math.pi)
            return float(f(w)) < -3 and float(down.norm()) > 2 * math.exp(float(f(w))) * float(other.norm()) > 0

        counterexample(self.cases, breaks)
