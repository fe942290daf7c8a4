/* A table of choices with a button in each row gets a slider above it, which says the row's words and presses its button. */

export function slideChoices(root: ParentNode): void {
  for (const slider of root.querySelectorAll<HTMLElement>("[data-slides]")) {
    const range = slider.querySelector<HTMLInputElement>("input[type=range]");
    const said = slider.querySelector<HTMLElement>("output");
    const go = slider.querySelector<HTMLButtonElement>("button");
    const rows = [...document.querySelectorAll<HTMLElement>(`#${slider.dataset.slides} tbody tr`)];
    if (!range || !said || !go || !rows.length) continue;
    const show = (): void => {
      const row = rows[range.valueAsNumber];
      const words = row?.dataset.said ?? "";
      said.textContent = words;
      range.setAttribute("aria-valuetext", words);
      go.disabled = !row?.querySelector("form");
    };
    range.max = String(rows.length - 1);
    const chosen = rows.findIndex((row) => row.classList.contains("on"));
    range.value = String(Math.max(0, chosen));
    range.addEventListener("input", show);
    go.addEventListener("click", () => rows[range.valueAsNumber]?.querySelector("form")?.requestSubmit());
    show();
  }
}
