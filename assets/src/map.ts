/* Entry of pages with a map. The library is large, so it is fetched only here, and only when the map comes into sight. */

import "../styles/map.scss";

function wake(box: HTMLElement): void {
  import("./map/show").then(
    ({ show }) => show(box),
    () => box.classList.add("failed"),
  );
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting || !(entry.target instanceof HTMLElement)) continue;
    seen.unobserve(entry.target);
    wake(entry.target);
  }
});
for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) seen.observe(box);
