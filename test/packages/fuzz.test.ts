import fc from "fast-check";
import { expect, it } from "vitest";
import { BadCsv, readCsv } from "../../functions/packages/csv.ts";
import { BadDescription, readModelDescription } from "../../functions/packages/model-description.ts";
import { zip } from "../fmus/zip.ts";
import { check, checkBytes, entries, xml } from "./support.ts";

const GOOD = zip(entries());

/** Bytes put in place of others. */
const damage = (length: number) =>
  fc.array(fc.record({ at: fc.nat(length - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 8 });

it("whatever the bytes of an archive, there is an answer, and reasons where it is refused", async () => {
  await fc.assert(
    fc.asyncProperty(damage(GOOD.length), fc.nat(GOOD.length), async (changes, length) => {
      const bytes = Buffer.from(GOOD);
      for (const { at, byte } of changes) bytes.writeUInt8(byte, at);
      const cut = length % 3 === 0 ? bytes.subarray(0, length) : bytes;
      const checked = await checkBytes(cut);
      if (!checked.ok) expect(checked.reasons.length).toBeGreaterThan(0);
    }),
    { numRuns: 150 },
  );
});

it("whatever stands in the settings, there is an answer", async () => {
  const file = fc.constantFrom("config.json", "days.json", "kpis.json", "weather.csv");
  await fc.assert(
    fc.asyncProperty(file, fc.oneof(fc.json(), fc.string()), async (name, text) => {
      const checked = await check({ [`resources/${name}`]: text });
      if (!checked.ok) for (const reason of checked.reasons) expect(reason).toMatch(/[.]$/);
    }),
    { numRuns: 100 },
  );
});

it("whatever stands in modelDescription.xml, it is read or refused", () => {
  const good = xml();
  fc.assert(
    fc.property(damage(good.length), (changes) => {
      const bytes = Buffer.from(good);
      for (const { at, byte } of changes) bytes.writeUInt8(byte, at);
      try {
        readModelDescription(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(BadDescription);
      }
    }),
    { numRuns: 500 },
  );
});

it("whatever stands in a CSV file, it is read or refused", () => {
  const cell = fc.oneof(fc.double().map(String), fc.constantFrom("time", "lat", "", "#", '"', " ", "NaN"), fc.string());
  const lines = fc.array(
    fc.array(cell, { maxLength: 3 }).map((cells) => cells.join(",")),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(lines, (text) => {
      try {
        const table = readCsv(Buffer.from(["time,lat", ...text].join("\n")), () => true, 10);
        expect(table?.columns.get("time")?.every(Number.isFinite)).toBe(true);
        for (const values of table?.columns.values() ?? []) expect(values).toHaveLength(table?.rows ?? 0);
      } catch (error) {
        expect(error).toBeInstanceOf(BadCsv);
      }
    }),
    { numRuns: 500 },
  );
});
