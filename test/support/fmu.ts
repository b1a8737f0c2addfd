import { openAsBlob } from "node:fs";
import type { EmulatorReply, EmulatorRequest } from "../../functions/emulator/protocol.ts";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
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

/** The calls of the emulator function while something is done, by their kind. */
export async function callsDuring(cloud: Cloud, work: () => Promise<unknown>): Promise<string[]> {
  return (await watch(cloud, work)).map(({ asked }) => asked.work.kind);
}

/** Of each advance that the emulator function is asked for meanwhile, whether the model was alive where it was to go on. */
export async function warmDuring(cloud: Cloud, work: () => Promise<unknown>): Promise<boolean[]> {
  const calls = await watch(cloud, work);
  return calls.flatMap(({ asked, reply }) => (asked.work.kind === "advance" && reply.ok ? [reply.warm] : []));
}

async function watch(cloud: Cloud, work: () => Promise<unknown>) {
  const calls: { asked: EmulatorRequest; reply: EmulatorReply }[] = [];
  cloud.lambda.intercept = async (call) => {
    const answer = await call.forward();
    calls.push({ asked: call.payload as EmulatorRequest, reply: JSON.parse(answer.body) as EmulatorReply });
    return answer;
  };
  try {
    await work();
  } finally {
    cloud.lambda.intercept = undefined;
  }
  return calls;
}
