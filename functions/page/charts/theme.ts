import { signal } from "@preact/signals";

/** Colours of the plots: a canvas knows no style sheet, so they are read from it. */
export interface Theme {
  readonly lines: readonly string[];
  readonly text: string;
  readonly grid: string;
  readonly band: string;
  readonly bound: string;
  readonly future: string;
}

export const theme = signal<Theme>(read());

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  theme.value = read();
});

function read(): Theme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim() || "gray";
  return {
    lines: Array.from({ length: 8 }, (_, i) => of(`line-${i}`)),
    text: of("muted"),
    grid: of("grid"),
    band: of("band"),
    bound: of("bound"),
    future: of("future"),
  };
}

export function lineColor({ lines, bound }: Theme, color: number | "bound"): string {
  if (color === "bound") return bound;
  return lines[color % lines.length] ?? "gray";
}
