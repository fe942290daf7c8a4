/* "I am there now": the device is asked once where it is, and the form sends it; nothing is remembered. */

export function offerLocation(root: ParentNode): void {
  const form = root.querySelector<HTMLFormElement>("form[data-locate]");
  const button = form?.querySelector("button");
  if (!form || !button || !navigator.geolocation) return;
  form.hidden = false;
  const field = (name: string) => form.querySelector<HTMLInputElement>(`input[name="${name}"]`);
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const [lon, lat] = [field("lon"), field("lat")];
        if (lon) lon.value = coords.longitude.toFixed(5);
        if (lat) lat.value = coords.latitude.toFixed(5);
        form.submit();
      },
      () => {
        button.removeAttribute("aria-busy");
        const status = form.querySelector<HTMLElement>("[data-failed]");
        if (status) status.textContent = status.dataset.failed ?? "";
      },
      { timeout: 15_000, maximumAge: 60_000 },
    );
  });
}
