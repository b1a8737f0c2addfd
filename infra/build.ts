import { relative } from "node:path";
import { type Bundle, bundleFunctions, duplicates, ROOT } from "./bundle.ts";

/** `npm run build`: bundles the functions, and says how large they are. */
const all = Object.entries(await bundleFunctions()).map(([name, built]): [string, Bundle] => [name, built]);
for (const [name, built] of all) {
  const bytes = Object.values(built.metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined)?.bytes ?? 0;
  const twice = duplicates(built.metafile).map((each) => `${each.name} ${each.versions.join(" and ")}`);
  process.stdout.write(`${name}: ${relative(ROOT, built.file)}, ${Math.round(bytes / 1024)} KB\n`);
  if (twice.length > 0) process.stdout.write(`  in more than one version: ${twice.join(", ")}\n`);
}
