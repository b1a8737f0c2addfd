import { results } from "../../functions/api/endpoints/results.ts";
import { answerError } from "../../functions/api/http/answer-error.ts";
import { acceptsGzip, readPreferences } from "../../functions/api/http/preferences.ts";
import type { HttpRequest } from "../../functions/api/http/request.ts";
import { builtInCatalog } from "../../functions/emulator-client/catalog.ts";
import { openPlatform } from "../../functions/platform/open.ts";
import { KnownModels } from "../../functions/streams/known-models.ts";
import { RememberedTests } from "../../functions/streams/remembered.ts";

/** What the program prints, as JSON. */
export interface Asked {
  readonly status: number;
  readonly location: string | undefined;
  /** Of an answer that is not in the bucket. */
  readonly body: string;
  /** The most memory that the process had, MB. */
  readonly maxRssMb: number;
}

/*
 * Asks the endpoint for results as the api does, in a process of its own, whose memory can be limited and measured.
 * Arguments: test id, body (JSON), Accept-Encoding.
 */
const [testid = "", text = "", encoding = ""] = process.argv.slice(2);
const request: HttpRequest = {
  route: "PUT /results/{testid}",
  method: "PUT",
  path: `/results/${testid}`,
  params: { testid },
  query: {},
  key: undefined,
  preferences: readPreferences(undefined),
  acceptsGzip: acceptsGzip(encoding),
  wantsHtml: false,
  ifNoneMatch: undefined,
  idempotencyKey: undefined,
  contentType: "application/json",
  requestId: "r",
  sourceIp: "127.0.0.1",
  arrivalMs: Date.now(),
  text,
};

const platform = await openPlatform();
const remembered = new RememberedTests();
const models = new KnownModels();
const context = { ...platform, pipelined: platform.redis, catalog: builtInCatalog, remembered, models };
const answer = await results(request, context).catch((error: unknown) => answerError(error, request));

const asked: Asked = {
  status: answer.status,
  location: answer.headers?.location,
  body: answer.body,
  maxRssMb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(asked), () => process.exit(0));
