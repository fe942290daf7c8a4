/* A form is sent once: after the first press its buttons wait (the act id makes a second sending harmless anyway). */

/* An answer that is a file leaves the page where it is: after this long the buttons are usable again. */
const WAIT_MS = 5000;

function free(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('button[aria-busy="true"]')) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}

export function guardForms(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[method="post"]')) {
    form.addEventListener("submit", () => {
      setTimeout(() => {
        for (const button of form.querySelectorAll<HTMLButtonElement>('button:not([type="button"])')) {
          button.setAttribute("aria-busy", "true");
          button.disabled = true;
        }
      }, 0);
      setTimeout(() => free(form), WAIT_MS);
    });
  }
  const summary = root.querySelector<HTMLElement>(".summary[tabindex]");
  summary?.focus();
}

/* Coming back with the Back button finds the buttons usable again. */
window.addEventListener("pageshow", () => free(document));
