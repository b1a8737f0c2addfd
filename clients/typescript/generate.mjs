/**
 * Writes `src/schema.ts`: the types of every route, from the service's own description. With `--check` it writes
 * nothing, and fails where the file is not what it would write.
 *
 *     npm run generate:client [-- --check]
 */
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const description = new URL("../../functions/api/openapi.yaml", import.meta.url);
const target = new URL("src/schema.ts", import.meta.url);

const HEAD = "// Generated from functions/api/openapi.yaml by generate.mjs: change that file, then run it again.\n\n";
const text = HEAD + astToString(await openapiTS(description, { silent: true }));

if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  console.error("clients/typescript/src/schema.ts is out of date: npm run generate:client");
  process.exitCode = 1;
}
