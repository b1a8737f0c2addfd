import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { luaModule } from "../../infra/lua.ts";

/** Lua scripts as text for programs that Node.js runs unbundled: `node --import ./test/support/lua-hooks.ts`. */
registerHooks({
  load: (url, context, next) => {
    if (!url.endsWith(".lua")) return next(url, context);
    return { format: "module", shortCircuit: true, source: luaModule(fileURLToPath(url)) };
  },
});
