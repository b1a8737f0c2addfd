import { spawn } from "node:child_process";
import { dirname } from "node:path";

export interface Ran {
  result?: unknown;
  error?: string;
}

/** Runs a bundle's handler once, in a process of its own that knows nothing but its folder and the environment given. */
export async function runBundle(file: string, event: unknown, environment: Record<string, string>): Promise<Ran> {
  const program = `
    const { handler } = await import(${JSON.stringify(file)});
    const ran = await handler(${JSON.stringify(event)}, {}).then((result) => ({ result }), (error) => ({ error: String(error) }));
    process.stdout.write("\\n" + JSON.stringify(ran) + "\\n", () => process.exit());
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: dirname(file),
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  await new Promise((resolve) => child.once("close", resolve));
  const last = output.trim().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) throw new Error(`The bundle did not come to an end: ${output}`);
  return JSON.parse(last) as Ran;
}
