import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

/** Lua scripts as text for programs that Node.js runs unbundled: `node --import ./test/support/lua-hooks.ts`. */
registerHooks({
  load: (url, context, next) => {
    if (!url.endsWith(".lua")) return next(url, context);
    const source = `export default ${JSON.stringify(readFileSync(fileURLToPath(url), "utf8"))};`;
    return { format: "module", shortCircuit: true, source };
  },
});
