import { signal } from "@preact/signals";

/** A call that changed a test, or began one. */
export interface Command {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** More commands of one test are not shown, nor those of more tests. */
const [MAX_COMMANDS, MAX_TESTS] = [20, 20];

/** The last commands of each test, oldest first. */
export const commands = signal<Readonly<Record<string, readonly Command[]>>>({});

export function record(testid: string, command: Command): void {
  const { [testid]: before = [], ...others } = commands.peek();
  const recent = Object.entries(others).slice(-MAX_TESTS + 1);
  commands.value = { ...Object.fromEntries(recent), [testid]: [...before, command].slice(-MAX_COMMANDS) };
}

export const LANGUAGES = ["Python", "TypeScript", "curl"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The commands as a program. */
export function asCode(list: readonly Command[], language: Language, origin: string): string {
  const lines = list.map((each) => WRITE[language](each));
  return [...HEAD[language](origin), ...lines].join("\n");
}

const HEAD: Readonly<Record<Language, (origin: string) => string[]>> = {
  Python: (origin) => ["import requests", "", `url = "${origin}"`],
  TypeScript: (origin) => [
    `const url = "${origin}";`,
    "const call = async (method: string, path: string, body?: unknown) =>",
    "  await (",
    "    await fetch(url + path, {",
    "      method,",
    '      headers: { "content-type": "application/json" },',
    "      ...(body === undefined ? {} : { body: JSON.stringify(body) }),",
    "    })",
    "  ).text();",
    "",
  ],
  curl: (origin) => [`url=${origin}`],
};

const WRITE: Readonly<Record<Language, (command: Command) => string>> = {
  Python: ({ method, path, body }) => {
    const json = body === undefined ? "" : `, json=${python(body)}`;
    return `print(requests.${method.toLowerCase()}(f"{url}${path}"${json}).text)`;
  },
  TypeScript: ({ method, path, body }) => {
    const json = body === undefined ? "" : `, ${typescript(body)}`;
    return `console.log(await call("${method}", "${path}"${json}));`;
  },
  curl: ({ method, path, body }) => {
    const json =
      body === undefined
        ? ""
        : ` -H 'content-type: application/json' -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`;
    return `curl -L -X ${method} "$url${path}"${json}`;
  },
};

/** An array of steps ends with many that are all the same: they are written once. @returns those before, and how many */
function shortened(list: readonly unknown[]): { readonly before: readonly unknown[]; readonly count: number } {
  const last = JSON.stringify(list.at(-1));
  const different = list.findLastIndex((each) => JSON.stringify(each) !== last);
  const count = list.length - 1 - different;
  return count > 3 ? { before: list.slice(0, different + 1), count } : { before: list, count: 0 };
}

function typescript(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  const { before, count } = shortened(value);
  const items = before.map((each) => JSON.stringify(each));
  if (count > 0) items.push(`...Array(${count}).fill(${JSON.stringify(value.at(-1))})`);
  return `[${items.join(", ")}]`;
}

/** A JSON value as Python writes it. */
function python(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) {
    const { before, count } = shortened(value);
    const items = `[${before.map(python).join(", ")}]`;
    return count > 0 ? `${items} + [${python(value.at(-1))}] * ${count}` : items;
  }
  if (typeof value === "object") {
    const fields = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${python(each)}`);
    return `{${fields.join(", ")}}`;
  }
  return JSON.stringify(value);
}
