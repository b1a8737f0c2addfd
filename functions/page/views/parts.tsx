import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { connected } from "../client/call.ts";
import { linkTo } from "../state/route.ts";

/** What stands above every view. */
export function Top({ children }: { children?: ComponentChildren }) {
  return (
    <header class="top">
      <a class="brand" href={linkTo({ view: "start" })}>
        <i aria-hidden="true" />
        boptest<span>-serverless</span>
      </a>
      <nav aria-label="Views">
        <a href={linkTo({ view: "start" })}>Test cases</a>
        <a href={linkTo({ view: "compare", testids: [] })}>Compare</a>
        <a href={linkTo({ view: "upload" })}>Upload</a>
        <a href="docs">API</a>
      </nav>
      {children}
      {!connected.value && (
        <p class="lost" role="alert">
          Connection lost. This page goes on by itself as soon as the service answers.
        </p>
      )}
    </header>
  );
}

/** What went wrong, where it went wrong. */
export function Problem({ text, reasons = [] }: { text: string | undefined; reasons?: readonly string[] }) {
  if (text === undefined) return null;
  return (
    <div class="problem" role="alert">
      <p>{text}</p>
      {reasons.length > 0 && (
        <ul>
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A choice among a few, of which one is always chosen. */
export function Choice<T extends string>(props: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly chosen: T | undefined;
  readonly onChoose: (value: T) => void;
  readonly disabled?: boolean;
}) {
  const { name, label, options, chosen, onChoose, disabled = false } = props;
  return (
    <fieldset class="choice" disabled={disabled}>
      <legend class="unseen">{label}</legend>
      {options.map(({ value, text }) => (
        <label key={value}>
          <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/**
 * A number that is typed. A view may be drawn again at any time: what somebody has typed stays, until the value
 * itself is another one.
 */
export function NumberInput(props: {
  readonly value: number;
  readonly name?: string;
  readonly min?: string;
  readonly max?: string;
  readonly step?: string;
  readonly onChange?: (event: { readonly currentTarget: HTMLInputElement }) => void;
}) {
  const { value, step = "any", ...rest } = props;
  return <input key={value} type="number" step={step} defaultValue={value} {...rest} />;
}

/** Whether there is room for one column only. */
export const isNarrow = signal(false);
const narrow = matchMedia("(max-width: 999px)");
const noteWidth = () => {
  isNarrow.value = narrow.matches;
};
narrow.addEventListener("change", noteWidth);
noteWidth();

/** Saves a text as a file of this browser. */
export function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
