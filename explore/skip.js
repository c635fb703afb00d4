// “What the skip does”: the scale λ of the skip, the scale α of the branch, depth.
import { button, slider } from "./controls.js";
import { explorable } from "./explorable.js";
import { gradient } from "./series.js";
import { depthSlider } from "./six.js";
import { accumulated } from "./theory.js";
import { readable } from "./words.js";

const WIDTH = 64;
const PAIRS = [["λ = 0.8, α = 0.1", 0.8, 0.1], ["λ = 1, α = 0.1", 1, 0.1], ["λ = 1.1, α = 0.1", 1.1, 0.1], ["λ = α = 1/√2", 0.71, 0.71]];
const exact = value => (value === 0.71 ? Math.SQRT1_2 : value); // the slider's step nearest to 1/√2, and taken as that
const shown = value => exact(value).toFixed(value === 0.71 ? 3 : 2);
const twice = logs => logs.map(log => 2 * log);
const scaled = (name, label, min, max, value, what) =>
  slider({ name, label, min, max, step: 0.01, value, show: shown, say: scale => `${what} ${shown(scale)}` });

/** A block with a ReLU in its branch; He's weights, unless others are given, make the branch's own gain 1. */
export const block = (skip, alpha, variance = 2) => ({ activation: "relu", variance, norm: "none", skip, alpha });

export function skip(place) {
  explorable(place, {
    label: "Squared gradient norm at the input relative to the last block's",
    axes: { x: "block (0 is the input)", y: "squared gradient norm relative to the last block's" },
    heads: ["squared gradient at the input", "theory", "this draw"],
    rows: [
      { style: { colour: 0, mark: 0 }, head: "whole, (λ² + α²)ᴸ" },
      { style: { colour: 1, mark: null, dash: "6 4" }, head: "identity path alone, λ²ᴸ" },
    ],
    groups: [{ controls: [scaled("lambda", "Skip λ", 0.5, 1.2, 0.71, "skip times"), scaled("alpha", "Branch α", 0, 1.5, 0.71, "branch times"), depthSlider(40)] }],
    presets: state => PAIRS.map(([title, lambda, alpha]) => button(title, () => { state.set({ lambda, alpha }); state.apply(); })),
    view(state) {
      const [lambda, alpha, depth] = ["lambda", "alpha", "depth"].map(name => exact(state.value(name)));
      const whole = gradient({ ...block(lambda, alpha), depth, width: WIDTH, seed: state.seed }, 2);
      const alone = twice(accumulated(Array(depth).fill(lambda ** 2)));
      const cosine = 10 ** ((alone[0] - whole.line[0]) / 2);
      return {
        depth,
        series: [whole, { line: alone, cells: () => [readable(alone[0]), "exact"] }],
        caption: `Draw ${state.seed}, made in your browser: ${depth} blocks of ${WIDTH} units. Cosine of the first and the last gradient, predicted: ${cosine < 0.005 ? "below 0.01" : cosine.toFixed(2)}.`,
      };
    },
  });
}
