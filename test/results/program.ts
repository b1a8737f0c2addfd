import { results } from "../../functions/api/endpoints/results.ts";
import { answerError } from "../../functions/api/errors.ts";
import { builtInCatalog } from "../../functions/models/catalog.ts";
import { openPlatform } from "../../functions/platform/open.ts";

/** What the program prints, as JSON. */
export interface Asked {
  readonly status: number;
  readonly location: string | undefined;
  /** Of an answer that is not in the bucket. */
  readonly body: string;
  readonly seconds: number;
  /** The longest that other work of the process had to wait for this, ms of computing: another process' work is not its own. */
  readonly stalledMs: number;
  /** The most memory that the process had, MB. */
  readonly maxRssMb: number;
}

/*
 * Asks the endpoint for results as the api does, in a process of its own, whose memory can be limited and measured.
 * Arguments: test id, body (JSON), Accept-Encoding.
 */
const [testid = "", text = "", encoding = ""] = process.argv.slice(2);
const request = {
  route: "PUT /results/{testid}",
  method: "PUT",
  path: `/results/${testid}`,
  params: { testid },
  query: {},
  headers: { "content-type": "application/json", "accept-encoding": encoding },
  requestId: "r",
  sourceIp: "127.0.0.1",
  arrivalMs: Date.now(),
  text,
};

let stalledMs = 0;
const beginMs = performance.now();
let seen = process.threadCpuUsage();
const ticks = setInterval(() => {
  const { user, system } = process.threadCpuUsage(seen);
  stalledMs = Math.max(stalledMs, (user + system) / 1000);
  seen = process.threadCpuUsage();
}, 1);
const answer = await results(request, { ...(await openPlatform()), catalog: builtInCatalog }).catch((error: unknown) =>
  answerError(error, request),
);
clearInterval(ticks);

const asked: Asked = {
  status: answer.status,
  location: answer.headers?.location,
  body: answer.body,
  seconds: (performance.now() - beginMs) / 1000,
  stalledMs,
  maxRssMb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(asked), () => process.exit(0));
