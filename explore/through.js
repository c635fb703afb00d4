// “Through time”: what forget bias, other weights and the kind of cell leave of a gradient many steps back.
import { linearised, memory } from "./cells.js";
import { button, slider, tick } from "./controls.js";
import { explorable } from "./explorable.js";
import { make, readable } from "./words.js";

const COUNT = 8, WIDTH = 32;
const BIAS = { min: -1, max: 8, step: 0.1 };
const DEFAULT = 0.33; // the slider's step nearest to PyTorch's 1/3, and taken as that
const CELLS = [["lstm", "LSTM"], ["gru", "GRU"], ["rnn", "tanh RNN"]];

const exact = variance => (variance === DEFAULT ? 1 / 3 : variance);
const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;
/** The typical one of several cells: the mean of the log, step by step. */
const usual = drawn => drawn[0].map((_, step) => mean(drawn.map(logs => logs[step])));

export function through(place) {
  const ticks = CELLS.map(([name, label]) => ({ ...tick({ name, label, value: true }), inKey: true }));
  const set = (state, values) => { state.set(values); state.apply(); };
  explorable(place, {
    label: "Gradient norm many steps back in time relative to the last step's",
    axes: { x: "steps back", y: "gradient norm relative to the last step's" },
    heads: ["gradient at the first step", "theory", `${COUNT} cells`],
    rows: [
      ...CELLS.map(([, name], index) => ({ style: { colour: index, mark: index }, head: ticks[index].element, name })),
      { style: { colour: 3, mark: null, dash: "6 4" }, head: make("span", {}, "the gate alone, σ(b)", make("sup", { textContent: "T" })), name: "gate alone" },
    ],
    groups: [
      {
        controls: [
          ...ticks,
          slider({ name: "bias", label: "Forget bias b", ...BIAS, value: 1, show: value => value.toFixed(1), say: value => `forget bias ${value.toFixed(1)}` }),
          slider({ name: "steps", label: "Steps T", min: 10, max: 200, step: 5, value: 60, say: steps => `${steps} steps` }),
          slider({ name: "weights", label: ["Other weights σ", make("sub", { textContent: "w" }), "²"], min: 0, max: 2, step: 0.01, value: DEFAULT, show: value => value.toFixed(2), say: value => `weight variance ${value.toFixed(2)}` }),
        ],
      },
    ],
    presets: state => [
      button("PyTorch’s default", () => set(state, { bias: 0, weights: DEFAULT })),
      button("b = 1", () => set(state, { bias: 1 })),
      button("b = ln T", () => set(state, { bias: Math.log(state.value("steps")) })),
      button("Other weights 0", () => set(state, { weights: 0 })),
    ],
    view(state) {
      const bias = state.value("bias"), steps = state.value("steps"), variance = exact(state.value("weights"));
      const series = CELLS.map(([cell]) => {
        if (!state.value(cell)) return null;
        const line = memory(...linearised({ cell, bias, variance }), steps);
        return {
          network: { of: "cells", cell, bias, variance, width: WIDTH, steps, count: COUNT, seed: state.seed },
          line,
          points: usual,
          dots: drawn => drawn,
          cells: drawn => [readable(line[steps]), drawn ? readable(usual(drawn)[steps]) : "…"],
        };
      });
      const alone = memory(1 / (1 + Math.exp(-bias)), 0, steps), life = Math.LN2 / Math.log1p(Math.exp(-bias));
      return {
        depth: steps,
        series: [...series, { line: alone, cells: () => [readable(alone[steps]), "exact"] }],
        caption: `Draw ${state.seed}, made in your browser: ${COUNT} cells of each kind with ${WIDTH} units, a dot each; marks are typical. The gate alone halves every ${readable(Math.log10(life))} steps; ln T = ${Math.log(steps).toFixed(1)}.`,
      };
    },
  });
}
