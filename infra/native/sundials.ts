import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian's package of CVODE 6: one library, which needs nothing but the C library. */
const PACKAGE = "libsundials-cvode6";
const LIBRARY = "libsundials_cvode.so.6";
const FOLDERS = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"];

export interface Sundials {
  /** The name that it is to have, and where it is, with its licence if that is known. */
  readonly name: string;
  readonly library: string;
  readonly licence: string | undefined;
}

/**
 * CVODE's library: this system's, or else unpacked from Debian's package, which needs no rights, into a folder that `use` may
 * read from. Throws saying what to install if neither is to be had.
 *
 * @param mayDownload whether Debian's package may be asked for
 */
export function withSundials(use: (found: Sundials) => void, mayDownload = true): void {
  const installed = FOLDERS.map((folder) => join(folder, LIBRARY)).find((file) => existsSync(file));
  if (installed !== undefined) {
    use({ name: LIBRARY, library: realpathSync(installed), licence: licenceBelow("/") });
    return;
  }
  if (!mayDownload) throw new Error(`${LIBRARY} (SUNDIALS 6) was not found in ${FOLDERS.join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "boptest-sundials-"));
  try {
    download(folder);
    const library = join(folder, "usr/lib/x86_64-linux-gnu", LIBRARY);
    use({ name: LIBRARY, library: realpathSync(library), licence: licenceBelow(folder) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function download(folder: string): void {
  try {
    execFileSync("apt-get", ["download", PACKAGE], { cwd: folder, timeout: 120_000, stdio: "pipe" });
    const file = readdirSync(folder).find((each) => each.endsWith(".deb")) ?? "";
    execFileSync("dpkg-deb", ["-x", file, "."], { cwd: folder, timeout: 60_000, stdio: "pipe" });
  } catch (error) {
    throw new Error(
      `${LIBRARY} (SUNDIALS 6) was not found in ${FOLDERS.join(", ")}, and Debian's package could not be downloaded. ` +
        `Install it, on Debian and Ubuntu: sudo apt-get install ${PACKAGE}`,
      { cause: error },
    );
  }
}

function licenceBelow(root: string): string | undefined {
  const file = join(root, "usr/share/doc", PACKAGE, "copyright");
  return existsSync(file) ? file : undefined;
}
