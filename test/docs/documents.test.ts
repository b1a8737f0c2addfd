import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { Node } from "constructs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { MAX_SELECTED } from "../../functions/api/endpoints/select.ts";
import {
  MAX_ANSWER_BYTES,
  MAX_CANDIDATES,
  MAX_ROLLOUT_MS,
  MAX_ROLLOUTS,
  MAX_SIMULATED_SECONDS,
  MAX_STEPS,
  MAX_TRIED_STEPS,
} from "../../functions/lifecycle/commands/limits.ts";
import { MAX_FORKS } from "../../functions/lifecycle/create-and-stop/fork.ts";
import { MAX_CHECKPOINTS } from "../../functions/lifecycle/record/checkpoint-list.ts";
import { readConfig } from "../../functions/platform/config.ts";
import { ENV } from "../../functions/platform/environment.ts";
import { cacheKeys, keys } from "../../functions/platform/keys.ts";
import { PREFIXES } from "../../functions/platform/prefixes.ts";
import { MAX_STRETCH_SECONDS, MAX_TIME_SECONDS } from "../../functions/simulation/run.ts";
import { ROOT } from "../../infra/bundle.ts";
import { readSettings } from "../../infra/settings.ts";
import { codeIn, documentAt, readDocuments, tableUnder } from "./documents.ts";
import type { Document } from "./markdown.ts";

/** What the documents say of files, scripts, keys and settings is compared with the code. */

const documents = readDocuments();
const guides = documents.filter(({ file }) => file.startsWith("docs/"));

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const readManifest = (folder: string) =>
  JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;
const manifest = readManifest("");
/** The packages of this repository that have dependencies of their own. */
const [clientManifest, cliManifest] = [readManifest("clients/typescript"), readManifest("clients/cli")];

/** The environment variables that have no default. */
const REQUIRED = { [ENV.redisUrl]: "http://x", [ENV.redisToken]: "x", [ENV.bucket]: "x", [ENV.doorbellQueueUrl]: "x" };

/** A key of each kind, its parameters in braces. */
function patternsOf(made: Readonly<Record<string, string | ((...args: never[]) => string)>>): string[] {
  return Object.values(made).map((make) => {
    if (typeof make === "string") return make;
    const [, parameters = ""] = /^\(([^)]*)\)/.exec(String(make)) ?? [];
    const names = parameters.match(/\w+/g) ?? [];
    const values = Object.fromEntries(names.map((name) => [name, `{${name}}`]));
    const args = parameters.startsWith("{") ? [values] : Object.values(values);
    // What is no test id has no shard.
    return make(...(args as never[])).replace("NaN", "{shard}");
  });
}

const everyLine = ({ lines, blocks }: Document) => [...lines, ...blocks.flatMap(({ text }) => text.split("\n"))];

