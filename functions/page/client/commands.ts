import { signal } from "@preact/signals";

/** A call that changed a test, or began one. */
export interface Command {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** More are not shown. */
const KEPT = 40;

/** The last commands of each test, oldest first. */
export const commands = signal<ReadonlyMap<string, readonly Command[]>>(new Map());

export function record(testid: string, command: Command): void {
  const before = commands.peek().get(testid) ?? [];
  commands.value = new Map(commands.peek()).set(testid, [...before, command].slice(-KEPT));
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
    const json = body === undefined ? "" : `, ${JSON.stringify(body)}`;
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

/** A JSON value as Python writes it. */
function python(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") {
    const fields = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${python(each)}`);
    return `{${fields.join(", ")}}`;
  }
  return JSON.stringify(value);
}
