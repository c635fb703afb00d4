// “Play with depth”: two networks compared, with presets and a table.
import { ACTIVATIONS } from "./activations.js";
import { choice, slider, tick } from "./controls.js";
import { explorable } from "./explorable.js";
import { gradient } from "./series.js";
import { depthSlider, widthSlider } from "./six.js";
import { make, readable } from "./words.js";

// Values as the address holds them; `variance` is the logarithm to base 2.
const DEFAULT = -1.6; // the slider's step nearest to PyTorch's 1/3, and taken as that
const PRESETS = {
  "PyTorch's default": { activation: "relu", variance: DEFAULT, norm: "none", skip: "no", alpha: 1 },
  "He 2015": { activation: "relu", variance: 1, norm: "none", skip: "no", alpha: 1 },
  "ResNet with BatchNorm": { activation: "relu", variance: 1, norm: "batch", skip: "yes", alpha: 1 },
  "Pre-LN": { activation: "gelu", variance: 0, norm: "layer", skip: "yes", alpha: 1 },
};
const FIRST = ["PyTorch's default", "ResNet with BatchNorm"];
const LETTERS = ["A", "B"];
const named = (index, name) => (index ? `b-${name}` : name);
const variance = log => (Math.abs(log - DEFAULT) < 0.01 ? 1 / 3 : 2 ** log);
const shown = log => variance(log).toPrecision(3);

/** The controls of one network, and its choice of presets. */
function group(index) {
  const preset = PRESETS[FIRST[index]], own = name => named(index, name);
  const controls = [
    choice({ name: own("activation"), label: "Activation", value: preset.activation, options: Object.entries(ACTIVATIONS).map(([name, { title }]) => [name, title]) }),
    choice({ name: own("norm"), label: "Normalisation", value: preset.norm, options: [["none", "none"], ["batch", "BatchNorm"], ["layer", "LayerNorm"]] }),
    choice({ name: own("skip"), label: "Skip", value: preset.skip, options: [["no", "none"], ["yes", "x + α · branch"]] }),
    slider({ name: own("variance"), label: ["Weights σ", make("sub", { textContent: "w" }), "²"], min: -2, max: 5, step: 0.05, value: preset.variance, show: shown, say: log => `weight variance ${shown(log)}` }),
    slider({ name: own("alpha"), label: "Branch α", min: 0, max: 2, step: 0.01, value: preset.alpha, show: value => value.toFixed(2), say: value => `branch times ${value.toFixed(2)}` }),
  ];
  const presets = state => {
    const { element, input } = choice({ name: own("preset"), label: "Preset", value: FIRST[index], options: [["", "own choice"], ...Object.keys(PRESETS).map(name => [name, name])] });
    input.addEventListener("input", () => {
      const values = PRESETS[input.value];
      if (!values) return;
      state.set(Object.fromEntries(Object.entries(values).map(([name, value]) => [own(name), value])));
      state.apply();
    });
    state.presets = [...(state.presets ?? []), input];
    return element;
  };
  return { legend: `Network ${LETTERS[index]}`, first: presets, controls };
}

/** The values of one network's controls, by their names in a preset. */
const values = (state, index) => Object.fromEntries(Object.keys(PRESETS["He 2015"]).map(name => [name, state.value(named(index, name))]));

/** Which preset these values are; "" for none. */
const presetOf = given =>
  Object.entries(PRESETS).find(([, preset]) =>
    Object.entries(preset).every(([name, value]) => given[name] === value || (name === "alpha" && given.skip === "no")))?.[0] ?? "";

export function play(place) {
  const body = make("tbody"), compare = { ...tick({ name: "compare", label: "B", value: true }), inKey: true };
  compare.input.setAttribute("aria-label", "Compare with network B");
  const columns = LETTERS.flatMap(letter => [`${letter}: gain`, `${letter}: norm, theory`, `${letter}: this draw`]);
  const table = make("details", { className: "explorable-table" }, make("summary", {}, "The same as a table"),
    make("p", {}, "Gain of the squared gradient norm, and the gradient norm relative to the last layer's."),
    make("div", { className: "explorable-scroll", tabIndex: 0, role: "region", "aria-label": "Gains and norms by layer" },
      make("table", { className: "explorable-layers" },
        make("thead", {}, make("tr", {}, ...["layer", ...columns].map(text => make("th", { scope: "col", textContent: text })))), body)));
  const fill = ({ depth, series }, results) => {
    if (!table.open) return;
    body.replaceChildren(...Array.from({ length: depth + 1 }, (_, layer) =>
      make("tr", {}, make("th", { scope: "row", textContent: layer }), ...series.flatMap((one, index) =>
        (one ? [one.gains[layer]?.toPrecision(4) ?? "–", readable(one.line[layer], 3), results[index] ? readable(results[index].logs[layer], 3) : "…"] : ["", "", ""])
          .map(text => make("td", { textContent: text }))))));
  };
  let last;
  table.addEventListener("toggle", () => last && fill(...last));

  explorable(place, {
    label: "Gradient norm at the input relative to the last layer's",
    axes: { x: "layer (0 is the input)", y: "gradient norm relative to the last layer's" },
    heads: ["gradient at the input", "theory", "this draw"],
    rows: [{ style: { colour: 0, mark: 0 }, head: "A" }, { style: { colour: 1, mark: 1, dash: "7 3" }, head: compare.element }],
    groups: [{ controls: [compare, depthSlider(50), widthSlider()] }, group(0), group(1)],
    large: true,
    view(state) {
      const depth = state.value("depth"), width = 2 ** state.value("width");
      const series = LETTERS.map((_, index) => {
        const given = values(state, index);
        state.presets[index].value = presetOf(given);
        const off = index > 0 && !state.value("compare");
        state.presets[index].disabled = off;
        for (const name of Object.keys(given)) state.input(named(index, name)).disabled = off || (name === "alpha" && given.skip === "no");
        if (off) return null;
        return gradient({
          activation: given.activation, variance: variance(given.variance), norm: given.norm,
          skip: given.skip === "yes" ? 1 : 0, alpha: given.skip === "yes" ? given.alpha : 1,
          depth, width, seed: state.seed,
        });
      });
      return {
        depth,
        series,
        caption: `Draw ${state.seed}, made in your browser, of ${depth} layers with ${width} units. Numbers compare norms at the input and at the last layer.`,
      };
    },
    drawn: (...all) => fill(...(last = all)),
  });
  place.append(table);
}
