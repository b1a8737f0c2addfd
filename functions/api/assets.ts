import { readFileSync } from "node:fs";

/** Files that lie beside the bundle as they lie beside this module: the API's description, and what its page is made of. */
const TYPES = {
  "openapi.yaml": "application/yaml; charset=utf-8",
  "docs/index.html": "text/html; charset=utf-8",
  "docs/page.js": "text/javascript; charset=utf-8",
  "docs/swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "docs/swagger-ui.css": "text/css; charset=utf-8",
} as const;

const assets = new Map<string, string>();

/** An asset and its type, or undefined if there is none of that name. Read once per process. */
export function readAsset(name: string): { readonly text: string; readonly type: string } | undefined {
  if (!Object.hasOwn(TYPES, name)) return undefined;
  const text = assets.get(name) ?? readFileSync(new URL(name, import.meta.url), "utf8");
  assets.set(name, text);
  return { text, type: TYPES[name as keyof typeof TYPES] };
}
