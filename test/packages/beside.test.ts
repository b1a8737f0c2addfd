import { describe, expect, it } from "vitest";
import { decodeDoubles } from "../../functions/packages/boundary-columns.ts";
import { PACKAGE_LIMITS } from "../../functions/packages/limits.ts";
import { readManifest } from "../../functions/packages/read.ts";
import { removeBeside } from "../../functions/uploads/remove.ts";
import { findUploads } from "../../functions/uploads/uploads.ts";
import { zip } from "../fmus/zip.ts";
import { nextSecond } from "../support/next-second.ts";
import { CONFIG, check, entries, manifestOf, reasonsOf, YEAR } from "./support.ts";
import { GOOD, useUploads } from "./uploads.ts";

const weather = (kelvin: number) =>
  `time,TDryBul,LowerSetp[1],UpperSetp[1]\n0,${kelvin},293,297\n${YEAR},${kelvin},293,297\n`;

describe("a CSV file beside the FMU", () => {
  const dryBulb = async (...options: Parameters<typeof manifestOf>) => {
    const { boundary } = await manifestOf(...options);
    return [...decodeDoubles(boundary.find(({ point }) => point === "TDryBul")?.values ?? "")];
  };

  it("takes the place of those of its name in the FMU, in whatever folder they are", async () => {
    expect(await dryBulb()).toEqual([270, 280, 270]);
    const beside = { "weather.csv": weather(300) };
    expect(await dryBulb({}, { beside })).toEqual([300, 300]);
    const deeper = { "resources/weather.csv": null, "resources/a/weather.csv": weather(250) };
    expect(await dryBulb(deeper)).toEqual([250, 250]);
    expect(await dryBulb(deeper, { beside })).toEqual([300, 300]);
  });

  it("is added where the FMU has none of its name", async () => {
    expect(await reasonsOf({ "resources/weather.csv": null })).toHaveLength(2);
    expect(await dryBulb({ "resources/weather.csv": null }, { beside: { "my-weather.csv": weather(301) } })).toEqual([
      301, 301,
    ]);
  });

  it("is passed over where config.json excludes it, and mended where it is wrong by a new one", async () => {
    const config = JSON.stringify({ ...CONFIG, resource_file_exclusion: ["old.csv"] });
    const beside = { "config.json": config, "old.csv": "time,lat\n5,x\n" };
    expect((await check({}, { beside })).ok).toBe(true);
    const bad = { "resources/weather.csv": "time,TDryBul\n0,cold\n" };
    expect((await reasonsOf(bad))[0]).toContain('"cold" for TDryBul');
    expect((await check(bad, { beside: { "weather.csv": weather(280) } })).ok).toBe(true);
    expect((await reasonsOf({}, { beside: { "weather.csv": "time,TDryBul\n0,cold\n" } }))[0]).toMatch(
      /^"weather\.csv" has "cold"/,
    );
  });

  it("counts with those in the FMU", async () => {
    const limits = { ...PACKAGE_LIMITS, csvBytes: 1000 };
    const beside = { "more.csv": `time,lat\n${"0,1\n".repeat(300)}` };
    expect(await reasonsOf({}, { limits, beside })).toEqual([expect.stringMatching(/At most 1000 bytes are allowed/)]);
    expect((await check({}, { limits })).ok).toBe(true);
  });

  it("makes another package", async () => {
    const [one, other] = [await manifestOf({}, { beside: { "a.csv": "time,x\n0,1\n31536000,1" } }), await manifestOf()];
    expect(one.hash).not.toBe(other.hash);
  });
});

describe("what is uploaded beside an FMU", () => {
  const uploads = useUploads();
  const bucket = () => uploads.stack().bucket;
  const published = async () => {
    const { outcome, package: hash = "" } = await uploads.take();
    expect(outcome).toBe("published");
    const manifest = await readManifest(bucket(), hash);
    const values = manifest?.boundary.find(({ point }) => point === "TDryBul")?.values ?? "";
    return { hash, step: manifest?.defaults.step, dryBulb: decodeDoubles(values)[0] };
  };
  const keysLeft = async () => {
    const { objects } = await bucket().list(`uploads/users/jo.e@x/${uploads.name.testcaseid}/`);
    return objects.map(({ key }) => key.split("/").slice(5).join("/")).sort();
  };

  it("is in force until it is taken away: then the FMU's own is again", async () => {
    await uploads.upload(GOOD);
    const before = await published();
    await nextSecond();
    await uploads.upload(Buffer.from(weather(300)), "weather.csv");
    await uploads.upload(Buffer.from(JSON.stringify({ ...CONFIG, step: 60 })), "config.json");
    expect(await published()).toMatchObject({ dryBulb: 300, step: 60 });
    await nextSecond();
    expect(await removeBeside(bucket(), uploads.name, "weather.csv", Date.now())).toBe(true);
    expect(await published()).toMatchObject({ dryBulb: 270, step: 60 });
    expect(await removeBeside(bucket(), uploads.name, "weather.csv", Date.now())).toBe(false);
    await nextSecond();
    expect(await removeBeside(bucket(), uploads.name, "config.json", Date.now())).toBe(true);
    expect(await published()).toEqual(before);
    // Only what says that the last of them was taken away is left beside the FMU.
    expect(await keysLeft()).toEqual(["", "config.json"]);
    expect(await findUploads(bucket(), uploads.name.scope, uploads.name.testcaseid)).toMatchObject({ replaced: [] });
  });

  it("can be uploaded again after it was taken away", async () => {
    await uploads.upload(GOOD);
    await uploads.upload(Buffer.from(weather(300)), "weather.csv");
    await nextSecond();
    await removeBeside(bucket(), uploads.name, "weather.csv", Date.now());
    await nextSecond();
    await uploads.upload(Buffer.from(weather(310)), "weather.csv");
    expect(await published()).toMatchObject({ dryBulb: 310 });
    expect(await keysLeft()).toEqual(["", "weather.csv"]);
  });

  it("is no test case when all of it was taken away", async () => {
    await uploads.upload(Buffer.from("{}"), "days.json");
    expect(await uploads.take()).toMatchObject({ outcome: "refused" });
    await removeBeside(bucket(), uploads.name, "days.json", Date.now());
    expect(await findUploads(bucket(), uploads.name.scope, uploads.name.testcaseid)).toBeUndefined();
    expect(await uploads.take()).toEqual({ outcome: "gone" });
  });

  it("is refused without a column time, and named: it would silently take the place of the FMU's own", async () => {
    await uploads.upload(zip(entries()));
    await uploads.upload(Buffer.from("Time;TDryBul\n0;300\n"), "weather.csv");
    expect(await uploads.take()).toMatchObject({ outcome: "refused" });
    expect(await uploads.recorded()).toMatchObject({
      reasons: expect.arrayContaining([
        expect.stringMatching(
          /^"weather\.csv", uploaded beside the FMU, has no column time\..*DELETE …\?file=weather\.csv/,
        ),
      ]),
    });
  });

  it("is refused where there are too many CSV files, before they are read", async () => {
    await uploads.upload(zip(entries()));
    for (let i = 0; i < 33; i++) await uploads.upload(Buffer.from("a\n1\n"), `file-${i}.csv`);
    const reading = uploads.bucketWith({ read: () => Promise.reject(new Error("read")) });
    expect(await uploads.take(reading)).toEqual({ outcome: "refused", reasons: 1 });
    expect(await uploads.recorded()).toMatchObject({
      reasons: [expect.stringMatching(/^Beside the FMU there are 33 CSV files .*DELETE …\?file=\{name\}/)],
    });
  });
});
