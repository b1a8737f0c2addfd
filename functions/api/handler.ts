import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { openCatalog } from "../models/open.ts";
import { logWithMetrics } from "../platform/metrics.ts";
import { openPlatform } from "../platform/open.ts";
import { answerRoute } from "./answer.ts";
import type { ApiContext } from "./context.ts";
import { answerError } from "./errors.ts";
import { type HttpAnswer, readEvent } from "./http.ts";
import { takeRequest } from "./limits/requests.ts";
import { requireSizes } from "./limits/sizes.ts";
import { respond } from "./respond.ts";

/** Answers API Gateway's HTTP events. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const startedAt = performance.now();
  const answer = await answerEvent(event, await openContext());
  logWithMetrics("request", {
    route: event.routeKey,
    status: answer.statusCode,
    ms: Math.round(performance.now() - startedAt),
    apiRequestId: event.requestContext.requestId,
    testid: event.pathParameters?.testid,
  });
  return answer;
}

async function openContext(): Promise<ApiContext> {
  const platform = await openPlatform();
  return { ...platform, catalog: openCatalog(platform) };
}

async function answerEvent(
  event: APIGatewayProxyEventV2,
  context: ApiContext,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { limits } = context.config;
  let rateLimit: Record<string, string> = {};
  try {
    requireSizes(event, limits);
    const request = readEvent(event, Date.now());
    rateLimit = await takeRequest(request, limits);
    const answer = await answerRoute(request, context);
    return await respond(withHeaders(answer, rateLimit), request, context.objects);
  } catch (error) {
    const params = event.pathParameters ?? {};
    const request = { params, route: event.routeKey, requestId: event.requestContext.requestId };
    return await respond(withHeaders(answerError(error, request), rateLimit), undefined, context.objects);
  }
}

function withHeaders(answer: HttpAnswer, headers: Record<string, string>): HttpAnswer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
