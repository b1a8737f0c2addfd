import { startToyCloud } from "./cloud.ts";

/** Starts a cloud, on the folder that it is told if it is, says what belongs to it, and then does nothing about its own end. */
const [, , dataDir] = process.argv;
const cloud = await startToyCloud(dataDir === undefined ? {} : { dataDir });
await Promise.all([cloud.host.warm("api"), cloud.host.warm("worker")]);
for (const pid of cloud.host.pids("worker")) cloud.host.pause(pid);
const pids = [cloud.redis.pid, ...cloud.host.pids()];
process.stdout.write(`${JSON.stringify({ pids, dataDir: cloud.dataDir })}\n`);
