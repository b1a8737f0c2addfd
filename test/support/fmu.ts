import { openAsBlob } from "node:fs";
import type { Cloud } from "../../infra/local/cloud.ts";
import { buildFmu, type FmuName } from "../fmus/build.ts";
import type { Client } from "./client.ts";

export const ROOT = { name: "root", key: "privileged-key", privileged: true };
export const ALICE = { name: "alice", key: "alice's-key", privileged: false };
export const as = ({ key }: { readonly key: string }) => ({ authorization: key });

/**
 * Uploads a file through a post-form, as a client does: a real POST of a form to S3's address.
 * @param path the test case's, such as `/testcases/mine`
 */
export async function upload(client: Client, path: string, who: typeof ROOT, file: Blob): Promise<void> {
  const asked = await client.call("GET", `${path}/post-form`, { headers: as(who) });
  if (asked.status !== 200) throw new Error(`post-form: ${asked.status} ${asked.text}`);
  const { url, fields } = asked.json as { url: string; fields: Record<string, string> };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file, "model.fmu");
  const { status } = await fetch(url, { method: "POST", body: form });
  if (status !== 204) throw new Error(`upload: ${status}`);
}

/** Builds and uploads one of the test FMUs. */
export async function uploadFmu(client: Client, name: FmuName, path: string, who = ROOT): Promise<void> {
  await upload(client, path, who, await openAsBlob((await buildFmu(name)).file));
}

/** Ends all processes of the emulator function, and with them every live model. */
export async function killEmulators(cloud: Cloud): Promise<void> {
  await Promise.all(cloud.host.pids("emulator").map((pid) => cloud.host.kill(pid)));
}

/** Counts the calls of the emulator function while something is done. */
export async function callsDuring(cloud: Cloud, work: () => Promise<unknown>): Promise<string[]> {
  const kinds: string[] = [];
  cloud.lambda.intercept = async (call) => {
    kinds.push((call.payload as { work: { kind: string } }).work.kind);
    return await call.forward();
  };
  try {
    await work();
  } finally {
    cloud.lambda.intercept = undefined;
  }
  return kinds;
}
