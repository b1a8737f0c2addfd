/**
 * The one route table: API Gateway's route keys. The stack declares them, and the api function answers them.
 * Pure data, so that infra can read it without loading the function.
 */
export const ROUTES = [
  "GET /",
  "GET /page/{file}",
  "GET /version",
  "GET /healthz",
  "GET /openapi.yaml",
  "GET /docs",
  "GET /docs/{file}",
  "GET /testcases",
  "POST /testcases/{testcaseid}/select",
  "POST /testcases/{testcaseid}/select-async",
  "GET /testcases/{testcaseid}/about",
  "GET /testcases/{testcaseid}/post-form",
  "DELETE /testcases/{testcaseid}",
  "GET /testcases/{namespace}",
  "POST /testcases/{namespace}/{testcaseid}/select",
  "POST /testcases/{namespace}/{testcaseid}/select-async",
  "GET /testcases/{namespace}/{testcaseid}/about",
  "GET /testcases/{namespace}/{testcaseid}/post-form",
  "DELETE /testcases/{namespace}/{testcaseid}",
  "GET /users/{user}/testcases",
  "POST /users/{user}/testcases/{testcaseid}/select",
  "POST /users/{user}/testcases/{testcaseid}/select-async",
  "GET /users/{user}/testcases/{testcaseid}/about",
  "GET /users/{user}/testcases/{testcaseid}/post-form",
  "DELETE /users/{user}/testcases/{testcaseid}",
  "GET /users/{user}/tests",
  "DELETE /users/{user}/tests",
  "GET /status/{testid}",
  "GET /name/{testid}",
  "GET /about/{testid}",
  "GET /inputs/{testid}",
  "PUT /inputs/{testid}",
  "GET /measurements/{testid}",
  "GET /points/{testid}",
  "GET /step/{testid}",
  "PUT /step/{testid}",
  "PUT /initialize/{testid}",
  "POST /advance/{testid}",
  "GET /tests/{testid}/run",
  "POST /tests/{testid}/run",
  "DELETE /tests/{testid}/run",
  "POST /rollout/{testid}",
  "GET /checkpoints/{testid}",
  "POST /checkpoints/{testid}",
  "DELETE /checkpoints/{testid}/{name}",
  "PUT /restore/{testid}",
  "POST /fork/{testid}",
  "PUT /results/{testid}",
  "GET /kpi/{testid}",
  "GET /forecast_points/{testid}",
  "PUT /forecast/{testid}",
  "GET /scenario/{testid}",
  "PUT /scenario/{testid}",
  "POST /submit/{testid}",
  "PUT /stop/{testid}",
  "POST /batch",
  "GET /batches/{batchid}",
  // For clients that keep their method after a 303.
  "GET /requests/{testid}/{requestid}",
  "POST /requests/{testid}/{requestid}",
  "PUT /requests/{testid}/{requestid}",
  "PATCH /requests/{testid}/{requestid}",
  "DELETE /requests/{testid}/{requestid}",
] as const;

export type Route = (typeof ROUTES)[number];

/** All methods that a route can have, except OPTIONS. */
export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;

/**
 * Requests that match no other route reach the function by these: HEAD, a path with a slash at its end, a wrong method, an
 * unknown path. None of them is for OPTIONS, and so none is `ANY` or `$default`, which include OPTIONS: API Gateway answers
 * a browser's preflight by itself only where no route matches it, and the function would refuse it.
 */
export const UNMATCHED = METHODS.flatMap((method) => [`${method} /`, `${method} /{proxy+}`]).filter(
  (key) => !(ROUTES as readonly string[]).includes(key),
);
