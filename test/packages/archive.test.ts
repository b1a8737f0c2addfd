import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PACKAGE_LIMITS } from "../../functions/packages/limits.ts";
import { HOSTILE_ARCHIVES, type HostileArchive } from "../fmus/hostile.ts";
import { type ZipEntry, zip } from "../fmus/zip.ts";
import { checkBytes, entries } from "./support.ts";

async function refusal(bytes: Uint8Array, limits = PACKAGE_LIMITS): Promise<readonly string[]> {
  const checked = await checkBytes(bytes, { limits });
  return checked.ok ? [] : checked.reasons;
}

/** What no compression makes smaller. */
const NOISE = Buffer.concat(Array.from({ length: 125 }, (_, i) => createHash("sha256").update(String(i)).digest()));

const withEntry = (entry: ZipEntry) => zip([...entries(), entry]);

describe("an archive is refused", () => {
  it.each<[HostileArchive, RegExp]>([
    ["zip-bomb", /^Unpacked, the archive has [\d.]+ [MG]iB\. At most 768 MiB are allowed/],
    ["lying-zip-bomb", /"resources\/zeros\.csv" cannot be unpacked \(too many bytes/],
    ["many-files", /^The archive has \d+ entries\. At most 10000 are allowed/],
    ["parent-path", /path "resources\/\.\.\/\.\.\/escaped"/],
    ["absolute-path", /path "\/tmp\/escaped"/],
    ["backslash-path", /path "resources\/\.\.\/escaped"/],
    ["symbolic-link", /"resources\/out" in the archive is a link or a device/],
    ["cut-off", /^The file is no FMU: an FMU is a zip archive/],
  ])("that is hostile: %s", async (name, reason) => {
    const startedAt = process.cpuUsage();
    const bytes = HOSTILE_ARCHIVES[name]([...entries(), { path: "resources/noise.bin", content: NOISE }]);
    const made = process.cpuUsage(startedAt).user;
    expect(await refusal(bytes)).toEqual([expect.stringMatching(reason)]);
    // A gigabyte is not unpacked to find out that it is one.
    expect(process.cpuUsage(startedAt).user - made).toBeLessThan(3e6);
    expect(existsSync("/tmp/escaped")).toBe(false);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["no zip file at all", Buffer.from("not really an FMU"), /^The file is no FMU/],
    ["empty", Buffer.alloc(0), /^The file is no FMU/],
    ["a zip file of nothing", zip([]), /^modelDescription\.xml is missing/],
    ["a drive's path", withEntry({ path: "C:/escaped", content: "x" }), /path "C:\/escaped"/],
    ["a path through a point", withEntry({ path: "resources/./a", content: "x" }), /path "resources\/\.\/a"/],
    ["a path of nothing", withEntry({ path: "resources//a", content: "x" }), /path "resources\/\/a"/],
    ["a path with a line end", withEntry({ path: "resources/a\nb", content: "x" }), /path "resources\/a\\nb"/],
    ["a long path", withEntry({ path: `resources/${"n".repeat(600)}`, content: "x" }), /a path of 610 bytes/],
    [
      "a device",
      withEntry({ path: "resources/null", content: "", mode: 0o020666 }),
      /"resources\/null" .* a link or a device/,
    ],
    [
      "a file twice",
      withEntry({ path: "resources/config.json", content: "{}" }),
      /holds "resources\/config\.json" more than once/,
    ],
    [
      "a file twice, once with backslashes",
      withEntry({ path: "resources\\config.json", content: "{}" }),
      /holds "resources\/config\.json" more than once/,
    ],
    [
      "all in a folder of its own",
      zip(entries().map((entry) => ({ ...entry, path: `room/${entry.path}` }))),
      /There is "room\/modelDescription\.xml": zip the content of that folder/,
    ],
    [
      "less than it says",
      withEntry({ path: "a", content: "x", claimedSize: 1000 }),
      /"a" cannot be unpacked \(not enough bytes/,
    ],
  ])("that holds %s", async (_what, bytes, reason) => {
    expect((await refusal(bytes))[0]).toMatch(reason);
  });

  it("whose content is not what it was", async () => {
    const bytes = zip([{ path: "resources/noise.bin", content: NOISE }, ...entries()]);
    // In the middle of what cannot be compressed, and so is stored as it is.
    const at = 2000;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    expect((await refusal(bytes))[0]).toMatch(/^The archive is damaged: /);
  });

  it("that is encrypted, or compressed in another way", async () => {
    const [encrypted, deflate64] = [zip(entries()), zip(entries())];
    const directory = encrypted.indexOf("PK\x01\x02", 0, "latin1");
    encrypted.writeUInt16LE(encrypted.readUInt16LE(directory + 8) | 1, directory + 8);
    expect((await refusal(encrypted))[0]).toMatch(/"modelDescription\.xml" in the archive is encrypted/);
    deflate64.writeUInt16LE(9, directory + 10);
    expect((await refusal(deflate64))[0]).toMatch(/is compressed by method 9/);
  });

  it("whose files overlap, each of them small", async () => {
    const limits = { ...PACKAGE_LIMITS, unpackedBytes: 100_000 };
    const bytes = zip([...entries(), { path: "a", content: Buffer.alloc(60_000) }, { path: "b", content: "b" }]);
    // The directory's second entry is made to speak of the first one's content.
    const last = bytes.lastIndexOf("PK\x01\x02", undefined, "latin1");
    const before = bytes.lastIndexOf("PK\x01\x02", last - 1, "latin1");
    bytes.copy(bytes, last + 16, before + 16, before + 28);
    bytes.copy(bytes, last + 42, before + 42, before + 46);
    expect(await refusal(bytes, limits)).toEqual([expect.stringMatching(/^Unpacked, the archive has 1\d\d\.?\d* KiB/)]);
  });

  it("with every one of its paths that is bad", async () => {
    const bad = ["../a", "../b", "/c"].map((path) => ({ path, content: "x" }));
    expect(await refusal(zip([...entries(), ...bad]))).toHaveLength(3);
  });

  it("with a number of reasons that somebody can read", async () => {
    const bad = Array.from({ length: 200 }, (_, i) => ({ path: `../${i}`, content: "x" }));
    const reasons = await refusal(zip([...entries(), ...bad]));
    expect(reasons).toHaveLength(51);
    expect(reasons.at(-1)).toBe("And there are 150 reasons more.");
  });
});

it("may have backslashes between names, as some tools on Windows write them", async () => {
  const onWindows = entries().map((entry) => ({ ...entry, path: entry.path.replaceAll("/", "\\") }));
  const [checked, asUsual] = [await checkBytes(zip(onWindows)), await checkBytes(zip(entries()))];
  if (!checked.ok || !asUsual.ok) throw new Error("refused");
  expect({ ...checked.value, hash: "", fmu: {} }).toEqual({ ...asUsual.value, hash: "", fmu: {} });
});

it("takes folders, and names beyond ASCII", async () => {
  const bytes = zip([
    { path: "resources/", content: "", mode: 0o040755 },
    { path: "documentation/Gebäude.html", content: "x", mode: 0 },
    ...entries(),
  ]);
  expect((await checkBytes(bytes)).ok).toBe(true);
});
