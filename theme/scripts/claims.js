// The filter of the page of claims; without it the plain tables remain.
(() => {
  const holder = document.querySelector(".claims");
  const first = holder && holder.querySelector("section");
  if (!first) return;

  // The figure has thousands of marks: each chapter's are drawn when the browser has nothing better to do.
  const later = window.requestIdleCallback ?? (task => setTimeout(task, 200)); // Safari has none
  const waiting = [...holder.querySelectorAll(".ratios")];
  for (const part of waiting) part.style.contentVisibility = "hidden";
  const draw = () => {
    const part = waiting.shift();
    if (!part) return;
    part.style.contentVisibility = "";
    later(draw);
  };
  later(draw);

  // A mark tells under the pointer what its row says.
  holder.querySelector(".claims-figure")?.addEventListener("pointerover", event => {
    const mark = event.target.closest("a"), row = mark && document.getElementById(mark.getAttribute("href").slice(1));
    if (!row || mark.querySelector("title")) return;
    const [claim, theory, measured, , verdict] = row.cells;
    const title = document.createElementNS(mark.namespaceURI, "title");
    title.textContent = `${claim.querySelector("p").textContent}: theory ${theory.textContent}, measured ${measured.textContent}, ${verdict.textContent}`;
    mark.prepend(title);
  });

  // "σ²" is found by "σ2", "He" by "hé", a true minus by a hyphen.
  const plain = text =>
    text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/\u2212/g, "-").toLowerCase();
  const sections = [...holder.querySelectorAll("section")].map(element => {
    const heading = element.querySelector("h2").cloneNode(true);
    heading.querySelector(".headerlink")?.remove();
    return { element, title: heading.textContent.trim() };
  });
  const marks = new Map([...holder.querySelectorAll(".ratios a")].map(mark => [mark.getAttribute("href").slice(1), mark]));
  const begins = cell => cell.textContent.trim().split(/[.,]/)[0]; // "holds, 8 of 8 seeds"
  const rows = sections.flatMap(section =>
    [...section.element.querySelectorAll("tbody tr")].map(element => ({
      element,
      mark: marks.get(element.id),
      chapter: section.title,
      kind: begins(element.querySelector("small")),
      verdict: begins(element.cells[4]),
    })));

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const choice = (name, title) => {
    const select = make("select", { name }, make("option", { value: "", textContent: "all" }));
    for (const value of new Set(rows.map(row => row[name]).filter(Boolean))) select.append(make("option", { value, textContent: value }));
    return make("label", {}, title, select);
  };
  const search = make("input", { type: "search", name: "words", autocomplete: "off" });
  const count = make("p", { className: "claims-count" });
  count.setAttribute("role", "status"); // a polite live region
  const form = make("form", { className: "claims-filter" },
    make("label", {}, "Words", search),
    choice("chapter", "Chapter"), choice("kind", "Kind"), choice("verdict", "Verdict"),
    make("button", { type: "reset", textContent: "Show all" }), count);
  form.setAttribute("role", "search");
  form.setAttribute("aria-label", "Filter claims");

  const filter = () => {
    const wanted = Object.fromEntries(new FormData(form));
    const words = plain(wanted.words).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const says = () => row.words ??= plain(`${row.chapter} ${row.element.textContent}`); // read when first searched
      const fits = words.every(word => says().includes(word)) &&
        ["chapter", "kind", "verdict"].every(name => !wanted[name] || row[name] === wanted[name]);
      row.element.hidden = !fits;
      row.mark?.classList.toggle("out", !fits);
      shown += fits;
    }
    for (const { element } of sections) element.hidden = !element.querySelector("tbody tr:not([hidden])");
    count.textContent = shown === rows.length ? `${shown} claims` : `${shown} of ${rows.length} claims`;
  };
  // A link to a row that the filter hides shows all rows again.
  const reveal = hash => {
    const target = document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target || !holder.contains(target) || !target.closest("[hidden]")) return;
    form.reset();
    filter();
    target.scrollIntoView();
    // What came near the window on the way has only now found its height.
    requestAnimationFrame(() => requestAnimationFrame(() => target.scrollIntoView()));
  };

  form.addEventListener("input", filter);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  addEventListener("hashchange", () => reveal(location.hash));
  document.addEventListener("click", event => {
    const link = event.target.closest?.("a[href*='#']");
    if (link && link.getAttribute("href").startsWith("#")) reveal(link.getAttribute("href"));
  });
  first.before(form);
  filter();
})();
