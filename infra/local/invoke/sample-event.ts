import { readFileSync } from "node:fs";
import { codeOf, Problem } from "../../programs/problem.ts";

/** Reads an event from a file. If a testid is given, it replaces the event's testid everywhere. */
export function readEvent(file: string, testid?: string): unknown {
  const text = readText(file);
  const event = parse(text, file);
  if (testid === undefined) return event;
  const before = testidOf(event);
  if (before === undefined) throw new Problem(`${file} names no test: leave --testid out`);
  return parse(text.replaceAll(before, testid), file);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new Problem(`File not found: ${file}. Samples are in events/`);
    throw new Problem(`${file} cannot be read (${codeOf(error)})`);
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(`${file} is no valid JSON`);
  }
}

interface Event {
  pathParameters?: { testid?: string };
  Records?: { body?: string }[];
}

/** The testid of an HTTP event or a doorbell. */
function testidOf(event: unknown): string | undefined {
  const { pathParameters, Records = [] } = event as Event;
  if (pathParameters?.testid) return pathParameters.testid;
  for (const { body = "" } of Records) {
    const found = /"testid"\s*:\s*"([^"]+)"/.exec(body)?.[1];
    if (found) return found;
  }
  return undefined;
}
