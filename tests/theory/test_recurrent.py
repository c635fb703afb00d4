"""Gradients through time against torch's own cells."""

from __future__ import annotations

import math

import pytest
import torch

import theory

CELLS = {"lstm": (torch.nn.LSTMCell, 1), "gru": (torch.nn.GRUCell, 1), "rnn": (torch.nn.RNNCell, None)}


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize(("bias", "variance", "steps"), [(0.0, 1.0, 5), (1.5, 0.5, 8), (4.0, 2.0, 4)])
def test_memory_of_cells_at_rest_against_autograd(name, bias, variance, steps):
    torch.manual_seed(0)
    kind, gate = CELLS[name]
    width, draws = 400, 4
    ratios = []
    for _ in range(draws):
        cell = kind(1, width)
        for parameter in cell.parameters():
            torch.nn.init.zeros_(parameter)
        torch.nn.init.normal_(cell.weight_hh, std=math.sqrt(variance / width))
        if gate:
            torch.nn.init.constant_(cell.bias_hh[gate * width : (gate + 1) * width], bias)
        x, state = torch.zeros(2, 1), torch.zeros(2, width)
        start = state.requires_grad_()
        pair = (torch.tanh(start) / 2, start)
        for _ in range(steps):
            pair = cell(x, pair) if name == "lstm" else (None, cell(x, pair[1]))
        v = torch.randn(2, width)
        (gradient,) = torch.autograd.grad(pair[1], start, v)
        ratios.append(float(gradient.square().sum() / v.square().sum()))
    assert sum(ratios) / draws == pytest.approx(theory.recurrent_memory(name, bias, variance, steps), rel=0.12)


def test_known_values():
    assert theory.recurrent_memory("lstm", 2.0, 0.0, 30) == pytest.approx((1 + math.exp(-2)) ** -60)
    assert theory.recurrent_memory("rnn", 5.0, 1 / 3, 10) == pytest.approx(3**-10)
    assert theory.recurrent_memory("gru", 1.0, 3.0, 0) == 1
    with pytest.raises(KeyError):
        theory.recurrent_memory("plain", 0, 1, 1)
