/* Reads a page aloud where the browser can. */

export function offerReading(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-read]")) {
    if (!("speechSynthesis" in window)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      if (speechSynthesis.speaking) {
        speechSynthesis.cancel();
        button.setAttribute("aria-pressed", "false");
        return;
      }
      const text = document.querySelector("main")?.textContent ?? "";
      const words = new SpeechSynthesisUtterance(text);
      words.lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
      words.rate = 0.9;
      words.onend = () => button.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", "true");
      speechSynthesis.speak(words);
    });
  }
}
