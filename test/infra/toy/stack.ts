import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { afterAll } from "vitest";
import { bundleFunctions } from "../../../infra/bundle.ts";
import { CONTEXT } from "../../../infra/context.ts";
import { readSettings } from "../../../infra/settings.ts";
import { BoptestStack } from "../../../infra/stack.ts";

const folders: string[] = [];

/** For the file that calls it: what it synthesizes is removed in the end. */
export function removeSynthesized(): void {
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
}

export interface Described {
  app: App;
  stack: BoptestStack;
  /** Where it is synthesized to. */
  outDir: string;
}

/** The stack as `-c` describes it, not synthesized yet. */
export async function describeStack(context: Record<string, string> = {}): Promise<Described> {
  await bundleFunctions();
  const outDir = mkdtempSync(join(tmpdir(), "boptest-synth-"));
  folders.push(outDir);
  const app = new App({ context: { ...CONTEXT, ...context }, analyticsReporting: false, outdir: outDir });
  const settings = readSettings(app.node);
  return { app, stack: new BoptestStack(app, `boptest-${settings.stage}`, settings), outDir };
}

export interface Template {
  Parameters: Record<string, Record<string, unknown>>;
  Resources: Record<string, TemplateResource>;
  Outputs: Record<string, unknown>;
}

export interface TemplateResource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  Metadata: Record<string, unknown>;
}

/** Synthesizes, and returns the template's file. */
export function synthesizeTemplate({ app, stack, outDir }: Described): string {
  app.synth();
  return join(outDir, `${stack.stackName}.template.json`);
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
