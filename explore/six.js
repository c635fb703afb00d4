// The home page's six networks: toggle each, change depth and width, draw again.
import { slider, tick } from "./controls.js";
import { explorable } from "./explorable.js";
import { gradient } from "./series.js";

const PLAIN = { activation: "relu", variance: 2, norm: "none", skip: 0, alpha: 1 };
export const SIX = [
  ["sigmoid, Xavier", { ...PLAIN, activation: "sigmoid", variance: 1 }],
  ["ReLU, default", { ...PLAIN, variance: 1 / 3 }],
  ["ReLU, Kaiming", PLAIN],
  ["ReLU, BatchNorm", { ...PLAIN, norm: "batch" }],
  ["residual", { ...PLAIN, skip: 1 }],
  ["residual, BatchNorm", { ...PLAIN, skip: 1, norm: "batch" }],
];

export const units = log => String(2 ** log);
export const depthSlider = value =>
  slider({ name: "depth", label: "Depth", min: 2, max: 100, value, say: layers => `${layers} layers` });
export const widthSlider = () =>
  slider({ name: "width", label: "Width", min: 4, max: 8, value: 6, show: units, say: log => `${units(log)} units` });

export function six(place) {
  const ticks = SIX.map(([title], index) => ({ ...tick({ name: `n${index + 1}`, label: title, value: true }), inKey: true }));
  explorable(place, {
    label: "Gradient norm at the input relative to the last layer's",
    axes: { x: "layer (0 is the input)", y: "gradient norm relative to the last layer's" },
    heads: ["gradient at the input", "theory", "this draw"],
    rows: SIX.map((_, index) => ({ style: { colour: index, mark: index }, head: ticks[index].element })),
    groups: [{ controls: [...ticks, depthSlider(50), widthSlider()] }],
    view(state) {
      const depth = state.value("depth"), width = 2 ** state.value("width");
      const series = SIX.map(([, network], index) =>
        state.value(`n${index + 1}`) ? gradient({ ...network, depth, width, seed: state.seed }) : null);
      return {
        depth,
        series,
        caption: `Draw ${state.seed}, made in your browser: one random network each, of ${depth} layers with ${width} units. Drawn again, points move, lines do not.`,
      };
    },
  });
}
