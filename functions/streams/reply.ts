export * from "../platform/reply.ts";
