import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { ENV } from "../../functions/platform/environment.ts";
import { ROOT } from "../../infra/bundle.ts";
import { readDocuments } from "../docs/documents.ts";
import type { Block } from "../docs/markdown.ts";
import { useCloud } from "../support/cloud.ts";

/**
 * Runs every fenced block that is marked as runnable, such as ```sh runnable, in the order of its document, as a reader
 * would paste it. The address that `npm start` has stands for the one of a cloud of this test's own.
 */

const cloud = useCloud({ workers: 2 });

/** The address in the documents. */
const ADDRESS = "127.0.0.1:8000";

const folder = mkdtempSync(join(tmpdir(), "boptest-documents-"));
// A call that is refused is a command that failed. (curl has options of its own in its home.)
writeFileSync(join(folder, ".curlrc"), "fail-with-body\nshow-error\n");
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const PROGRAMS: Readonly<Record<string, { readonly program: string; readonly args: readonly string[] }>> = {
  sh: { program: "sh", args: ["-e", "-u", "-c"] },
  python: { program: "python3", args: ["-c"] },
  js: { program: process.execPath, args: ["--input-type=module", "-e"] },
};

/** The client as in this repository, and what setup has installed for the tests. */
const PYTHONPATH = [join(ROOT, "clients", "python", "src"), join(ROOT, "node_modules", ".python")].join(delimiter);

/** What this machine lacks for a block, if anything. */
function whatIsMissing({ language, text }: Block): string | undefined {
  const needed =
    language === "python"
      ? ["python3", "-c", (text.match(/^(import|from) \w+.*$/gm) ?? []).join("\n")]
      : language === "sh" && /\bcurl\b/.test(text)
        ? ["curl", "--fail-with-body", "--version"]
        : undefined;
  if (needed === undefined) return undefined;
  const [program = "", ...args] = needed;
  try {
    execFileSync(program, args, { stdio: "ignore", env: { ...process.env, PYTHONPATH } });
    return undefined;
  } catch {
    return language === "python" ? `python3 that can do this: ${args.at(-1)?.replaceAll("\n", "; ")}` : program;
  }
}

async function run({ language, text }: Block): Promise<string> {
  const { url, redisRest } = cloud();
  const { program, args } = PROGRAMS[language] ?? { program: "", args: [] };
  const { stdout } = await promisify(execFile)(program, [...args, text.replaceAll(`http://${ADDRESS}`, url)], {
    cwd: ROOT,
    timeout: 110_000,
    env: {
      ...process.env,
      PATH: [join(ROOT, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter),
      CURL_HOME: folder,
      PYTHONPATH,
      // What the command line takes where no address is given.
      BOPTEST_URL: url,
      PYTHONDONTWRITEBYTECODE: "1",
      [ENV.redisUrl]: redisRest.url,
      [ENV.redisToken]: redisRest.token,
    },
  });
  return stdout;
}

const documents = readDocuments()
  .map(({ file, blocks }) => ({ file, blocks: blocks.filter(({ runnable }) => runnable) }))
  .filter(({ blocks }) => blocks.length > 0);
const outputs = new Map<string, string>();

describe("what a document shows can be run:", () => {
  for (const { file, blocks } of documents) {
    for (const block of blocks) {
      const missing = whatIsMissing(block);
      const name = `${file}, line ${block.line} (${block.language})`;
      if (missing !== undefined) process.stderr.write(`${name} is not run: there is no ${missing} here\n`);
      it.skipIf(missing !== undefined)(name, { timeout: 120_000 }, async () => {
        expect(Object.keys(PROGRAMS)).toContain(block.language);
        const output = await run(block);
        expect(output).not.toBe("");
        outputs.set(`${file} ${block.language}`, output);
      });
    }
  }

  it("README.md's sessions, to their end", () => {
    expect(documents.map(({ file }) => file)).toContain("README.md");
    const shown = ["sh", "python"].flatMap((language) => outputs.get(`README.md ${language}`) ?? []);
    expect(shown.length).toBeGreaterThan(0);
    for (const output of shown) expect(output).toMatch(/["']ener_tot["']: ?[\d.]+/);
  });
});
