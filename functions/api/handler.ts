import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { openPlatform } from "../platform/open.ts";
import { answerRoute } from "./answer.ts";
import { answerError } from "./errors.ts";
import { readEvent } from "./http.ts";
import { respond } from "./respond.ts";

/** Answers API Gateway's HTTP events. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const context = await openPlatform();
  try {
    const request = readEvent(event, Date.now());
    return await respond(await answerRoute(request, context), request, context.objects);
  } catch (error) {
    const params = event.pathParameters ?? {};
    const request = { params, route: event.routeKey, requestId: event.requestContext.requestId };
    return await respond(answerError(error, request), undefined, context.objects);
  }
}
