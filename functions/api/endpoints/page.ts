import { readFileSync } from "node:fs";
import type { Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import { withEtag } from "./etag.ts";
import { refuseRoute } from "./no-route.ts";

/** The page may load nothing from other hosts, runs no script but its own file, and nobody may frame it. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

const TYPES = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" } as const;
/** As esbuild names the page's files: the name holds a hash of the content. */
const FILE = /^page-[A-Z0-9]{8}\.(js|css)$/;

const SECURITY = { "content-security-policy": POLICY, "x-content-type-options": "nosniff" };

/** Files that lie beside the bundle in the folder `page`, each read once per process. */
const files = new Map<string, string>();

const entry = withEtag(async () => {
  const headers = { ...SECURITY, "referrer-policy": "no-referrer", vary: "accept" };
  return {
    status: 200,
    body: read("index.html"),
    headers: { ...headers, "content-type": "text/html; charset=utf-8" },
  };
});

/** The page's entry, for clients that ask for HTML, as browsers do. For all others nothing is at `/`, as in BOPTEST. */
export const page: Endpoint = async (request, context) => {
  return request.wantsHtml ? await entry(request, context) : await refuseRoute(request, context);
};

/** The page's script and style sheet. Their names change with their content, so that browsers keep them for a year. */
export const pageFile: Endpoint = async (request) => {
  const name = request.params.file ?? "";
  const [, kind] = FILE.exec(name) ?? [];
  const body = kind === undefined ? undefined : tryRead(name);
  if (body === undefined) throw new HttpError(404, `There is no file ${JSON.stringify(name.slice(0, 100))}.`);
  return {
    status: 200,
    body,
    headers: {
      ...SECURITY,
      "content-type": TYPES[kind as keyof typeof TYPES],
      "cache-control": "public, max-age=31536000, immutable",
    },
  };
};

function tryRead(name: string): string | undefined {
  try {
    return read(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function read(name: string): string {
  const text = files.get(name) ?? readFileSync(new URL(`page/${name}`, import.meta.url), "utf8");
  files.set(name, text);
  return text;
}
