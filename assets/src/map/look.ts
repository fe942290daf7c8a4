/* The map's colours are the page's tokens, read once: it is dark where the page is. */
export interface Colours {
  paper: string;
  ink: string;
  line: string;
  accent: string;
  warn: string;
  info: string;
  nobody: string;
  shades: [string, string, string, string, string];
  tones: string[];
}

function mixed(one: string, other: string, share: number): string {
  const [a, b] = [one, other].map((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
  const parts = [0, 1, 2].map((n) => Math.round((a?.[n] ?? 0) * share + (b?.[n] ?? 0) * (1 - share)));
  return `rgb(${parts.join(",")})`;
}

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const [accent, sheet] = [token("accent"), token("sheet")];
  const shades = [0, 0.14, 0.28, 0.42, 0.58].map((share) => mixed(accent, sheet, share));
  return {
    paper: token("well"),
    ink: token("ink"),
    line: token("edge"),
    accent,
    warn: token("bar-late"),
    info: token("info"),
    nobody: mixed(token("bar-late"), sheet, 0.4),
    shades: shades as Colours["shades"],
    tones: [0, 1, 2, 3, 4, 5].map((n) => mixed(token(`tone-${n}`), sheet, 0.55)),
  };
}
