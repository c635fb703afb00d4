// The first jump within a page needs the true height of all that lies above its goal.
addEventListener("hashchange", () => {
  const page = document.documentElement;
  if (!page.classList.contains("lazy")) return;
  page.classList.remove("lazy");
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
});
