import { spawn } from "node:child_process";
import { ROOT } from "../../../infra/bundle.ts";
import { npmScript } from "../../support/npm-script.ts";

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Program {
  pid: number;
  /** Resolves with all output so far once it contains the text; rejects when the program ends without. */
  says: (text: string) => Promise<string>;
  kill: (signal: NodeJS.Signals) => void;
  ended: Promise<Ended>;
}

/** A program of the project, or a script of package.json, as a process of its own, as a person would start it. */
export function startProgram(name: string, args: readonly string[] = [], env: Record<string, string> = {}): Program {
  const isFile = /\.(ts|mjs)$/.test(name);
  const file = { command: process.execPath, args: [name, ...args], path: process.env.PATH ?? "" };
  const spawned = isFile ? file : npmScript(name, args);
  const child = spawn(spawned.command, spawned.args, {
    cwd: ROOT,
    env: { PATH: spawned.path, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const says = async (text: string): Promise<string> =>
    await new Promise((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text)) resolve(stdout);
      };
      look();
      child.stdout.on("data", look);
      child.once("close", () => reject(new Error(`It ended without saying "${text}":\n${stdout}\n${stderr}`)));
    });
  return { pid: child.pid ?? 0, says, kill: (signal) => child.kill(signal), ended };
}

/** Runs a program to its end. */
export async function runProgram(
  name: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Ended> {
  return await startProgram(name, args, env).ended;
}
