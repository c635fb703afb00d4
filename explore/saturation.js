// “Saturation”: pre-activations, saturated units and gradient of a tanh or sigmoid network, layer by layer.
import { ACTIVATIONS } from "./activations.js";
import { button, choice, slider } from "./controls.js";
import { explorable } from "./explorable.js";
import { cell, gradient } from "./series.js";
import { depthSlider, widthSlider } from "./six.js";
import { flatShare } from "./theory.js";
import { make, readable } from "./words.js";

const PRESETS = [["tanh, Xavier", "tanh", 0], ["tanh, 2 × Xavier", "tanh", 2], ["tanh, 4 × Xavier", "tanh", 4], ["sigmoid, Xavier", "sigmoid", 0]];
const power = log => String(+(2 ** log).toPrecision(3));
const squared = letter => [" σ", make("sub", { textContent: letter }), "²"];
const percent = share => (share && share < 0.0005 ? "below 0.1 %" : `${(100 * share).toFixed(1)} %`);
const logs = values => values.map(Math.log10);

export function saturation(place) {
  explorable(place, {
    label: "Variance of the pre-activations, share of saturated units and squared gradient norm, layer by layer",
    axes: [
      { x: "layer", y: "variance of pre-activations" },
      { x: "layer", y: "share of saturated units", linear: true },
      { x: "layer (0 is the input)", y: "squared gradient norm" },
    ],
    heads: ["quantity", "theory", "this draw"],
    rows: ["variance of pre-activations, last layer", "saturated units, last layer", "squared gradient, input over last layer"]
      .map((head, index) => ({ style: { colour: index, mark: index }, head })),
    groups: [
      {
        controls: [
          choice({ name: "activation", label: "Activation", value: "tanh", options: ["tanh", "sigmoid"].map(name => [name, name]) }),
          slider({ name: "variance", label: ["Weights", ...squared("w")], min: -2, max: 6, step: 0.25, value: 4, show: power, say: log => `weight variance ${power(log)}` }),
          slider({ name: "bias", label: ["Biases", ...squared("b")], min: 0, max: 4, step: 0.05, value: 0, show: value => value.toFixed(2), say: value => `bias variance ${value.toFixed(2)}` }),
          depthSlider(20), widthSlider(),
        ],
      },
    ],
    presets: state => PRESETS.map(([title, activation, variance]) => button(title, () => { state.set({ activation, variance, bias: 0 }); state.apply(); })),
    view(state) {
      const activation = state.value("activation"), depth = state.value("depth"), width = 2 ** state.value("width");
      const network = {
        activation, variance: 2 ** state.value("variance"), bias: state.value("bias"), norm: "none", skip: 0, alpha: 1,
        depth, width, seed: state.seed,
      };
      const whole = gradient(network, 2), seconds = whole.moments.slice(0, depth), shares = seconds.map(q => flatShare(activation, q));
      return {
        depth,
        series: [
          {
            network,
            line: [[null, ...logs(seconds)], null, null],
            points: ({ moments }) => [[null, ...logs(moments.slice(0, depth))], null, null],
            cells: measured => [readable(Math.log10(seconds.at(-1))), cell(measured, ({ moments }) => Math.log10(moments[depth - 1]))],
          },
          {
            network,
            line: [null, [null, ...shares], null],
            points: ({ flat }) => [null, [null, ...flat], null],
            cells: measured => [percent(shares.at(-1)), measured ? percent(measured.flat.at(-1)) : "…"],
          },
          { ...whole, line: [null, null, whole.line], points: measured => [null, null, whole.points(measured)] },
        ],
        caption: `Saturated: a slope under a tenth of the peak, |z| above ${ACTIVATIONS[activation].edge.toFixed(2)}. χ = ${whole.gains.at(-1).toFixed(3)} in the last layer. Draw ${state.seed}, made in your browser: ${activation}, ${depth} layers of ${width} units.`,
      };
    },
  });
}
