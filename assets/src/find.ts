/* What is found as one types: the arrow keys go through it, Escape and a click elsewhere put it away. */

export function walkFound(): void {
  const form = document.querySelector<HTMLFormElement>("form.find");
  const input = form?.querySelector<HTMLInputElement>("[data-search]");
  const list = form?.querySelector<HTMLElement>("#found");
  if (!form || !input || !list) return;
  const away = (event: Event) => {
    if (!(event.target instanceof Node && form.contains(event.target))) list.replaceChildren();
  };
  document.addEventListener("click", away);
  document.addEventListener("focusin", away);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      list.replaceChildren();
      input.focus();
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const links = [...list.querySelectorAll<HTMLAnchorElement>("a")];
    if (!step || !links.length) return;
    event.preventDefault();
    const next = links.indexOf(document.activeElement as HTMLAnchorElement) + step;
    if (next < 0) input.focus();
    else links[Math.min(next, links.length - 1)]?.focus();
  });
}
