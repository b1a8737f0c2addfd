/** A typed client of boptest-serverless, and of BOPTEST: `fetch` and nothing else, in Node.js and in browsers. */

export * from "./errors.ts";
export { type Message, type MessageAnswer, Service } from "./service.ts";
export { Test } from "./test.ts";
export { type Place, TestCase } from "./testcase.ts";
export type { ClientOptions, Fetch } from "./transport.ts";
export type * from "./types.ts";
