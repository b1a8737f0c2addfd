import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { openCatalog } from "../emulator-client/open.ts";
import { createInvoke, type Invoke } from "../platform/lambda.ts";
import { logWithMetrics } from "../platform/metrics.ts";
import { openPlatform } from "../platform/open.ts";
import { KnownModels } from "../streams/known-models.ts";
import { RememberedTests } from "../streams/remembered.ts";
import type { ApiContext } from "./context.ts";
import { endpoints } from "./endpoints/index.ts";
import { refuseRoute } from "./endpoints/no-route.ts";
import { requireTest } from "./endpoints/test.ts";
import { answerError } from "./http/answer-error.ts";
import { HttpError } from "./http/errors.ts";
import { type HttpAnswer, type HttpRequest, readEvent } from "./http/request.ts";
import { resolve, type Target } from "./http/resolve.ts";
import { respond } from "./http/respond.ts";
import { takeRequest } from "./limits/requests.ts";
import { isSocketEvent, type SocketEvent } from "./socket/event.ts";
import { answerSocket } from "./socket/socket.ts";
import { briefMsOf } from "./waiting/inline.ts";

const remembered = new RememberedTests();
const models = new KnownModels();

/** Answers API Gateway's HTTP events, and the messages of its WebSocket. */
export async function handler(event: APIGatewayProxyEventV2 | SocketEvent): Promise<APIGatewayProxyStructuredResultV2> {
  const startedAt = performance.now();
  if (isSocketEvent(event)) return await answerMessages(event, startedAt);
  const target = resolve(event);
  const answer = await answerEvent(event, target, await openContext());
  logWithMetrics("request", {
    route: target.route ?? event.routeKey,
    status: answer.statusCode,
    ms: Math.round(performance.now() - startedAt),
    apiRequestId: event.requestContext.requestId,
    testid: target.params.testid,
  });
  return event.requestContext.http.method === "HEAD" ? withoutBody(answer) : answer;
}

/** The answers go to the client by themselves; what is returned says only that the event was dealt with. */
async function answerMessages(event: SocketEvent, startedAt: number): Promise<APIGatewayProxyStructuredResultV2> {
  await answerSocket(event, await openContext());
  logWithMetrics("request", {
    route: "/ws",
    ms: Math.round(performance.now() - startedAt),
    apiRequestId: event.requestContext.requestId,
  });
  return { statusCode: 200 };
}

async function openContext(): Promise<ApiContext> {
  const platform = await openPlatform();
  const catalog = openCatalog(platform, callOnce, { briefMs: briefMsOf(platform.config) });
  return { ...platform, pipelined: platform.redis, catalog, remembered, models };
}

/** Where the emulator has too many callers, the work is a worker's: it is not called again from here. */
function callOnce(emulatorFunction: string): Invoke {
  return createInvoke(emulatorFunction, { maxAttempts: 1 });
}

async function answerEvent(
  event: APIGatewayProxyEventV2,
  target: Target,
  context: ApiContext,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { limits } = context.config;
  let rateLimit: Record<string, string> = {};
  try {
    const request = readEvent(event, target, { limits, nowMs: Date.now() });
    rateLimit = await takeRequest(request, limits);
    const answer = await answerRoute(request, context);
    return await respond(withHeaders(answer, rateLimit), request, context.bucket);
  } catch (error) {
    const request = { ...target, requestId: event.requestContext.requestId };
    return await respond(withHeaders(answerError(error, request), rateLimit), undefined, context.bucket);
  }
}

/**
 * Answers a request by its route. An unknown test takes precedence over other errors of the request. Most bodies are read
 * before the test is, so that the test is looked up when a request is refused.
 *
 * @throws HttpError or UnknownTest
 */
async function answerRoute(request: HttpRequest, context: ApiContext): Promise<HttpAnswer> {
  if (request.route === undefined) return await refuseRoute(request, context);
  try {
    return await endpoints[request.route](request, context);
  } catch (error) {
    const { testid, requestid } = request.params;
    const isRefused = error instanceof HttpError && error.status === 400;
    // Answers outlive their test.
    if (isRefused && testid !== undefined && requestid === undefined) await requireTest(request, context, []);
    throw error;
  }
}

/** HEAD gets GET's answer without the body. */
function withoutBody(answer: APIGatewayProxyStructuredResultV2): APIGatewayProxyStructuredResultV2 {
  return { ...answer, body: "", isBase64Encoded: false };
}

function withHeaders(answer: HttpAnswer, headers: Record<string, string>): HttpAnswer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
