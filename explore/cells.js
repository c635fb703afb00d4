// Recurrent cells: what is left of a gradient some steps back in time, by a formula and in cells drawn at random.
//
// A cell: "lstm", "gru" or "rnn", recurrent and input weights of variance σ_w²/n, one input a step, and on the gate that
// keeps the state the bias b; other biases are 0.
import { randomNormal } from "d3-random";
import { backward, forward, uniform } from "./network.js";

const SEQUENCES = 2;
const NOISE = 0.1; // after one bit, as in the page's task
const sigmoid = x => 1 / (1 + Math.exp(-x));

/** While states are small a step back is f I + a U, with one random matrix U of variance 1/n for all steps: f and a. */
export function linearised({ cell, bias, variance }) {
  const keep = sigmoid(bias), weight = Math.sqrt(variance);
  return { lstm: [keep, weight / 4], gru: [keep, (sigmoid(-bias) * weight) / 2], rnn: [0, weight] }[cell];
}

/**
 * log₁₀ of the norm of (f I + a U)ᵗ v relative to v's, in the mean of the square over wide U, for t = 0 … steps:
 * Σ_k C(t, k)² f^2(t−k) a^2k.
 */
export function memory(keep, branch, steps) {
  const factorials = [0];
  for (let k = 1; k <= steps; k++) factorials.push(factorials[k - 1] + Math.log(k));
  const times = (count, log) => (count ? count * log : 0); // 0⁰ = 1
  return Array.from({ length: steps + 1 }, (_, t) => {
    const terms = Array.from({ length: t + 1 }, (_, k) =>
      2 * (factorials[t] - factorials[k] - factorials[t - k] + times(t - k, Math.log(keep)) + times(k, Math.log(branch))));
    const largest = Math.max(...terms);
    if (largest === -Infinity) return largest;
    return (largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0))) / (2 * Math.LN10);
  });
}

/** Add to each sequence's pre-activations its input times the input weights, and a bias. */
function feed(a, weights, inputs, bias = 0) {
  const n = weights.length;
  for (let at = 0; at < a.length; at++) a[at] += weights[at % n] * inputs[Math.floor(at / n)] + bias;
}

/** Σ of Uᵀ d over pairs of matrix and gradient. */
function back(pairs, size, n) {
  const sum = new Float64Array(size), part = new Float64Array(size);
  for (const [U, gradient] of pairs) {
    backward(gradient, U, part, SEQUENCES, n, 1);
    for (let at = 0; at < size; at++) sum[at] += part[at];
  }
  return sum;
}

