/* Rows of tabs and parts that scroll sideways on a phone begin where the reader is. */

export function showChosen(root: ParentNode): void {
  for (const row of root.querySelectorAll<HTMLElement>(".tabs, .classes")) {
    const chosen = row.querySelector<HTMLElement>("[aria-current]");
    if (chosen && row.scrollWidth > row.clientWidth) {
      row.scrollLeft = chosen.offsetLeft - row.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
    }
  }
}
