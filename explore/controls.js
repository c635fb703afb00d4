// Sliders, choices and ticks with names and readable values, and the address that holds their state.
import { make } from "./words.js";

let count = 0;

/** A slider; `show` makes its value readable, `say` is what a screen reader says, where that differs. */
export function slider({ name, label, min, max, step = 1, value, show = String, say = show }) {
  const id = `explorable-${count++}`;
  const output = make("output", { for: id, "aria-live": "off" });
  const input = make("input", { id, type: "range", name, min, max, step, value });
  const tell = () => {
    output.value = show(+input.value);
    input.setAttribute("aria-valuetext", say(+input.value));
  };
  return { element: make("div", { className: "control" }, make("label", { htmlFor: id }, ...[label].flat()), output, input), input, tell };
}

export function choice({ name, label, options, value }) {
  const id = `explorable-${count++}`;
  const input = make("select", { id, name }, ...options.map(([value, title]) => make("option", { value, textContent: title })));
  input.value = value;
  return { element: make("div", { className: "control" }, make("label", { htmlFor: id }, label), input), input, tell() {} };
}

export function tick({ name, label, value }) {
  const input = make("input", { type: "checkbox", name, checked: value });
  return { element: make("label", { className: "tick" }, input, label), input, tell() {} };
}

export const button = (label, press) => make("button", { type: "button", onclick: press, textContent: label });

const read = ({ type, checked, value }) => (type === "checkbox" ? String(+checked) : value);

/**
 * The state of all controls of a page, kept in its address once a reader has changed something.
 * @param controls what `slider`, `choice` and `tick` made.
 * @param changed called after each change.
 */
export class State {
  constructor(controls, changed) {
    this.controls = controls;
    this.changed = changed;
    this.seed = 1;
    for (const { input } of controls) {
      input.addEventListener("input", () => this.show());
      input.addEventListener("change", () => this.keep()); // once a slider is let go: browsers count changes of an address
    }
    this.linked = this.load();
    addEventListener("hashchange", () => this.load() && this.show());
    for (const control of controls) control.tell();
  }

  input(name) {
    return this.controls.find(control => control.input.name === name).input;
  }

  value(name) {
    const input = this.input(name);
    return input.type === "range" ? +input.value : input.type === "checkbox" ? input.checked : input.value;
  }

  /** Set values by name, as they stand in the address; what is not a value of its control is left out. */
  set(values) {
    for (const { input } of this.controls) {
      const value = values[input.name];
      if (value === undefined) continue;
      if (input.type === "checkbox") input.checked = value === true || value === "1";
      else if (input.type === "range" ? Number.isFinite(parseFloat(value)) : [...input.options].some(option => option.value === value))
        input.value = value;
    }
  }

  /** Take the state that the address holds; says whether it holds one. */
  load() {
    const values = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    const known = this.controls.some(({ input }) => input.name in values);
    if (known) this.set(values);
    if (known && /^\d{1,9}$/.test(values.seed)) this.seed = +values.seed;
    return known;
  }

  drawAgain() {
    this.seed++;
    this.apply();
  }

  show() {
    for (const control of this.controls) control.tell();
    this.changed();
  }

  /** Show what the controls say, and keep it in the address. */
  apply() {
    this.show();
    this.keep();
  }

  keep() {
    const values = this.controls.map(({ input }) => [input.name, read(input)]);
    history.replaceState(history.state, "", `#${new URLSearchParams([...values, ["seed", this.seed]])}`);
  }
}
