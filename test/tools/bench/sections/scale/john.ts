import type { Cloud } from "../../../../../infra/local/cloud/cloud.ts";
import { STEP_SECONDS } from "../../advance.ts";
import { call } from "../../context.ts";

/** An account of the clouds of this part. */
export const JOHN = { name: "john", key: "bench", privileged: false };
export const JOHNS_KEY = { authorization: JOHN.key };

/** @returns the id of a new test of john's that was advanced once */
export async function selectAsJohn({ url }: Pick<Cloud, "url">): Promise<string> {
  const { testid } = (await call(url, "POST", "/testcases/testcase1/select", {}, JOHNS_KEY)) as { testid: string };
  await call(url, "PUT", `/step/${testid}`, { step: STEP_SECONDS });
  await call(url, "POST", `/advance/${testid}`);
  return testid;
}
