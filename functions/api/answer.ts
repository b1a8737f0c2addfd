import type { ApiContext } from "./context.ts";
import { endpoints } from "./endpoints/index.ts";
import { HttpError } from "./errors.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";
import { refuseRoute } from "./no-route.ts";
import { requireTest } from "./testid.ts";

/**
 * Answers a request by its route. Of a test that there is not, that is what a client is told, whatever else is wrong with
 * the request: it is looked for then, for most bodies are read before their test is.
 *
 * @throws HttpError or UnknownTest for what is refused
 */
export async function answerRoute(request: HttpRequest, context: ApiContext): Promise<HttpAnswer> {
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
