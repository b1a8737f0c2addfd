import { envelope } from "../../lifecycle/outcome.ts";
import type { Endpoint } from "../context.ts";

/** The version of BOPTEST's contract that this service keeps. */
export const CONTRACT_VERSION = "1.0.0-dev";
/** Our own; the same as in package.json, which a test holds together. */
export const SERVICE_VERSION = "0.1.0";

export const version: Endpoint = async () => {
  const payload = { version: CONTRACT_VERSION, service: `boptest-serverless ${SERVICE_VERSION}` };
  return envelope(200, "The version of the contract and of the service behind it.", JSON.stringify(payload));
};
