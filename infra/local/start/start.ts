import { isIP } from "node:net";
import { join, relative, resolve } from "node:path";
import { ROOT } from "../../bundle.ts";
import { readArguments, wholeNumber } from "../../programs/arguments.ts";
import { Problem, runProgram } from "../../programs/problem.ts";
import { isLoopback } from "../api-gateway/address.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { removeStack, writeStack } from "./stack-file.ts";

/** `npm start`: the whole stack on this machine, until Ctrl-C. */

const HELP = `npm start [-- options]

Runs the whole stack on this machine until Ctrl-C. Tests go on where they were when it is started again.

  --port N      where the API listens (8000)
  --host ADDR   the address it listens on (127.0.0.1: this machine only). 0.0.0.0 is all of them: every client that can
                reach this machine can then use the service. API, upload forms and large answers all go through this one
                address and port, so that it also works in a container, or behind a forwarded port
  --workers N   processes that work on tests (as many as processors, 2 to 4)
  --data DIR    the folder of all data (.data)
  --verbose     prints the functions' log lines, which are also in files
  --help        shows this
`;

const PORTS = [1, 65_535] as const;

await runProgram(async () => {
  const { values } = readArguments({
    options: {
      port: { type: "string" },
      host: { type: "string" },
      workers: { type: "string" },
      data: { type: "string" },
      verbose: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const host = readHostOption(values.host);
  const workers = wholeNumber("workers", values.workers, [1, 64]);
  const dataDir = values.data === undefined ? join(ROOT, ".data") : resolve(values.data);
  const stackFile = join(dataDir, "stack.json");

  // From the beginning: the watchdog cleans up after the parts that have started.
  const stopped = untilStopped();
  const starting = startCloud({
    dataDir,
    host,
    ports: { api: wholeNumber("port", values.port, PORTS) ?? 8000 },
    affinity: true,
    ...(workers === undefined ? {} : { workers }),
    ...(values.verbose ? { onLog: (name, line) => process.stdout.write(`${name}: ${line}\n`) } : {}),
  });
  const cloud = await Promise.race([starting, stopped]);
  if (cloud === undefined) process.exit(130);

  writeStack(stackFile, cloud);
  process.stdout.write(welcome(cloud) + (host === undefined || isLoopback(host) ? "" : openWarning(host, cloud)));
  cloud.redis.onCrash(() => {
    process.stdout.write(`redis-server has ended (${join(dataDir, "logs", "redis.log")}); starting it again\n`);
    // A second failure ends the stack, with the reason.
    void runProgram(() => cloud.redis.restart());
  });
  await stopped;
  process.stdout.write("Stopping\n");
  removeStack(stackFile);
  await cloud.stop();
  process.exit(0);
});

/** An IP address, or localhost: other names can stand for several addresses, some of other machines. */
function readHostOption(host: string | undefined): string | undefined {
  if (host === undefined || isIP(host) !== 0 || host === "localhost") return host;
  throw new Problem(`--host must be an IP address of this machine, such as 0.0.0.0 for all of them, not "${host}"`);
}

function openWarning(host: string, { url }: Cloud): string {
  const where = host === "0.0.0.0" || host === "::" ? "all its addresses" : host;
  return `WARNING: the API listens on ${where}, port ${new URL(url).port}, without encryption. Every client that reaches this machine over its network can
run tests on it; uploading needs an account's key, which is sent in the clear. Use it on networks that you trust.

`;
}

/** Resolves at Ctrl-C and similar signals. */
async function untilStopped(): Promise<undefined> {
  await new Promise<void>((stop) => {
    let firstAt = 0;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        // npm passes on a signal that the terminal has sent already; a later one is a second Ctrl-C.
        if (firstAt > 0 && Date.now() - firstAt > 1000) process.exit(130);
        firstAt ||= Date.now();
        stop();
      });
    }
  });
}

function welcome({ url, redis, redisRest, storage, dataDir }: Cloud): string {
  const fromHere = relative(process.cwd(), dataDir);
  const data = fromHere === "" || fromHere.startsWith("..") ? dataDir : fromHere;
  return `boptest-serverless is running; Ctrl-C stops it.

  Page      ${url}: open it in a browser
  API       ${url}/docs
  Redis     ${redisRest.url} (REST), redis-cli -p ${redis.port}
  S3, SQS   ${storage.endpoint}
  Data      ${data}, kept for the next start
  Logs      ${join(data, "logs")}

Try:

  testid=$(curl -sL -X POST ${url}/testcases/testcase1/select | sed -n 's/.*"testid":"\\([^"]*\\)".*/\\1/p')
  curl -L -X POST ${url}/advance/$testid -H 'content-type: application/json' -d '{"oveAct_u": 1000, "oveAct_activate": 1}'
  curl ${url}/kpi/$testid

`;
}
