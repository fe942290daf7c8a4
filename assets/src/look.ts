/* Theme and text size without a round trip. Without script the same links set the same cookies on the server. */

const YEAR = 31_536_000;

function remember(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in old WebViews
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

export function rememberLook(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-look]")) {
    link.addEventListener("click", (event) => {
      const [name, value] = (link.dataset.look ?? "").split("=");
      if (!name || value === undefined) return;
      event.preventDefault();
      remember(`cg_${name}`, value);
      document.documentElement.setAttribute(`data-${name}`, value);
      for (const other of document.querySelectorAll<HTMLElement>(`a[data-look^="${name}="]`)) {
        other.toggleAttribute("hidden", other === link && other.hasAttribute("data-swap"));
        if (other.hasAttribute("data-swap") && other !== link) other.hidden = false;
        if (!other.hasAttribute("data-swap")) {
          if (other === link) other.setAttribute("aria-current", "true");
          else other.removeAttribute("aria-current");
        }
      }
    });
  }
}
