import type { Endpoint } from "../context.ts";
import type { Route } from "../routes.ts";
import { aboutTest, aboutTestcase } from "./about.ts";
import { batch, batches } from "./batch/batch.ts";
import { checkpoints, deleteCheckpoint, makeCheckpoint, restore } from "./checkpoints.ts";
import { advance, initialize, setInputs, setScenario, setStep } from "./commands.ts";
import { description, docs, docsFile } from "./docs.ts";
import { forecast } from "./forecast.ts";
import { fork } from "./fork.ts";
import { page, pageFile } from "./page.ts";
import { forecastPoints, inputs, kpi, measurements, name, points, scenario, status, step } from "./queries.ts";
import { requests } from "./requests.ts";
import { results } from "./results.ts";
import { rollout } from "./rollout.ts";
import { pauseRun, runStatus, startRun } from "./run.ts";
import { select, selectAsync } from "./select.ts";
import { health, version } from "./service.ts";
import { stop } from "./stop.ts";
import { submit } from "./submit.ts";
import { deleteTestcase, postForm, testcases } from "./testcases.ts";
import { stopUserTests, userTests } from "./users.ts";

/** The endpoint of each route. */
export const endpoints: Readonly<Record<Route, Endpoint>> = {
  "GET /": page,
  "GET /page/{file}": pageFile,
  "GET /version": version,
  "GET /healthz": health,
  "GET /openapi.yaml": description,
  "GET /docs": docs,
  "GET /docs/{file}": docsFile,
  "GET /testcases": testcases,
  "POST /testcases/{testcaseid}/select": select,
  "POST /testcases/{testcaseid}/select-async": selectAsync,
  "GET /testcases/{testcaseid}/about": aboutTestcase,
  "GET /testcases/{testcaseid}/post-form": postForm,
  "DELETE /testcases/{testcaseid}": deleteTestcase,
  "GET /testcases/{namespace}": testcases,
  "POST /testcases/{namespace}/{testcaseid}/select": select,
  "POST /testcases/{namespace}/{testcaseid}/select-async": selectAsync,
  "GET /testcases/{namespace}/{testcaseid}/about": aboutTestcase,
  "GET /testcases/{namespace}/{testcaseid}/post-form": postForm,
  "DELETE /testcases/{namespace}/{testcaseid}": deleteTestcase,
  "GET /users/{user}/testcases": testcases,
  "POST /users/{user}/testcases/{testcaseid}/select": select,
  "POST /users/{user}/testcases/{testcaseid}/select-async": selectAsync,
  "GET /users/{user}/testcases/{testcaseid}/about": aboutTestcase,
  "GET /users/{user}/testcases/{testcaseid}/post-form": postForm,
  "DELETE /users/{user}/testcases/{testcaseid}": deleteTestcase,
  "GET /users/{user}/tests": userTests,
  "DELETE /users/{user}/tests": stopUserTests,
  "GET /status/{testid}": status,
  "GET /name/{testid}": name,
  "GET /about/{testid}": aboutTest,
  "GET /inputs/{testid}": inputs,
  "PUT /inputs/{testid}": setInputs,
  "GET /measurements/{testid}": measurements,
  "GET /points/{testid}": points,
  "GET /step/{testid}": step,
  "PUT /step/{testid}": setStep,
  "PUT /initialize/{testid}": initialize,
  "POST /advance/{testid}": advance,
  "GET /tests/{testid}/run": runStatus,
  "POST /tests/{testid}/run": startRun,
  "DELETE /tests/{testid}/run": pauseRun,
  "POST /rollout/{testid}": rollout,
  "GET /checkpoints/{testid}": checkpoints,
  "POST /checkpoints/{testid}": makeCheckpoint,
  "DELETE /checkpoints/{testid}/{name}": deleteCheckpoint,
  "PUT /restore/{testid}": restore,
  "POST /fork/{testid}": fork,
  "PUT /results/{testid}": results,
  "GET /kpi/{testid}": kpi,
  "GET /forecast_points/{testid}": forecastPoints,
  "PUT /forecast/{testid}": forecast,
  "GET /scenario/{testid}": scenario,
  "PUT /scenario/{testid}": setScenario,
  "POST /submit/{testid}": submit,
  "PUT /stop/{testid}": stop,
  "POST /batch": batch,
  "GET /batches/{batchid}": batches,
  "GET /requests/{testid}/{requestid}": requests,
  "POST /requests/{testid}/{requestid}": requests,
  "PUT /requests/{testid}/{requestid}": requests,
  "PATCH /requests/{testid}/{requestid}": requests,
  "DELETE /requests/{testid}/{requestid}": requests,
};
