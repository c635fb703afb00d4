// Marks what is wider than its place once it comes near the window: the style sheet fades it where it goes on, and the
// tab key stops there, so that arrow keys move it. What fits is no stop.
(() => {
  const parts = document.querySelectorAll(".md-typeset :is(pre > code, .source, .exhibit-output pre, .md-typeset__scrollwrap), tex-formula.display");
  const mark = (part, wide) => {
    part.classList.toggle("wide", wide);
    if (wide) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  };
  const watch = new IntersectionObserver(seen => {
    // All are measured before any is marked, or each would have the page laid out anew.
    const near = seen.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target);
    const wide = near.map(part => part.scrollWidth > part.clientWidth);
    near.forEach((part, i) => mark(part, wide[i]));
  }, { rootMargin: "100%" });
  const start = () => { watch.disconnect(); for (const part of parts) watch.observe(part); };
  addEventListener("resize", start);
  // Scrolling does not bubble, but is heard on its way down.
  document.addEventListener("scroll", ({ target }) => {
    target.classList?.toggle("ended", target.scrollLeft + target.clientWidth >= target.scrollWidth - 1);
  }, { capture: true, passive: true });
  start();
})();
