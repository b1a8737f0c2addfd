import { readFileSync } from "node:fs";
import type { Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpAnswer } from "../http/request.ts";

/** Files beside the bundle, and beside this module: the API's description and the files of its page. */
const TYPES = {
  "openapi.yaml": "application/yaml; charset=utf-8",
  "docs/index.html": "text/html; charset=utf-8",
  "docs/page.js": "text/javascript; charset=utf-8",
  "docs/swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "docs/swagger-ui.css": "text/css; charset=utf-8",
} as const;

const assets = new Map<string, string>();

/** An asset and its type; undefined for an unknown name. Each file is read once per process. */
function readAsset(name: string): { readonly text: string; readonly type: string } | undefined {
  if (!Object.hasOwn(TYPES, name)) return undefined;
  const text = assets.get(name) ?? readFileSync(new URL(name, import.meta.url), "utf8");
  assets.set(name, text);
  return { text, type: TYPES[name as keyof typeof TYPES] };
}

/** The page may load nothing from other hosts, and no page may frame it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function answerAsset(name: string): HttpAnswer {
  const asset = readAsset(name);
  if (asset === undefined) throw new HttpError(404, `There is no file ${JSON.stringify(name.slice(0, 100))}.`);
  return {
    status: 200,
    body: asset.text,
    headers: {
      "content-type": asset.type,
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "cache-control": "public, max-age=3600",
    },
  };
}

export const description: Endpoint = async () => answerAsset("openapi.yaml");
export const docs: Endpoint = async () => answerAsset("docs/index.html");
export const docsFile: Endpoint = async (request) => answerAsset(`docs/${request.params.file}`);
