import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../bundle.ts";
import type { Command } from "./rules.ts";

const HEADER = /^#!lua flags=([^\n]*)/;
const LOCKING = "allow-key-locking";

/** In one line, because it replaces the header line. */
const CHECK = readFileSync(join(ROOT, "infra/local/redis/declared-keys.lua"), "utf8")
  .split("\n")
  .filter((line) => !line.startsWith("--"))
  .map((line) => line.trim())
  .join(" ");

/**
 * redis-server does not know Upstash's key-locking flag. So the flag is removed from scripts, and replaced by a check that
 * they use only the keys that they declare. Clients use the SHA of the text that they sent; here it is translated into
 * the SHA of the text that the server has. The server answers NOSCRIPT for a script that this REST server has not seen,
 * as for every script that it has lost.
 */
export class Scripts {
  readonly #byClientSha = new Map<string, { text: string; serverSha: string }>();

  /** The command for the server. */
  translate(command: Command): Command {
    const [name, first, second] = command;
    switch (name.toUpperCase()) {
      case "EVAL":
      case "EVAL_RO":
        return first === undefined ? command : [name, this.#learn(first), ...command.slice(2)];
      case "EVALSHA":
      case "EVALSHA_RO":
        return first === undefined ? command : [name, this.#serverSha(first), ...command.slice(2)];
      case "SCRIPT":
        if (first?.toUpperCase() === "LOAD" && second !== undefined) return [name, first, this.#learn(second)];
        if (first?.toUpperCase() === "EXISTS") {
          return [name, first, ...command.slice(2).map((sha) => this.#serverSha(sha))];
        }
        return command;
      default:
        return command;
    }
  }

  /** SCRIPT LOAD is answered with the SHA of the client's text; every other reply is the server's. */
  shaToAnswer(command: Command): string | undefined {
    const [name, first, text] = command;
    const isLoad = name.toUpperCase() === "SCRIPT" && first?.toUpperCase() === "LOAD" && text !== undefined;
    return isLoad ? sha1(text) : undefined;
  }

  /** The text of the script that a command calls, as the client sent it; undefined if it is unknown or there is none. */
  textOf(command: readonly string[]): string | undefined {
    const [name, first] = command;
    if (name === undefined || first === undefined) return undefined;
    if (/^eval(_ro)?$/i.test(name)) return first;
    return /^evalsha(_ro)?$/i.test(name) ? this.#byClientSha.get(first.toLowerCase())?.text : undefined;
  }

  #learn(text: string): string {
    const stripped = withoutLocking(text);
    const clientSha = sha1(text);
    if (!this.#byClientSha.has(clientSha)) this.#byClientSha.set(clientSha, { text, serverSha: sha1(stripped) });
    return stripped;
  }

  #serverSha(sha: string): string {
    return this.#byClientSha.get(sha.toLowerCase())?.serverSha ?? sha;
  }
}

/** Replaces the header by the check, on the same line, so that line numbers in error messages stay right. */
function withoutLocking(text: string): string {
  return text.replace(HEADER, (line, flags: string) => {
    const all = flags.trim().split(",");
    if (!all.includes(LOCKING)) return line;
    const others = all.filter((flag) => flag !== LOCKING);
    return others.length === 0 ? CHECK : `#!lua flags=${others.join(",")}\n${CHECK}`;
  });
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
