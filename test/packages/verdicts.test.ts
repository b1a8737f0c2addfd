import { beforeEach, describe, expect, it } from "vitest";
import type { Verdict } from "../../functions/packages/model.ts";
import { readManifest } from "../../functions/packages/read.ts";
import { keys } from "../../functions/platform/keys.ts";
import { nextSecond } from "../support/next-second.ts";
import { CONFIG } from "./support.ts";
import { package_, useUploads } from "./uploads.ts";

const uploads = useUploads();
const SHARED: Verdict = { keeps: "shared", reason: null, covered: { hours: 72, fresh: 6, shared: 96 } };
let version = 0;
let verified: number;
let verdict: Verdict;
/** An FMU that no other test has published. */
let fmu: Uint8Array;

beforeEach(() => {
  verified = 0;
  verdict = SHARED;
  // A version of its own for each test: what other tests left counts for nothing.
  uploads.emulatorVersion = `version-${++version}`;
  fmu = package_(1000 + version);
  uploads.verify = async () => {
    verified++;
    return { ok: true, verdict, log: [] };
  };
});

const CSV = Buffer.from("time,HGloHor\n0,100\n31536000,100\n");

/** Uploads a file and takes it in. @returns the manifest of the published package */
async function take(content: Uint8Array, file?: string) {
  await uploads.upload(content, file);
  const { outcome, package: hash = "" } = await uploads.take();
  expect(outcome).toBe("published");
  return await readManifest(uploads.stack().bucket, hash);
}

describe("a model that was verified", () => {
  it("is not verified again for another file beside the FMU, and the package has its verdict", async () => {
    await take(fmu);
    const manifest = await take(CSV, "sun.csv");
    expect(manifest).toMatchObject({ verdict: SHARED, model: { keeps: "shared" } });
    expect(verified).toBe(1);
  });

  it("is verified again by another version of the emulator", async () => {
    await take(fmu);
    uploads.emulatorVersion = "another";
    await take(CSV, "sun.csv");
    expect(verified).toBe(2);
  });

  it("is verified again where a test of it begins at another time", async () => {
    await take(fmu);
    await take(Buffer.from(JSON.stringify({ ...CONFIG, start_time: 100 * 86_400 })), "config.json");
    expect(verified).toBe(2);
    await nextSecond();
    await take(Buffer.from(JSON.stringify({ ...CONFIG, start_time: 100 * 86_400, area: 77 })), "config.json");
    expect(verified).toBe(2);
  });

  it("and must be replayed, is verified again: the machine may have been busy", async () => {
    verdict = { ...SHARED, keeps: "replayed", reason: "There was no time." };
    await take(fmu);
    verdict = SHARED;
    expect(await take(CSV, "sun.csv")).toMatchObject({ verdict: SHARED });
    expect(verified).toBe(2);
  });

  it("and found no time to be compared in one process, is verified again; one that differed there is not", async () => {
    verdict = { ...SHARED, keeps: "serialized" };
    await take(fmu);
    verdict = { ...SHARED, keeps: "serialized", reason: "In a process that was at another time, it differed." };
    await take(CSV, "sun.csv");
    expect(verified).toBe(2);
    await take(Buffer.from("time,lat\n0,1\n31536000,1\n"), "place.csv");
    expect(verified).toBe(2);
  });

  it("is verified each time where nobody knows the version of the emulator", async () => {
    uploads.emulatorVersion = undefined;
    await take(fmu);
    await take(CSV, "sun.csv");
    expect(verified).toBe(2);
  });
});

it("a verdict is forgotten after 90 days", async () => {
  const { redis } = uploads.stack().fixture;
  const verdicts = async () => (await redis.command(["KEYS", keys.verdict("*")])) as string[];
  const before = await verdicts();
  await take(fmu);
  const [key = ""] = (await verdicts()).filter((each) => !before.includes(each));
  const seconds = Number(await redis.command(["TTL", key]));
  expect(seconds).toBeGreaterThan(89 * 86_400);
  expect(seconds).toBeLessThanOrEqual(90 * 86_400);
});
