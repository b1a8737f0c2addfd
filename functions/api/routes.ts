/**
 * The one route table: API Gateway's route keys, as the stack declares them and the api function answers them.
 * Pure data, so that infra can read it without loading the function.
 */
export const ROUTES = [
  "GET /version",
  "GET /testcases",
  "POST /testcases/{testcaseid}/select",
  "POST /testcases/{testcaseid}/select-async",
  "GET /testcases/{testcaseid}/post-form",
  "DELETE /testcases/{testcaseid}",
  "GET /testcases/{namespace}",
  "POST /testcases/{namespace}/{testcaseid}/select",
  "POST /testcases/{namespace}/{testcaseid}/select-async",
  "GET /testcases/{namespace}/{testcaseid}/post-form",
  "DELETE /testcases/{namespace}/{testcaseid}",
  "GET /users/{user}/testcases",
  "POST /users/{user}/testcases/{testcaseid}/select",
  "POST /users/{user}/testcases/{testcaseid}/select-async",
  "GET /users/{user}/testcases/{testcaseid}/post-form",
  "DELETE /users/{user}/testcases/{testcaseid}",
  "GET /users/{user}/tests",
  "GET /status/{testid}",
  "GET /name/{testid}",
  "GET /inputs/{testid}",
  "GET /measurements/{testid}",
  "GET /points/{testid}",
  "GET /step/{testid}",
  "PUT /step/{testid}",
  "PUT /initialize/{testid}",
  "POST /advance/{testid}",
  "PUT /results/{testid}",
  "GET /kpi/{testid}",
  "GET /forecast_points/{testid}",
  "PUT /forecast/{testid}",
  "GET /scenario/{testid}",
  "PUT /scenario/{testid}",
  "POST /submit/{testid}",
  "PUT /stop/{testid}",
  "ANY /requests/{testid}/{requestid}",
  // What is left under these is 401 or 404, as the key says.
  "ANY /testcases",
  "ANY /testcases/{proxy+}",
  "ANY /users",
  "ANY /users/{proxy+}",
] as const;

export type Route = (typeof ROUTES)[number];
