import { readAsset } from "../assets.ts";
import type { Endpoint } from "../context.ts";
import { HttpError } from "../errors.ts";
import type { HttpAnswer } from "../http.ts";

/** The page may load nothing from other hosts, and nobody may frame it. */
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
