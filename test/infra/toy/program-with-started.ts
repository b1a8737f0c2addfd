import { startToyCloud } from "./cloud.ts";

/** Starts a cloud, has a function start something, says what, and then does nothing about its own end. */
const cloud = await startToyCloud();
process.stdout.write(`${JSON.stringify(await cloud.invoke("emulator", { do: "start" }, "john"))}\n`);
