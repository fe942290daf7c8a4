/* A print button; without script the browser's own menu prints the same page. */

export function offerPrinting(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
}
