/* Keyboard: `/` search, j and k through rows, g then a letter to go somewhere, ? for help. */

const LINKS = "[data-rows] tbody tr a.title, [data-rows] tbody tr a[data-open]";

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function move(step: number): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(LINKS)];
  const row = document.activeElement?.closest("tr");
  const at = links.findIndex((link) => link.closest("tr") === row);
  const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

export function listenToKeys(): void {
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (Date.now() - going < 1500) {
      going = 0;
      const link = document.querySelector<HTMLAnchorElement>(`a[data-go="${CSS.escape(key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
      }
      return;
    }
    if (key === "g") going = Date.now();
    else if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "/") {
      const search = document.querySelector<HTMLInputElement>("[data-search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    } else if (key === "?") document.querySelector<HTMLDialogElement>("dialog#keys")?.showModal();
  });
}
