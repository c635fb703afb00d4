// On touch, where nothing hovers: the first tap on a number or a term shows what its title says, the second follows it.
(() => {
  let touch = false, shown = null;
  const target = event => event.target.closest?.("a.claim[title], a.term[title]");

  const hide = () => {
    if (!shown) return;
    shown.link.removeAttribute("aria-describedby");
    shown.tip.remove();
    shown = null;
  };
  const show = link => {
    const tip = document.createElement("div"), text = document.createElement("span"), more = document.createElement("a");
    tip.className = "tip";
    text.id = "tip-text";
    text.setAttribute("role", "tooltip");
    text.textContent = link.title;
    more.href = link.href;
    more.textContent = "Details";
    tip.append(text, " ", more);
    (document.querySelector("main") || document.body).append(tip);
    link.setAttribute("aria-describedby", text.id);
    const box = link.getBoundingClientRect(), room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(8, Math.min(box.left, room))}px`;
    tip.style.top = `${box.bottom + scrollY + 6}px`;
    shown = { link, tip };
  };

  document.addEventListener("pointerdown", event => {
    touch = event.pointerType === "touch";
    if (shown && !shown.tip.contains(event.target) && target(event) !== shown.link) hide();
  }, true);
  document.addEventListener("keydown", event => {
    touch = false;
    if (event.key === "Escape") hide();
  }, true);
  document.addEventListener("click", event => {
    const link = touch && target(event);
    if (!link || shown?.link === link) return;
    event.preventDefault();
    hide();
    show(link);
  }, true);
  // A tap also hovers and focuses: no second tooltip, from the theme.
  for (const type of ["mouseenter", "focus", "focusin"])
    document.addEventListener(type, event => {
      if (touch && event.target.closest && target(event)) event.stopImmediatePropagation();
    }, true);
})();
