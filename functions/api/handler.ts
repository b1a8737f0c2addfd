import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { openPlatform } from "../platform/open.ts";
import { endpoints } from "./endpoints/index.ts";
import { answerError, HttpError } from "./errors.ts";
import { readEvent } from "./http.ts";
import { respond } from "./respond.ts";
import type { Route } from "./routes.ts";

/** Answers API Gateway's HTTP events. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const context = await openPlatform();
  try {
    const request = readEvent(event, Date.now());
    const endpoint = endpoints[request.route as Route];
    if (endpoint === undefined) throw new HttpError(404, `There is no route ${request.route}.`);
    return await respond(await endpoint(request, context), request, context.objects);
  } catch (error) {
    const params = event.pathParameters ?? {};
    const request = { params, route: event.routeKey, requestId: event.requestContext.requestId };
    return await respond(answerError(error, request), undefined, context.objects);
  }
}
