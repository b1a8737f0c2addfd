import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ROOT } from "./bundle.ts";
import { type Account, describeLoad, type Load, misfit } from "./concurrency.ts";
import { Problem, runProgram } from "./programs/problem.ts";
import { readSettings } from "./settings.ts";

/** `npm run deploy`: checks whether the service fits into the account, then runs `cdk deploy` with the same arguments. */

/** Time limit of the question to Lambda, repetitions included, ms. */
const ASK_MS = 15_000;

await runProgram(async () => {
  const args = process.argv.slice(2);
  // cdk checks all other options.
  const { values } = parseArgs({
    args,
    strict: false,
    options: {
      context: { type: "string", short: "c", multiple: true },
      profile: { type: "string" },
      check: { type: "boolean" },
    },
  });
  const settings = readSettings(contextOf((values.context ?? []).map(String)));
  const account = await askAccount(settings, typeof values.profile === "string" ? values.profile : undefined);
  const tooSmall = misfit(settings, account);
  if (tooSmall !== undefined) throw new Problem(tooSmall);
  process.stderr.write(
    `The account has ${account.concurrency} concurrent executions: ${describeLoad(settings)} fit.\n`,
  );
  if (!values.check) process.exitCode = await runCdk(args);
});

/** The values of `-c`, which override those of cdk.json. @throws Problem */
function contextOf(given: readonly string[]): Parameters<typeof readSettings>[0] {
  const { context } = JSON.parse(readFileSync(join(ROOT, "cdk.json"), "utf8")) as { context: Record<string, unknown> };
  const values = new Map(Object.entries(context));
  for (const each of given) {
    const at = each.indexOf("=");
    if (at < 1) throw new Problem(`-c is followed by name=value, not by "${each}"`);
    values.set(each.slice(0, at), each.slice(at + 1));
  }
  return { tryGetContext: (name: string) => values.get(name) };
}

/** Reads the account's quota of concurrent executions from Lambda, in the region of the deployment. @throws Problem */
async function askAccount({ emulators = 0 }: Load, profile: string | undefined): Promise<Account> {
  // The SDK ignores AWS_DEFAULT_REGION; cdk uses it.
  const region = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION;
  const client = new LambdaClient({
    maxAttempts: 3,
    retryMode: "standard",
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    ...(region ? { region } : {}),
    ...(profile === undefined ? {} : { profile }),
  });
  try {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}), {
      abortSignal: AbortSignal.timeout(ASK_MS),
    });
    const { ConcurrentExecutions: concurrency, UnreservedConcurrentExecutions: unreserved } = AccountLimit ?? {};
    if (concurrency === undefined) throw new Error("its answer has no ConcurrentExecutions");
    // This stack's own reservation of the last deployment counts as free.
    return { concurrency, reserved: Math.max(0, concurrency - (unreserved ?? concurrency) - emulators) };
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : String(error);
    throw new Problem(
      `Lambda did not answer how many concurrent executions the account has (${reason}). ` +
        "Set AWS_REGION and credentials that may call lambda:GetAccountSettings.",
    );
  } finally {
    client.destroy();
  }
}

/** Runs `cdk deploy`. @returns its exit code */
async function runCdk(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(ROOT, "node_modules/aws-cdk/bin/cdk"), "deploy", ...args], {
    cwd: ROOT,
    stdio: "inherit",
  });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