describe("each document", () => {
  it("has links that lead somewhere", () => {
    const known = new Map(documents.map((document) => [document.file, document]));
    const isDead = (from: string, target: string): boolean => {
      if (/^(https?|mailto):/.test(target)) return false;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? from : normalize(join(dirname(from), path));
      if (!existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && known.get(file)?.anchors.has(anchor) !== true;
    };
    const dead = documents.flatMap(({ file, links }) =>
      links.filter((target) => isDead(file, target)).map((target) => `${file}: ${target}`),
    );
    expect(dead).toEqual([]);
    expect(documents.flatMap(({ links }) => links).length).toBeGreaterThan(20);
  });

  it("names scripts of package.json", () => {
    const unknown = documents.flatMap((document) =>
      everyLine(document)
        .flatMap((line) => [...line.matchAll(/npm run ([a-z][a-z:]*)/g)].map(([, name]) => name ?? ""))
        .filter((name) => manifest.scripts[name] === undefined)
        .map((name) => `${document.file}: npm run ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it("names files and folders that are there, in the project or beside the document", () => {
    const isThere = (code: string, cwd: string) => globSync(code, { cwd }).length > 0;
    const isPath = (code: string) => /^(clients|docs|events|functions|infra|test)\/[\w./{},*-]*$/.test(code);
    const missing = documents.flatMap(({ file, inlineCode }) =>
      inlineCode
        .filter((code) => isPath(code) && !isThere(code, ROOT) && !isThere(code, join(ROOT, dirname(file))))
        .map((code) => `${file}: ${code}`),
    );
    expect(missing).toEqual([]);
  });

  it("of a folder names files of this folder", () => {
    const missing = documents.flatMap(({ file, tables }) => {
      const folder = dirname(file);
      if (!folder.startsWith("functions/")) return [];
      const named = tables.flatMap(({ rows }) => rows.flatMap(([cell]) => codeIn(cell)));
      return named
        .filter((name) => /^[\w/-]+\.(ts|lua)$/.test(name) && !existsSync(join(ROOT, folder, name)))
        .map((name) => `${file}: ${name}`);
    });
    expect(missing).toEqual([]);
  });
});

describe("the front door", () => {
  it("is short: README.md has at most 200 lines", () => {
    expect(readFileSync(join(ROOT, "README.md"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(200);
  });

  it("shows a first session in Python and in the shell, both on one screen", () => {
    const lines = readFileSync(join(ROOT, "README.md"), "utf8").split("\n");
    const at = (text: string) => lines.findIndex((line) => line.startsWith(text));
    const [begin, python, shell] = [at("## A first session"), at("```python runnable"), at("```sh runnable")];
    expect([begin, python, shell]).toEqual([begin, python, shell].toSorted((a, b) => a - b));
    expect(lines.indexOf("```", shell) - begin).toBeLessThanOrEqual(30);
    expect(lines.slice(shell, lines.indexOf("```", shell)).join("\n")).toContain("npx boptest run ");
  });

  it("leads to every guide", () => {
    const { links } = documentAt("README.md");
    expect(guides.map(({ file }) => file).filter((file) => !links.includes(file))).toEqual([]);
    expect(links).toEqual(expect.arrayContaining(["CONTRIBUTING.md", "CHANGELOG.md"]));
  });

  it("shows every folder of functions/", () => {
    const { lines } = documentAt("README.md");
    const map = lines.filter((line) => line.startsWith("| `")).join("\n");
    const folders = globSync("functions/*/", { cwd: ROOT }).map((folder) => folder.replace(/^functions\//, ""));
    expect(folders.filter((folder) => !map.includes(folder.replace(/\/$/, "")))).toEqual([]);
  });
});

describe("a guide", () => {
  it("begins with one line on who should read it", () => {
    const others = guides.filter(({ lines }) => !/^\*For .+\*$/.test(lines[2] ?? ""));
    expect(others.map(({ file }) => file)).toEqual([]);
    expect(guides.length).toBeGreaterThan(5);
  });
});

describe("docs/architecture.md", () => {
  const architecture = documentAt("docs/architecture.md");

  it("lists every Redis key", () => {
    const schema = new Map(
      architecture.tables
        .filter(({ heading }) => heading?.startsWith("Redis keys"))
        .flatMap(({ rows }) => rows.flatMap(([key, type]) => codeIn(key).map((code) => [code, type] as const))),
    );
    const made = [...patternsOf(keys), ...patternsOf(cacheKeys("cache"))];
    expect([...schema.keys()].toSorted()).toEqual([...new Set(made)].toSorted());
    const types = new Set(schema.values());
    expect([...types].toSorted()).toEqual(["hash", "list", "set", "sorted set", "stream", "string"]);
  });

  it("lists every kind of object in S3", () => {
    const listed = tableUnder(architecture, "Objects in S3").rows.flatMap(([key]) => codeIn(key));
    for (const prefix of Object.values(PREFIXES)) {
      expect(listed.filter((key) => key.startsWith(prefix)).length, prefix).toBeGreaterThan(0);
    }
    const known = Object.values(PREFIXES) as readonly string[];
    expect(listed.filter((key) => !known.some((prefix) => key.startsWith(prefix)))).toEqual([]);
  });
});

describe("docs/configuration.md", () => {
  it("lists every environment variable of the functions", () => {
    const { tables } = documentAt("docs/configuration.md");
    const listed = tables.flatMap(({ rows }) => rows.flatMap(([name]) => codeIn(name)));
    expect(listed.toSorted()).toEqual(Object.values(ENV).toSorted());
  });

  it("tells the defaults", () => {
    const { tables } = documentAt("docs/configuration.md");
    const told = tables.flatMap(({ rows }) =>
      rows.flatMap(([names, defaults = ""]) => {
        const values = defaults.split(", ");
        return codeIn(names).map((name, i) => [name, values[i] ?? ""] as const);
      }),
    );
    const withDefault = told.filter(([, value]) => value !== "");
    expect(withDefault.length).toBeGreaterThan(15);
    for (const [name, value] of withDefault) {
      expect(readConfig({ ...REQUIRED, [name]: value }), name).toEqual(readConfig(REQUIRED));
    }
  });
});

describe("docs/http.md", () => {
  it("tells the limits of the code", () => {
    const { limits, maxUnanswered } = readConfig(REQUIRED);
    const limitOf = new Map(
      tableUnder(documentAt("docs/http.md"), "Limits").rows.map(([what, limit]) => [what, limit]),
    );
    const n = (value: number) => value.toLocaleString("en-US");
    const expected: Record<string, string> = {
      "requests for one test": `${limits.testRequestsPerSecond} per second in the long run, ${limits.testRequestBurst} at once`,
      "unanswered requests of a test": n(maxUnanswered),
      "calls of one address that wait longer than 1 s": `${limits.waitsPerMinute} per minute`,
      "open tests of an account, of an address without account": `${n(limits.testsPerAccount)}, ${n(limits.testsPerAddress)}`,
      "body, headers": `${limits.bodyBytes / 2 ** 20} MB, ${limits.headerBytes / 2 ** 10} KB`,
      "step, warm-up": `${n(MAX_STRETCH_SECONDS)} s (a year)`,
      "latest time of a test": `${n(MAX_TIME_SECONDS)} s`,
      "steps of one `advance` with an array": n(MAX_STEPS),
      "candidates, steps in all, of one `rollout`": `${n(MAX_CANDIDATES)}, ${n(MAX_TRIED_STEPS)}`,
      "simulated time of one `rollout`, or one `advance` with an array": `${n(MAX_SIMULATED_SECONDS)} s (ten years)`,
      "answer, computing time of one `rollout`": `${MAX_ANSWER_BYTES / 1e6} MB, ${MAX_ROLLOUT_MS / 1000} s`,
      "large rollouts of a test that are not computed yet": n(MAX_ROLLOUTS),
      "checkpoints of a test": n(MAX_CHECKPOINTS),
      "tests made by one `fork`, by one `select`": `${n(MAX_FORKS)}, ${n(MAX_SELECTED)}`,
    };
    expect(Object.fromEntries(limitOf)).toMatchObject(expected);
  });
});

describe("docs/clients.md", () => {
  it("tells the name of each of BOPTEST's operations, and these names stay", () => {
    const text = readFileSync(join(ROOT, "functions/api/openapi.yaml"), "utf8");
    const { paths } = parse(text) as { paths: Record<string, Record<string, { operationId?: string }>> };
    const { rows } = tableUnder(documentAt("docs/clients.md"), "SDKs of your own");
    expect(rows.length).toBe(27);
    for (const [route, , ours] of rows) {
      const [method = "", path = ""] = (codeIn(route)[0] ?? "").split(" ");
      expect(paths[path]?.[method.toLowerCase()]?.operationId, route).toBe(codeIn(ours)[0]);
    }
  });
});

describe("docs/deploy.md", () => {
  it("tells every event of the log, each a name in snake_case", () => {
    const sources = globSync("functions/**/*.ts", { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));
    const events = sources.flatMap((text) => [...text.matchAll(/\bevent: "([^"]*)"/g)].map(([, name]) => name ?? ""));
    const listed = tableUnder(documentAt("docs/deploy.md"), "Log lines").rows.flatMap(([name]) => codeIn(name));
    expect(listed.sort()).toEqual([...new Set(events)].sort());
    expect(events.filter((name) => !/^[a-z]+(_[a-z]+)*$/.test(name))).toEqual([]);
  });

  it("lists every option of a deployment", () => {
    const asked = new Set<string>();
    const tryGetContext = (name: string) => {
      asked.add(name);
    };
    readSettings({ tryGetContext } as unknown as Node);
    const listed = tableUnder(documentAt("docs/deploy.md"), "Options").rows.flatMap(([name]) => codeIn(name));
    expect(listed.toSorted()).toEqual([...asked].toSorted());
  });
});

describe("docs/dependencies.md", () => {
  it("gives a reason for every package", () => {
    const { tables } = documentAt("docs/dependencies.md");
    const listed = tables.flatMap(({ rows }) => rows.flatMap(([name]) => codeIn(name)));
    const stands = (name: string) =>
      listed.includes(name) ||
      listed.some((each) => each.endsWith("/*") && name.startsWith(each.slice(0, -1))) ||
      (name.startsWith("@aws-sdk/") && listed.includes(name.slice("@aws-sdk/".length)));
    const used = Object.keys({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...clientManifest.devDependencies,
      ...cliManifest.dependencies,
    });
    expect(used.filter((name) => !stands(name))).toEqual([]);
    const isUsed = (name: string) =>
      used.includes(name) ||
      used.includes(`@aws-sdk/${name}`) ||
      (name.endsWith("/*") && used.some((each) => each.startsWith(name.slice(0, -1))));
    expect(listed.filter((name) => !isUsed(name))).toEqual([]);
  });
});
