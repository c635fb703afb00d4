// The frame that all explorables share: chart, key with numbers, controls, and the figure that stands there without script.
import { chart, swatch } from "./chart.js";
import { button, State } from "./controls.js";
import { Sampler } from "./sampler.js";
import { make } from "./words.js";

const QUIET = 500; // ms without a change before a screen reader is told
const NOTICE = 5000; // ms that “Copied.” stays

/**
 * @param place the page's element; its `data-figure`, if it has one, is the id of the exhibit whose figure it replaces.
 * @param given
 *   label: name of the whole. intro: a sentence above, where the page has none. axes: as `chart` takes them, or a list of
 *   them, a chart each. heads: of the key's columns. rows: { style, head, name, under } of each series, whose head is text or an
 *   element, and whose name, if it has one, stands beside its line, or under its start if so asked; without a style the row is numbers alone.
 *   groups: { legend, first, controls } each, whose first is an element made from the state.
 *   presets: buttons, made from the state. large: controls beside the chart.
 *   view: from the state to { depth, series, caption }, where series has for each row null or
 *   { network, line, points, dots, band, cells }, of which points, dots and cells are made from what was measured,
 *   undefined at first. With several charts line and points are lists, an entry or null for each.
 *   drawn: called after each drawing with what `view` returned and what was measured in each series' network.
 */
export function explorable(place, { label, intro, axes, heads, rows, groups, presets = () => [], large = false, view, drawn }) {
  const several = Array.isArray(axes), panels = [axes].flat().map(() => make("div"));
  const holder = make("div", { className: several ? "explorable-chart several" : "explorable-chart", role: "img" }, ...panels);
  const body = make("tbody");
  for (const { style, head } of rows)
    body.append(make("tr", {}, make("th", { scope: "row" }, make("span", { className: "explorable-name" }, ...(style ? [swatch(style)] : []), head)),
      ...heads.slice(1).map(() => make("td"))));
  const key = make("table", { className: "explorable-key" },
    make("thead", {}, make("tr", {}, ...heads.map(text => make("th", { scope: "col", textContent: text })))), body);
  const caption = make("p", { className: "explorable-caption" });
  caption.setAttribute("role", "status");
  const form = make("form", { className: "explorable-controls", onsubmit: event => event.preventDefault() });
  const root = make("div", { className: large ? "explorable large" : "explorable", role: "group", "aria-label": label },
    make("div", { className: "explorable-figure" }, ...(intro ? [make("p", {}, intro)] : []), holder, key), form, caption);

  const charts = [axes].flat().map((one, index) => chart(panels[index], { ...one, low: several }));
  const each = values => (several ? values : [values]), sampler = new Sampler(() => show());
  const state = new State(groups.flatMap(group => group.controls), () => update());
  for (const { legend, first, controls } of groups) {
    const parts = [...(first ? [first(state)] : []), ...controls.filter(({ inKey }) => !inKey).map(({ element }) => element)];
    form.append(legend ? make("fieldset", {}, make("legend", {}, legend), ...parts) : make("div", { className: "explorable-group" }, ...parts));
  }
  form.append(make("div", { className: "explorable-buttons" }, ...presets(state), button("Draw again", () => state.drawAgain()), ...copying(state)));

  let seen, timer;
  function update() {
    seen = view(state);
    sampler.ask(new Set(seen.series.map(one => one?.network).filter(Boolean)));
    show();
    clearTimeout(timer);
    timer = setTimeout(() => (caption.textContent = seen.caption), caption.textContent ? QUIET : 0);
  }
  function show() {
    const drawings = charts.map(() => []), words = [];
    const results = seen.series.map((one, index) => {
      const row = body.rows[index], measured = one?.network && sampler.measured(one.network);
      const texts = one ? one.cells(measured) : heads.slice(1).map(() => "");
      texts.forEach((text, column) => (row.cells[column + 1].textContent = text));
      row.classList.toggle("out", !one);
      if (!one) return null;
      const { style, name, under } = rows[index], points = each(measured && one.points?.(measured));
      each(one.line).forEach((line, panel) => line && drawings[panel].push({ style, name, under, line, points: points?.[panel], dots: measured && one.dots?.(measured), band: one.band }));
      words.push(`${row.cells[0].textContent}: ${texts.map((text, column) => `${heads[column + 1]} ${text}`).join(", ")}`);
      return measured;
    });
    charts.forEach((draw, panel) => draw({ depth: seen.depth, series: drawings[panel] }));
    holder.setAttribute("aria-label", `${label}. ${words.join("; ")}.`);
    drawn?.(seen, results);
  }

  stand(place, root, large);
  update();
  if (state.linked && !large) root.scrollIntoView({ block: "center" });
}

/** A button that copies the address of what is shown, and where it says so. */
function copying(state) {
  const said = make("span", { role: "status" });
  const copy = button("Copy link", async () => {
    state.keep();
    said.textContent = await navigator.clipboard?.writeText(location.href).then(() => "Copied.", () => null) ?? "It stands in the address bar.";
    setTimeout(() => (said.textContent = ""), NOTICE);
  });
  return [copy, said];
}

/** Put the explorable where the built figure stands, which stays at hand below it; or where the page has its element. */
function stand(place, root, large) {
  if (!place.dataset.figure) return place.append(root);
  const exhibit = document.getElementById(place.dataset.figure), figure = exhibit.querySelector("figure");
  const built = make("details", { className: "explorable-built" }, make("summary", {}, "The figure as it was built"));
  if (large) {
    place.append(root, built);
    built.append(exhibit);
  } else {
    built.append(...[...figure.children].filter(({ tagName }) => tagName !== "FIGCAPTION"));
    figure.prepend(root);
    figure.append(built);
  }
}
