// Draws what the build cost. The numbers are a script beside the pages, since a page on disk may read no other file.
(() => {
  const holder = document.querySelector(".build[data-report]");
  if (!holder) return;
  const state = holder.querySelector(".build-state");
  const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 }), SVG = "http://www.w3.org/2000/svg";
  const seconds = value => value < .01 ? "< 0.01 s" : `${value < 100 ? value.toFixed(value < 10 ? 2 : 1) : whole.format(value)} s`;
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const shape = (tag, attributes, ...children) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const breakable = name => name.split(/(?<=[/_])/).flatMap(part => [part, make("wbr")]);
  const named = entry => entry.page ? make("a", { href: `../${entry.page}` }, ...breakable(entry.name)) : entry.name;
  const bar = part => {
    const filled = make("span", { className: "build-bar", ariaHidden: "true" });
    filled.style.width = `${100 * part}%`;
    return filled;
  };
  const table = (caption, heads, rows) => make("table", { className: "build-table" },
    make("caption", { textContent: caption }),
    make("thead", {}, make("tr", {}, ...heads.map(text => make("th", { scope: "col", textContent: text })))),
    make("tbody", {}, ...rows.map(cells => make("tr", {}, ...cells.map(cell => make("td", {}, ...[cell].flat()))))));

  // One column a script, the slowest first; the height is linear.
  const columns = entries => {
    const most = entries[0].seconds || 1, width = 100 / entries.length;
    const label = `Seconds of ${entries.length} scripts, the slowest first: from ${seconds(most)} to ${seconds(entries.at(-1).seconds)}.`;
    return make("figure", { className: "build-figure" },
      shape("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", role: "img", "aria-label": label },
        ...entries.map((entry, index) => {
          const height = Math.max(40 * entry.seconds / most, .2);
          const box = { x: index * width, y: 40 - height, width: .8 * width, height };
          return shape("rect", box, shape("title", {}, `${entry.name}: ${seconds(entry.seconds)}`));
        })),
      make("figcaption", { textContent: `${label} Heights are in proportion.` }));
  };

  window.showBuild = report => {
    const { machine, entries, steps } = report, slowest = entries.slice(0, 10), kept = report.jobs - report.ran;
    const day = new Date(report.date).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
    const longest = Math.max(...Object.values(steps));
    const heads = ["Script", "Seconds", "Jobs", "Anew", "MiB"];
    const row = entry => [named(entry), seconds(entry.seconds), whole.format(entry.jobs), whole.format(entry.ran), whole.format(entry.peak)];
    const share = slowest.reduce((sum, entry) => sum + entry.seconds, 0) / (report.compute || 1);
    state.replaceWith(
      make("p", { textContent:
        `Built in ${seconds(report.seconds)} on ${day} UTC, with ${machine.processors} processors, ${machine.system}, Python ${machine.python}. ` +
        `Of ${whole.format(report.jobs)} results, ${whole.format(kept)} were kept from earlier and ${whole.format(report.ran)} run anew; ` +
        `of ${whole.format(report.pages)} pages, ${whole.format(report.woven)} were parsed anew. ` +
        `When they ran, all jobs together computed for ${seconds(report.compute)}.` }),
      table("Steps of this build", ["Step", "Seconds"],
        Object.entries(steps).map(([name, value]) => [name, [seconds(value), bar(value / longest)]])),
      columns(entries),
      table(`The ten slowest: ${Math.round(100 * share)} % of all compute`, heads,
        slowest.map(entry => { const cells = row(entry); cells[1] = [cells[1], bar(entry.seconds / slowest[0].seconds)]; return cells; })),
      make("details", {}, make("summary", { textContent: `All ${entries.length}` }), table("Every script, lab and the theory", heads, entries.map(row))));
  };
  const data = make("script", { src: holder.dataset.report });
  data.addEventListener("error", () => { state.textContent = "This copy of the site has no report: the archive leaves times out."; });
  document.head.append(data);
})();
