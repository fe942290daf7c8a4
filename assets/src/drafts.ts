/* Half-filled forms survive a closed tab. Kept on this device for two hours, never contact details (data-nodraft),
   and forgotten as soon as the form was sent (the next page says data-draft-done). */

const HOURS = 2;
type Draft = { at: number; fields: Record<string, string> };
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function load(key: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
    if (draft && Date.now() - draft.at < HOURS * 3_600_000) return draft;
    localStorage.removeItem(key);
  } catch {
    /* storage is blocked or full: the form works without it */
  }
  return null;
}

function save(key: string, fields: Record<string, string>): void {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }));
  } catch {
    /* see above */
  }
}

function keepable(form: HTMLFormElement): Field[] {
  return [...form.querySelectorAll<Field>("textarea[name], input[type=text][name], select[name]")].filter(
    (field) => !field.hasAttribute("data-nodraft"),
  );
}

export function keepDrafts(root: ParentNode): void {
  for (const mark of root.querySelectorAll<HTMLElement>("[data-draft-done]")) {
    try {
      localStorage.removeItem(`cg-draft:${mark.dataset.draftDone}`);
    } catch {
      /* nothing was kept */
    }
  }
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    const key = `cg-draft:${form.dataset.draft}`;
    const draft = load(key);
    for (const field of keepable(form)) {
      const kept = draft?.fields[field.name];
      if (kept && !field.value) field.value = kept;
    }
    form.addEventListener("input", () => {
      const fields: Record<string, string> = {};
      for (const field of keepable(form)) if (field.value) fields[field.name] = field.value;
      save(key, fields);
    });
  }
}
