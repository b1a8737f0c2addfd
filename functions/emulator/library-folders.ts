import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Folders of the native libraries that come with the service: a Lambda layer, or the output of infra/native. Bundled, this file
 * is in dist/emulator; else in functions/emulator.
 */
export function libraryFolders(): string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  return ["/opt/lib", join(here, "../native/lib"), join(here, "../../dist/native/lib")];
}
