import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  DamagedObject,
  isSealedBy,
  SEAL_BYTES,
  seal,
  sealChunks,
  unseal,
  unsealChunks,
} from "../../functions/cache/seal.ts";

const token = randomUUID();

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe("the seal", () => {
  it("is the layout that is written down", () => {
    const sealed = Buffer.from(seal(Buffer.from("abc"), "00112233-4455-6677-8899-aabbccddeeff"));
    expect(sealed.toString("hex")).toBe(
      `${Buffer.from("abcobj").toString("hex")}01` +
        "00112233445566778899aabbccddeeff" +
        // FIPS 180-2, appendix B.1: SHA-256 of "abc"
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it.each([0, 1, SEAL_BYTES - 1, SEAL_BYTES, 5000])(
    "gives %i bytes back, whole and in chunks of any size",
    async (n) => {
      const content = randomBytes(n);
      const sealed = seal(content, token);
      expect(Buffer.from(unseal(sealed))).toEqual(content);
      for (const size of [1, 7, 52, 53, 10_000]) {
        expect(await gather(unsealChunks(inChunks(sealed, size)))).toEqual(content);
        expect(await gather(sealChunks(inChunks(content, size), token))).toEqual(sealed);
      }
    },
  );

  it("does not let a flipped bit, a missing or an added byte pass", async () => {
    const sealed = seal(randomBytes(200), token);
    const flipped = Buffer.from(sealed);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    for (const bad of [flipped, sealed.subarray(1), sealed.subarray(0, -1), Buffer.concat([sealed, Buffer.of(0)])]) {
      expect(() => unseal(bad)).toThrow(DamagedObject);
      await expect(gather(unsealChunks(inChunks(bad, 64)))).rejects.toThrow(DamagedObject);
    }
    expect(() => unseal(new Uint8Array())).toThrow(DamagedObject);
  });

  it("tells who wrote an object, whatever its content", () => {
    const end = seal(Buffer.from("same"), token).subarray(-SEAL_BYTES);
    expect(isSealedBy(end, token)).toBe(true);
    expect(isSealedBy(end, randomUUID())).toBe(false);
    expect(isSealedBy(new Uint8Array(), token)).toBe(false);
  });
});
