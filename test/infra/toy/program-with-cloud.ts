import { startToyCloud } from "./cloud.ts";

/** Starts a cloud, says what belongs to it, and then does nothing about its own end. */
const cloud = await startToyCloud();
await Promise.all([cloud.host.warm("api"), cloud.host.warm("worker")]);
for (const pid of cloud.host.pids("worker")) cloud.host.pause(pid);
const pids = [cloud.redis.pid, ...cloud.host.pids()];
process.stdout.write(`${JSON.stringify({ pids, dataDir: cloud.dataDir })}\n`);
