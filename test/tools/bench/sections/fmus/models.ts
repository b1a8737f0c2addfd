import { openAsBlob, readdirSync } from "node:fs";
import { join } from "node:path";
import type { EmulatorRequest } from "../../../../../functions/emulator/protocol.ts";
import type { Model } from "../../../../../functions/packages/model.ts";
import type { Cloud } from "../../../../../infra/local/cloud/cloud.ts";
import { buildFmu, type FmuName } from "../../../../fmus/build.ts";
import { clientOf } from "../../../../support/client.ts";
import { ROOT, upload } from "../../../../support/fmu.ts";
import { STEP_SECONDS } from "../../advance.ts";
import { call } from "../../context.ts";

/** An FMU that is measured. */
export interface Building {
  /** As the tables name it. */
  readonly title: string;
  readonly file: string;
}

/** A test of it, and its model as intake has verified it. */
export interface BuildingTest extends Building {
  readonly path: string;
  readonly testid: string;
  readonly model: Model;
  /** When its model was initialized, s. */
  readonly time: number;
}

export async function fixture(name: FmuName): Promise<Building> {
  return { title: name, file: (await buildFmu(name)).file };
}

/** The FMUs of a folder; none without one. */
export function buildingsIn(folder: string | undefined): Building[] {
  const names = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".fmu"));
  return names.toSorted().map((name) => ({ title: name.slice(0, -".fmu".length), file: join(folder ?? "", name) }));
}

/** Uploads an FMU as a test case of this title. @returns the path of the test case */
export async function uploadBuilding(cloud: Cloud, { title, file }: Building): Promise<string> {
  const path = `/testcases/bench-${title.replace(/[^\w-]/g, "-")}`;
  await upload(
    clientOf(() => cloud),
    path,
    ROOT,
    await openAsBlob(file),
  );
  return path;
}

/** Selects a test, as soon as it may be, waiting as long as it takes. */
export async function selectBuilding({ url }: Cloud, path: string): Promise<string> {
  const { testid } = (await call(url, "POST", `${path}/select`)) as { testid: string };
  return testid;
}

/** A test of an FMU at its first step of an hour, without a warm-up, and its model. */
export async function testOf(cloud: Cloud, building: Building): Promise<BuildingTest> {
  const path = await uploadBuilding(cloud, building);
  const testid = await selectBuilding(cloud, path);
  const asked: EmulatorRequest[] = [];
  cloud.lambda.intercept = async ({ payload, forward }) => {
    asked.push(payload as EmulatorRequest);
    return await forward();
  };
  const time = 0;
  await call(cloud.url, "PUT", `/initialize/${testid}`, { start_time: time, warmup_period: 0 });
  await call(cloud.url, "PUT", `/step/${testid}`, { step: STEP_SECONDS });
  await call(cloud.url, "POST", `/advance/${testid}`);
  cloud.lambda.intercept = undefined;
  const model = asked.at(-1)?.package.model;
  if (model === undefined) throw new Error(`nobody asked for the model of ${building.title}`);
  return { ...building, path, testid, model, time };
}
