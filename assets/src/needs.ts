/* Fields that are asked for only where another one says something; without JavaScript all are there. */

function column(box: HTMLElement): Element | null {
  return box.closest(".map-form > div");
}

function heading(field: Element): Element | null {
  let before = field.previousElementSibling;
  while (before && before.tagName !== "H2") before = before.previousElementSibling;
  return before;
}

/* A heading is there while one field below it is; a map, while the numbers that it fills are. */
function tidy(form: HTMLFormElement): void {
  const shown = new Map<Element, boolean>();
  for (const field of form.querySelectorAll<HTMLElement>(".field")) {
    const above = heading(field);
    if (above) shown.set(above, (shown.get(above) ?? false) || !field.hidden);
  }
  for (const [above, any] of shown) above.toggleAttribute("hidden", !any);
  for (const box of form.querySelectorAll<HTMLElement>("[data-spot]")) {
    const first = document.getElementById(box.dataset.spot?.split(" ")[0] ?? "");
    column(box)?.toggleAttribute("hidden", first?.closest<HTMLElement>(".field")?.hidden ?? false);
  }
}

export function askWhatIsNeeded(root: ParentNode): void {
  for (const control of root.querySelectorAll<HTMLSelectElement>("select[data-opens]")) {
    const form = control.form;
    if (!form) continue;
    const names = (control.dataset.opens ?? "").split(" ");
    const follow = () => {
      for (const name of names) {
        const field = form.querySelector(`[name="${name}"]`)?.closest<HTMLElement>(".field");
        if (field) field.hidden = !control.value;
      }
      tidy(form);
    };
    control.addEventListener("change", follow);
    follow();
  }
}
