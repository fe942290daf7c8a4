/* Entry of pages with a map. The library is large, so it is fetched only here, and only when the map comes into sight. */

import "../styles/map.scss";

function wake(box: HTMLElement): void {
  import("./map/show").then(({ show }) => show(box)).catch(() => miss(box));
}

/* Without a connection the page says so, and tries again once there is one. */
function miss(box: HTMLElement): void {
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn small";
  again.textContent = box.dataset.again ?? "";
  again.addEventListener("click", () => wake(box));
  const said = document.createElement("p");
  said.textContent = box.dataset.failed ?? "";
  const whole = document.createElement("div");
  whole.className = "map-still";
  whole.setAttribute("role", "status");
  whole.append(said, again);
  box.replaceChildren(whole);
  addEventListener("online", () => whole.isConnected && wake(box), { once: true });
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting || !(entry.target instanceof HTMLElement)) continue;
    seen.unobserve(entry.target);
    wake(entry.target);
  }
});
for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) seen.observe(box);
