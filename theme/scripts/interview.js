// The interview: addresses open their answer; a random question, cards, and progress that this device keeps.
(() => {
  const holder = document.querySelector(".interview");
  if (!holder) return;
  const words = JSON.parse(holder.dataset.words);
  let chapter = null; // the heading above
  const questions = [...holder.children].flatMap(element => {
    if (element.tagName === "H2") chapter = element;
    const heading = element.querySelector("h3"), fold = element.querySelector("details");
    return heading ? { element, heading, fold, chapter, number: heading.id.slice("question-".length) } : [];
  });
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (text, action) => {
    const element = make("button", { type: "button", textContent: text });
    element.addEventListener("click", action);
    return element;
  };

  // Progress by number: "seen", "knew" or "again"; the same in each language. Without storage it lasts as long as the page.
  const KEY = "interview-progress", STATES = ["seen", "knew", "again"];
  let progress = {};
  try { progress = JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { /* no storage, or not ours */ }
  const keep = () => { try { localStorage.setItem(KEY, JSON.stringify(progress)); } catch { /* no storage */ } };
  const count = make("p", { className: "interview-progress" });
  count.setAttribute("role", "status"); // a polite live region

  const show = () => {
    for (const { number, state, marks } of questions) {
      const now = progress[number];
      state.textContent = STATES.includes(now) ? words[now] : "";
      state.dataset.state = now ?? "";
      for (const [name, mark] of Object.entries(marks)) mark.setAttribute("aria-pressed", now === name);
    }
    const known = questions.map(({ number }) => progress[number]), of = state => known.filter(one => one === state).length;
    const values = [known.filter(Boolean).length, questions.length, of("knew"), of("again")];
    count.textContent = words.progress.split("{}").map((part, place) => part + (values[place] ?? "")).join("");
  };
  const note = (question, state) => {
    progress[question.number] = state;
    keep();
    show();
  };

  // Cards: one question at a time below its chapter's heading, as on a phone from the start.
  let current = questions[0];
  const shown = question => {
    current = question;
    for (const { element, chapter } of questions) {
      element.classList.toggle("current", element === question.element);
      chapter?.classList.toggle("current", chapter === question.chapter);
    }
  };
  const reach = question => (holder.classList.contains("cards") ? holder : question.element).scrollIntoView();
  const move = step => {
    shown(questions[(questions.indexOf(current) + step + questions.length) % questions.length]);
    reach(current);
    current.heading.focus({ preventScroll: true });
  };
  const cards = on => {
    holder.classList.toggle("cards", on);
    toggle.textContent = on ? words.list : words.cards;
  };
  const toggle = button("", () => {
    cards(!holder.classList.contains("cards"));
    reach(current);
  });

  // One way to a question, for links, search, random and addresses: its anchor.
  const arrive = () => {
    const question = questions.find(({ heading }) => heading.id === decodeURIComponent(location.hash.slice(1)));
    if (!question) return;
    shown(question);
    question.fold.open = true;
    reach(question);
  };
  const random = () => {
    const open = questions.filter(one => one !== current && progress[one.number] !== "knew"), pool = open.length ? open : questions;
    const hash = `#${pool[Math.floor(Math.random() * pool.length)].heading.id}`;
    if (location.hash === hash) arrive();
    else location.hash = hash;
  };

  for (const question of questions) {
    const { element, heading, fold } = question;
    question.state = make("span", { className: "interview-state" });
    fold.querySelector("summary").append(question.state);
    question.marks = Object.fromEntries(["knew", "again"].map(name => [name, button(words[name], () => note(question, name))]));
    fold.append(make("p", { className: "interview-marks" }, ...Object.values(question.marks)));
    heading.tabIndex = -1; // reached by script when a card turns
    fold.addEventListener("toggle", () => { if (fold.open && !progress[question.number]) note(question, "seen"); });
    // A swipe turns the card, unless what lies under the finger scrolls sideways itself.
    let from = null;
    element.addEventListener("touchstart", event => {
      const scrolls = [...event.composedPath()].some(part => part instanceof Element && part !== document.documentElement && part.scrollWidth > part.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(part).overflowX));
      from = event.touches.length === 1 && !scrolls ? event.touches[0] : null;
    }, { passive: true });
    element.addEventListener("touchend", event => {
      if (!from || !holder.classList.contains("cards")) return;
      const to = event.changedTouches[0], along = to.clientX - from.clientX, across = to.clientY - from.clientY;
      if (Math.abs(along) > 60 && Math.abs(along) > 2 * Math.abs(across)) move(along < 0 ? 1 : -1);
    });
  }

  const reset = button(words.reset, () => {
    if (!confirm(words.sure)) return;
    progress = {};
    keep();
    show();
  });
  const turn = make("span", { className: "interview-turn" }, button(words.previous, () => move(-1)), button(words.next, () => move(1)));
  const tools = make("div", { className: "interview-tools" }, button(words.random, random), turn, toggle, reset, count);
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", words.tools);
  holder.prepend(tools);
  show();
  shown(current);
  cards(matchMedia("(max-width: 44.9em)").matches);
  addEventListener("hashchange", arrive);
  arrive();
})();
