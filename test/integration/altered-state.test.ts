import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { beforeAll, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { killEmulators, ROOT, uploadFmu } from "../support/fmu.ts";
import { stateOf } from "../support/state.ts";

const events: string[] = [];
const cloud = useCloud({
  workers: 1,
  accounts: [ROOT],
  onLog: (_name, line) => {
    if (line.includes('"state_damaged"')) events.push(line);
  },
});
const client = clientOf(cloud);
const { call } = client;

// Its state is an object of its own.
beforeAll(() => uploadFmu(client, "large", "/testcases/large"));

/** Processes that remember the state are gone: the next step reads it from S3. */
async function forgetEverything(): Promise<void> {
  for (const name of ["worker", "api"] as const) {
    await Promise.all(
      cloud()
        .host.pids(name)
        .map((pid) => cloud().host.kill(pid)),
    );
  }
  await killEmulators(cloud());
}

/** The bucket, as somebody sees it who may overwrite what is there; the functions may not. */
function storage() {
  const {
    AWS_ENDPOINT_URL_S3: endpoint = "",
    AWS_REGION: region = "",
    BUCKET: Bucket = "",
  } = cloud().environment("worker");
  const s3 = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  return {
    read: async (Key: string) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    remove: (Key: string) => s3.send(new DeleteObjectCommand({ Bucket, Key })),
    overwrite: (Key: string, Body: Uint8Array) => s3.send(new PutObjectCommand({ Bucket, Key, Body })),
  };
}

it("a state that was altered or deleted in S3 is refused, and named; the test is where it was, and goes on when it is put back", async () => {
  const testid = await client.selectTest("large");
  const advance = () => call<{ time: number }>("POST", `/advance/${testid}`);
  expect(await advance()).toMatchObject({ status: 200, payload: { time: 3600 } });
  const before = await stateOf(cloud(), testid);
  const key = /object:(results\/[^"]+)/.exec(before.fields.state ?? "")?.[1] ?? "";
  const bytes = await storage().read(key);
  // One bit, in the middle.
  const altered = Uint8Array.from(bytes);
  altered[altered.length >> 1] = (altered[altered.length >> 1] ?? 0) ^ 1;

  await forgetEverything();
  await storage().overwrite(key, altered);
  const refused = await advance();
  expect([refused.status, refused.message]).toEqual([
    500,
    `The state ${key} is damaged: its bytes do not match their hash. The test cannot go on from it, and is as it was before: its results can be read. Restore a checkpoint, or initialize the test anew.`,
  ]);
  expect(events.map((line) => JSON.parse(line) as object)).toEqual([expect.objectContaining({ testid })]);
  expect(await stateOf(cloud(), testid)).toEqual(before);

  await storage().overwrite(key, bytes);
  expect(await advance()).toMatchObject({ status: 200, payload: { time: 7200 } });

  // From one that was deleted, initializing begins anew.
  const later = /object:(results\/[^"]+)/.exec((await stateOf(cloud(), testid)).fields.state ?? "")?.[1] ?? "";
  await forgetEverything();
  await storage().remove(later);
  expect(await advance()).toMatchObject({
    status: 500,
    message: expect.stringContaining(`The state ${later} is gone. The test cannot go on from it`),
  });
  const begun = await call("PUT", `/initialize/${testid}`, { body: { start_time: 0, warmup_period: 0 } });
  expect(begun.status).toBe(200);
  expect(await advance()).toMatchObject({ status: 200, payload: { time: 3600 } });
});
