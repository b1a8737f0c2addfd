import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * The cache for the comparison: files in a folder that all processes share, under reader/writer locks in Redis: two scripts
 * around every read and every create, and a temporary file that is renamed.
 */
export class FileCache {
  readonly #dir: string;
  readonly #run: RunScript;

  constructor(dir: string, run: RunScript) {
    this.#dir = dir;
    this.#run = run;
  }

  async read(key: string): Promise<Buffer | "busy" | "missing"> {
    const token = randomUUID();
    if ((await this.#run(ENTER_READ, [`lock:${key}`, `readers:${key}`], [token, LOCK_MS])) !== 1) return "busy";
    try {
      return await readFile(join(this.#dir, key));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return "missing";
      throw error;
    } finally {
      await this.#run(LEAVE_READ, [`readers:${key}`, "lru"], [token, key, Date.now()]);
    }
  }

  async create(key: string, bytes: Buffer): Promise<"ok" | "busy"> {
    const token = randomUUID();
    if ((await this.#run(ENTER_WRITE, [`lock:${key}`, `readers:${key}`], [token, LOCK_MS])) !== 1) return "busy";
    const file = join(this.#dir, key);
    const temporary = `${file}.${token}`;
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await this.#run(LEAVE_WRITE, [`lock:${key}`, "lru", "size"], [token, key, Date.now(), bytes.length]);
    return "ok";
  }
}

/** Runs a script on Redis. */
export type RunScript = (
  script: string,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

const LOCK_MS = 10_000;
const FLAGS = "#!lua flags=allow-key-locking\n";

const ENTER_READ = `${FLAGS}if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1`;

const LEAVE_READ = `${FLAGS}redis.call('SREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
return 1`;

const ENTER_WRITE = `${FLAGS}if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
return 1`;

const LEAVE_WRITE = `${FLAGS}if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
redis.call('HSET', KEYS[3], ARGV[2], ARGV[4])
return 1`;
