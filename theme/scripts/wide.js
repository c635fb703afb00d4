// Marks what is wider than its place once it comes into view; the style sheet fades it where it goes on.
(() => {
  const parts = document.querySelectorAll(".md-typeset :is(pre > code, .source, .exhibit-output pre, .md-typeset__scrollwrap), tex-formula.display");
  const watch = new IntersectionObserver(seen => {
    for (const { target, isIntersecting } of seen)
      if (isIntersecting) target.classList.toggle("wide", target.scrollWidth > target.clientWidth);
  });
  const start = () => { watch.disconnect(); for (const part of parts) watch.observe(part); };
  addEventListener("resize", start);
  start();
})();
