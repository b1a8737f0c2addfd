import { useSignal } from "@preact/signals";
import { asCode, commands, LANGUAGES, type Language } from "../client/commands.ts";
import { kept } from "../state/kept.ts";
import { Choice } from "./parts.tsx";

const language = kept<Language>("language", "Python");

/** What was just done to a test, as a program. */
export function CodeView({ testid }: { testid: string }) {
  const isCopied = useSignal(false);
  const list = commands.value[testid] ?? [];
  if (list.length === 0) return null;
  const origin = `${location.origin}${location.pathname.replace(/\/$/, "")}`;
  const code = asCode(list.slice(-8), language.value, origin);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    isCopied.value = true;
    setTimeout(() => (isCopied.value = false), 2000);
  };
  return (
    <details class="card code">
      <summary>What you just did, as a program</summary>
      <div class="row">
        <Choice
          name="language"
          label="Language"
          options={LANGUAGES.map((each) => ({ value: each, text: each }))}
          chosen={language.value}
          onChoose={(chosen) => (language.value = chosen)}
        />
        <button type="button" class="quiet" onClick={() => void copy()}>
          {isCopied.value ? "Copied" : "Copy"}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre tabIndex={0}>{code}</pre>
    </details>
  );
}