// Each kind makes from its gates' matrices U, input weights W and the bias a `step`, from the state and the inputs to the
// next state, and a `pull`, from the gradient of a step's state to that of the one before. An LSTM's output h depends on
// its state, so its gradient is split: `carried` arrives by the cell, `seen` by h.
const KINDS = {
  rnn: {
    gates: 1,
    step: ({ h }, recall) => ({ h: recall(0).map(Math.tanh) }),
    pull({ carried }, { h }, before, U, size, n) {
      return { carried: back([[U[0], carried.map((g, at) => g * (1 - h[at] ** 2))]], size, n) };
    },
  },
  gru: {
    gates: 3,
    step({ h }, recall, { U, W, inputs, bias, n }) {
      const r = recall(0).map(sigmoid), z = recall(1, bias).map(sigmoid), inner = new Float64Array(h.length);
      forward(h, U[2], inner, SEQUENCES, n, 1);
      const u = inner.map((value, at) => r[at] * value);
      feed(u, W[2], inputs);
      for (let at = 0; at < u.length; at++) u[at] = Math.tanh(u[at]);
      return { h: h.map((old, at) => z[at] * old + (1 - z[at]) * u[at]), r, z, u, inner };
    },
    pull({ carried }, { r, z, u, inner }, { h }, U, size, n) {
      const du = carried.map((g, at) => g * (1 - z[at]) * (1 - u[at] ** 2));
      const dr = du.map((g, at) => g * inner[at] * r[at] * (1 - r[at]));
      const dz = carried.map((g, at) => g * (h[at] - u[at]) * z[at] * (1 - z[at]));
      const sum = back([[U[0], dr], [U[1], dz], [U[2], du.map((g, at) => g * r[at])]], size, n);
      return { carried: sum.map((g, at) => g + carried[at] * z[at]) };
    },
  },
  lstm: {
    gates: 4,
    step({ s }, recall, { bias }) {
      const i = recall(0).map(sigmoid), f = recall(1, bias).map(sigmoid), u = recall(2).map(Math.tanh), o = recall(3).map(sigmoid);
      const next = s.map((old, at) => f[at] * old + i[at] * u[at]), squashed = next.map(Math.tanh);
      return { s: next, h: o.map((gate, at) => gate * squashed[at]), i, f, u, o, squashed };
    },
    pull({ carried, seen }, { i, f, u, o, squashed }, { s, o: opened, squashed: shown }, U, size, n) {
      const di = carried.map((g, at) => g * u[at] * i[at] * (1 - i[at]));
      const df = carried.map((g, at) => g * s[at] * f[at] * (1 - f[at]));
      const du = carried.map((g, at) => g * i[at] * (1 - u[at] ** 2));
      const by = seen.map((g, at) => g * squashed[at] * o[at] * (1 - o[at]));
      const sum = back([[U[0], di], [U[1], df], [U[2], du], [U[3], by]], size, n);
      return { carried: carried.map((g, at) => g * f[at] + sum[at] * opened[at] * (1 - shown[at] ** 2)), seen: sum };
    },
  },
};

/**
 * Run a cell and send a gradient back.
 * @param drawn U and W: recurrent matrices and input weights of its gates, in torch's order. inputs: of each step, one a
 *   sequence. last: the gradient that arrives at the last step's states, sequence by sequence.
 * @returns log₁₀ of the gradient norm at each step's states relative to the last step's, which come first.
 */
export function pulled({ cell, bias, U, W, inputs, last }) {
  const { step, pull } = KINDS[cell], size = last.length, n = size / SEQUENCES;
  const states = [{ s: new Float64Array(size), h: new Float64Array(size) }];
  inputs.forEach((given, t) => {
    const recall = (gate, added) => {
      const a = new Float64Array(size);
      forward(states[t].h, U[gate], a, SEQUENCES, n, 1);
      feed(a, W[gate], given, added);
      return a;
    };
    states.push(step(states[t], recall, { U, W, inputs: given, bias, n }));
  });
  let gradient = { carried: Float64Array.from(last), seen: new Float64Array(size) };
  const first = Math.hypot(...last), logs = [0];
  for (let t = inputs.length; t > 1; t--) {
    gradient = pull(gradient, states[t], states[t - 1], U, size, n);
    logs.push(Math.log10(Math.hypot(...gradient.carried) / first));
  }
  return logs;
}

/**
 * Draw `count` cells of `width` units (a multiple of 4), run each over one bit and then noise, and send a random gradient
 * back from its last state, `steps` steps, to the state after the first input.
 * @returns what `pulled` does, for each cell.
 */
export function cells({ cell, bias, variance, width, steps, count, seed }) {
  const source = uniform(seed), normal = randomNormal.source(source)(0, 1), deviation = Math.sqrt(variance / width);
  const drawn = (length, scale) => new Float64Array(length).map(() => scale * normal());
  const input = t => Array.from({ length: SEQUENCES }, () => (t ? NOISE * normal() : source() < 0.5 ? -1 : 1));
  return Array.from({ length: count }, () => {
    const U = Array.from({ length: KINDS[cell].gates }, () => drawn(width * width, deviation)), W = U.map(() => drawn(width, deviation));
    const inputs = Array.from({ length: steps + 1 }, (_, t) => input(t));
    return pulled({ cell, bias, U, W, inputs, last: drawn(SEQUENCES * width, 1) });
  });
}
