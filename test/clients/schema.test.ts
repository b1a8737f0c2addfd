import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("the types of the TypeScript client are those of the API's description", async () => {
  const generator = fileURLToPath(new URL("../../clients/typescript/generate.mjs", import.meta.url));
  // On failure, its message says how to make them anew.
  await expect(promisify(execFile)(process.execPath, [generator, "--check"])).resolves.toMatchObject({ stderr: "" });
});
