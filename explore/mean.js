// “Mean field”: tanh networks with biases, in order, in chaos and on the line between.
import { button, slider } from "./controls.js";
import { explorable } from "./explorable.js";
import { gradient } from "./series.js";
import { depthSlider, widthSlider } from "./six.js";
import { accumulated, settledGain } from "./theory.js";
import { make, readable } from "./words.js";

const POINTS = [["order", 1], ["the line", 1.76], ["chaos", 2.5]]; // σ_w² at σ_b² = 0.05
const twice = logs => logs.map(log => 2 * log);
const index = letter => make("sub", { textContent: letter });
const variance = (name, label, letter, min, max, value) =>
  slider({ name, label: [`${label} σ`, index(letter), "²"], min, max, step: 0.01, value, show: value => value.toFixed(2), say: value => `variance ${value.toFixed(2)}` });

export function mean(place) {
  explorable(place, {
    label: "Squared gradient norm at the input relative to the last layer's",
    intro: "The three phases, in a network of tanh layers: the line is the recursion, the points are one draw.",
    axes: { x: "layer (0 is the input)", y: "squared gradient norm relative to the last layer's" },
    heads: ["squared gradient at the input", "theory", "this draw"],
    rows: [
      { style: { colour: 0, mark: 0 }, head: "layer by layer, Π χ(q)" },
      { style: { colour: 1, mark: null, dash: "6 4" }, head: make("span", {}, "at the fixed point, χ", index("1"), "ᴸ") },
    ],
    groups: [{ controls: [variance("variance", "Weights", "w", 0.25, 4, 2.5), variance("bias", "Biases", "b", 0, 1, 0.05), depthSlider(50), widthSlider()] }],
    presets: state => POINTS.map(([title, value]) => button(title, () => { state.set({ variance: value, bias: 0.05 }); state.apply(); })),
    view(state) {
      const depth = state.value("depth"), width = 2 ** state.value("width");
      const network = { activation: "tanh", variance: state.value("variance"), bias: state.value("bias"), norm: "none", skip: 0, alpha: 1, depth, width, seed: state.seed };
      const gain = settledGain(network), settled = twice(accumulated(Array(depth).fill(gain)));
      const phase = Math.abs(gain - 1) < 0.005 ? "on the line" : gain < 1 ? "order: gradients vanish" : "chaos: gradients explode";
      return {
        depth,
        series: [gradient(network, 2), { line: settled, cells: () => [readable(settled[0]), "–"] }],
        caption: `χ₁ = ${gain.toFixed(3)}, ${phase}. Draw ${state.seed}, made in your browser: tanh, ${depth} layers of ${width} units.`,
      };
    },
  });
}
