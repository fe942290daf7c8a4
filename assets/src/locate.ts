/* "Use my location": asked for only when pressed, used once to preselect the village, never followed. */

export function offerLocation(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-locate]")) {
    const form = button.form;
    const message = document.getElementById(button.dataset.locate ?? "");
    if (!form || !navigator.geolocation) {
      button.hidden = true;
      continue;
    }
    button.addEventListener("click", (event) => {
      const filled = form.elements.namedItem("lat");
      if (filled instanceof HTMLInputElement && filled.value) return;
      event.preventDefault();
      button.setAttribute("aria-busy", "true");
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          for (const [name, value] of [
            ["lat", coords.latitude],
            ["lon", coords.longitude],
          ] as const) {
            const field = form.elements.namedItem(name);
            if (field instanceof HTMLInputElement) field.value = value.toFixed(6);
          }
          button.removeAttribute("aria-busy");
          form.requestSubmit ? form.requestSubmit(button) : form.submit();
        },
        () => {
          button.removeAttribute("aria-busy");
          if (message) message.hidden = false;
        },
        { timeout: 10_000, maximumAge: 60_000 },
      );
    });
  }
}
