/**
 * The one route table: API Gateway's route keys, as the stack declares them and the api function answers them.
 * Pure data, so that infra can read it without loading the function.
 */
export const ROUTES = [
  "GET /version",
  "GET /testcases",
  "POST /testcases/{testcaseid}/select",
  "POST /testcases/{testcaseid}/select-async",
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
] as const;

export type Route = (typeof ROUTES)[number];
