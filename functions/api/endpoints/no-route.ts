import type { ApiContext } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpRequest } from "../http/request.ts";
import { ROUTES } from "../routes.ts";
import { accountOf, requireAccount } from "./account.ts";

/** Characters of the client's path that a message repeats. */
const MAX_PATH_LENGTH = 200;

/**
 * Refuses a request that matches no route, and lists the routes: 405 with `Allow` if the path has other methods, else
 * 404. Below `/testcases` and `/users` the status is always 404, as in BOPTEST, and an unknown key is refused first.
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
    return `${missing} The member routes lists the routes; /docs describes them.`;
  return `${missing} A test's id is missing in the path, as clients of BOPTEST before version 0.7 leave it out. First select a test case with POST /testcases/{testcaseid}/select, such as testcase1: it answers the testid. Then use ${ofTest.join(" or ")}.`;
}

/** The routes that begin like the path; all routes if none does. */
function routesNear(first: string): readonly string[] {
  const near = first === "" ? [] : ROUTES.filter((route) => route.split("/")[1] === first);
  return near.length > 0 ? near : ROUTES;
}
