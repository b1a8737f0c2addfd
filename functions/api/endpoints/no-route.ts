import type { ApiContext } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpRequest } from "../http/request.ts";
import { ROUTES } from "../routes.ts";
import { accountOf, requireAccount } from "./account.ts";

/** As much of a client's path as a message repeats. */
const MAX_PATH_LENGTH = 200;

/**
 * Refuses a request that no route takes, and says which routes there are: 405 with `Allow` where the path takes other
 * methods, else 404. Under `/testcases` and `/users` it is always 404, for so BOPTEST has it, and a bad key is told first.
 *
 * @throws HttpError 401, 404, 405
 */
export async function refuseRoute(request: HttpRequest, context: ApiContext): Promise<never> {
  const [first = ""] = request.path.split("/").slice(1);
  if (first === "users") await requireAccount(request, context);
  if (first === "testcases") await accountOf(request, context);
  const isKept = first === "users" || first === "testcases";
  const { methods = [] } = request;
  if (methods.length > 0 && !isKept) throw notAllowed(request, methods);
  throw new HttpError(404, describe(request, first), {}, { routes: routesNear(first) });
}

function notAllowed({ method, path }: HttpRequest, methods: readonly string[]): HttpError {
  const allowed = methods.join(", ");
  const message = `${method} is not a method of ${path.slice(0, MAX_PATH_LENGTH)}. Allowed: ${allowed}.`;
  return new HttpError(405, message, { allow: allowed });
}

function describe({ method, path }: HttpRequest, first: string): string {
  const missing = `There is no route ${method} ${path.slice(0, MAX_PATH_LENGTH)}.`;
  const ofTest = ROUTES.filter((route) => route.endsWith(` /${first}/{testid}`));
  if (path !== `/${first}` || ofTest.length === 0)
    return `${missing} The routes are in "routes", and described at /docs.`;
  return `${missing} A test's id is missing in the path, as clients of BOPTEST before version 0.7 leave it out. First select a test case with POST /testcases/{testcaseid}/select, such as testcase1: it answers the testid. Then use ${ofTest.join(" or ")}.`;
}

/** The routes that begin like the path; all if none does. */
function routesNear(first: string): readonly string[] {
  const near = first === "" ? [] : ROUTES.filter((route) => route.split("/")[1] === first);
  return near.length > 0 ? near : ROUTES;
}
