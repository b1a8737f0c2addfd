import { dirname, join } from "node:path";
import { libraryFolders } from "../library-folders.ts";
import { restrictFiles } from "./landlock.ts";
import { limitItself } from "./limits.ts";
import { restrictCalls } from "./seccomp.ts";
import { passOnOnly } from "./system-call.ts";
import { dropCapabilities, isNobodySpecial } from "./user.ts";

/** What a model's process may use. */
export interface Room {
  /** The unpacked package: to read. */
  readonly package: string;
  /** Its own folder, to do in as it likes. */
  readonly scratch: string;
  /** Bytes. */
  readonly memory: number;
}

/** What a model's process has given up. What is false, this system does not offer. */
export interface Confinement {
  /** All files but the system's, the model's package and a folder of its own (Landlock). */
  readonly files: boolean;
  /** The system calls that it does not need (seccomp). */
  readonly calls: boolean;
  /** It is not root, and has no capability. */
  readonly user: boolean;
}

const SYSTEM = [
  "/usr",
  "/lib",
  "/lib64",
  "/etc/ld.so.cache",
  "/etc/localtime",
  "/etc/ssl/openssl.cnf",
  "/dev/urandom",
  "/dev/random",
  "/dev/zero",
  "/proc/cpuinfo",
  "/proc/meminfo",
  "/sys/devices/system/cpu",
];
const CONFINED = "confined";

/**
 * Gives up all rights that running a model does not need; to be called before anything of the model is loaded. Linux ties rights
 * to files to threads, of which Node.js has several, so the program is executed anew with fewer rights, in the same
 * process: this returns only in the second run.
 *
 * @param program this program, absolute path; its arguments are those of this process
 * @param descriptors how many it needs, the standard ones among them
 */
export function confine(program: string, room: Room, descriptors: number): Confinement {
  const isConfined = process.argv.at(-1) === CONFINED;
  if (!isConfined && process.execve !== undefined && restrictFiles(access(program, room))) {
    passOnOnly(descriptors);
    const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1), CONFINED];
    process.execve(process.execPath, args, {});
  }
  limitItself(room.memory);
  dropCapabilities();
  const user = isNobodySpecial();
  return { files: isConfined, calls: restrictCalls(), user };
}

/** What a model's process reads of this program, besides the system's files. */
export function programFiles(program: string): readonly string[] {
  const isBundled = program.endsWith(".mjs");
  const root = join(dirname(program), "../..");
  // Never the whole of the project's folder: the local cloud keeps its data there.
  const own = isBundled
    ? [dirname(program)]
    : ["functions", "node_modules", "package.json"].map((name) => join(root, name));
  return [process.execPath, ...own, ...libraryFolders()];
}

function access(program: string, room: Room) {
  return {
    read: [...SYSTEM, ...programFiles(program), room.package],
    write: [room.scratch, "/dev/null"],
  };
}
