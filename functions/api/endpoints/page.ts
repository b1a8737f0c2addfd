import { readFileSync } from "node:fs";
import { objectKeys } from "../../platform/objects.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import { withEtag } from "./etag.ts";
import { refuseRoute } from "./no-route.ts";

/** The page may load nothing from other hosts, runs no script but its own file, and no page may frame it. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/** The policy of the entry: on AWS, the page uploads to the bucket and reads large answers from it. */
export async function policyOf({ bucket }: Pick<ApiContext, "bucket">): Promise<string> {
  const { protocol, origin } = new URL(await bucket.presign(objectKeys.answer("any"), 60));
  // The local cloud serves the bucket at the API's address.
  return protocol === "https:" ? `${POLICY}; connect-src 'self' ${origin}` : POLICY;
}

const TYPES = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" } as const;
/** esbuild puts a hash of the content into the names of the page's files. */
const FILE = /^page-[A-Z0-9]{8}\.(js|css)$/;

const NO_SNIFFING = { "x-content-type-options": "nosniff" };

/** Files in the folder `page` beside the bundle, each read once per process. */
const files = new Map<string, string>();

const entry = withEtag(async (_request, context) => {
  const policy = { "content-security-policy": await policyOf(context) };
  const headers = { ...policy, ...NO_SNIFFING, "referrer-policy": "no-referrer", vary: "accept" };
  return {
    status: 200,
    body: read("index.html"),
    headers: { ...headers, "content-type": "text/html; charset=utf-8" },
  };
});

/** The page's entry, for clients that ask for HTML, as browsers do. Other clients get a 404 at `/`, as from BOPTEST. */
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
      ...NO_SNIFFING,
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
