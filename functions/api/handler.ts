import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { openCatalog } from "../models/open.ts";
import { logWithMetrics } from "../platform/metrics.ts";
import { openPlatform } from "../platform/open.ts";
import { answerRoute } from "./answer.ts";
import { answerError } from "./answer-error.ts";
import type { ApiContext } from "./context.ts";
import { type HttpAnswer, readEvent } from "./http.ts";
import { takeRequest } from "./limits/requests.ts";
import { requireSizes } from "./limits/sizes.ts";
import { resolve, type Target } from "./resolve.ts";
import { respond } from "./respond.ts";

/** Answers API Gateway's HTTP events. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const startedAt = performance.now();
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

async function openContext(): Promise<ApiContext> {
  const platform = await openPlatform();
  return { ...platform, catalog: openCatalog(platform) };
}

async function answerEvent(
  event: APIGatewayProxyEventV2,
  target: Target,
  context: ApiContext,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { limits } = context.config;
  let rateLimit: Record<string, string> = {};
  try {
    requireSizes(event, limits);
    const request = readEvent(event, Date.now(), target);
    rateLimit = await takeRequest(request, limits);
    const answer = await answerRoute(request, context);
    return await respond(withHeaders(answer, rateLimit), request, context.objects);
  } catch (error) {
    const request = { ...target, requestId: event.requestContext.requestId };
    return await respond(withHeaders(answerError(error, request), rateLimit), undefined, context.objects);
  }
}

/** What HEAD is answered: all that GET is, but the body. */
function withoutBody(answer: APIGatewayProxyStructuredResultV2): APIGatewayProxyStructuredResultV2 {
  return { ...answer, body: "", isBase64Encoded: false };
}

function withHeaders(answer: HttpAnswer, headers: Record<string, string>): HttpAnswer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
