import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ROOT } from "./bundle.ts";
import { Problem } from "./programs/problem.ts";
import { DatabaseSync } from "./programs/sqlite.ts";

/** Where `npm run synth` puts the template and its bundles. */
export const CDK_OUT = join(ROOT, "cdk.out");

/** The stack that the local cloud runs: that of the default stage. */
const STACK = "boptest-dev";

/** The sources of the template and the bundles. */
const SOURCES = ["functions", "infra", "cdk.json", "package-lock.json"];
/** The local cloud is no part of the stack. */
const NO_SOURCES = new Set(["infra/local"]);

const WAIT_MS = 180_000;
const KEPT_MS = 7 * 86_400_000;

/**
 * The template in `cdk.out`, synthesized again if any source has changed. Many processes can call it at once: one
 * synthesizes, the others wait, and readers find either the old or the new state.
 *
 * @param outDir another folder than `cdk.out`
 * @returns the template's file
 * @throws Problem if the stack cannot be synthesized
 */
export async function synthesize(outDir = CDK_OUT): Promise<string> {
  const template = join(outDir, `${STACK}.template.json`);
  const stamp = join(outDir, `${STACK}.sources`);
  const isFresh = () => existsSync(template) && readText(stamp) === hashSources();
  if (isFresh()) return template;

  mkdirSync(outDir, { recursive: true });
  const unlock = await lock(join(outDir, "lock.db"));
  try {
    if (isFresh()) return template;
    const sources = hashSources();
    const made = mkdtempSync(join(outDir, "making-"));
    try {
      await runApp(made);
      publish(made, outDir);
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
    writeFileSync(stamp, sources);
    return template;
  } finally {
    unlock();
  }
}

/** Bundles are named by their content, so that those of older templates stay; every file appears in one step. */
function publish(made: string, outDir: string): void {
  const entries = readdirSync(made, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    if (!existsSync(join(outDir, name))) renameSync(join(made, name), join(outDir, name));
  }
  for (const { name } of entries.filter((entry) => entry.isFile())) renameSync(join(made, name), join(outDir, name));
  prune(outDir, new Set(entries.map(({ name }) => name)));
}

/** Removes bundles that no template has used for a week; a running cloud may still use newer ones. */
function prune(outDir: string, current: ReadonlySet<string>): void {
  for (const name of readdirSync(outDir)) {
    const path = join(outDir, name);
    const isOld = /^asset\./.test(name) && !current.has(name) && Date.now() - statSync(path).mtimeMs > KEPT_MS;
    if (isOld) rmSync(path, { recursive: true, force: true });
  }
}

async function runApp(outDir: string): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, "infra/app.ts")], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "", CDK_OUTDIR: outDir },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Problem(`The stack cannot be synthesized; "npm run synth" shows why:\n${stderr.trim()}`);
}

function hashSources(): string {
  const hash = createHash("sha256");
  const add = (path: string) => {
    const name = relative(ROOT, path);
    if (NO_SOURCES.has(name)) return;
    const children = readdirSync(path, { withFileTypes: true });
    for (const child of children.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (child.isDirectory()) add(join(path, child.name));
      else addFile(join(path, child.name));
    }
  };
  const addFile = (path: string) =>
    hash.update(relative(ROOT, path)).update("\0").update(readFileSync(path)).update("\0");
  for (const source of SOURCES) {
    if (/\.json$/.test(source)) addFile(join(ROOT, source));
    else add(join(ROOT, source));
  }
  return hash.digest("hex");
}

/** SQLite's lock ends with its process in all cases. */
async function lock(file: string): Promise<() => void> {
  const giveUpAt = performance.now() + WAIT_MS;
  const database = new DatabaseSync(file);
  for (;;) {
    try {
      database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
      return () => database.close();
    } catch (error) {
      if (performance.now() > giveUpAt) {
        database.close();
        throw error;
      }
      await delay(100);
    }
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
