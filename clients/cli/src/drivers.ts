/**
 * Programs that run a controller in a process. One line of JSON in, the points; one line out: the inputs, or the error
 * with the line of the controller that it came from. What the controller prints goes to standard error.
 */

export const PYTHON_DRIVER = `
import importlib.util, json, os, sys, traceback
path = os.path.abspath(sys.argv[1])
answers, sys.stdout = sys.stdout, sys.stderr
def fail(error):
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if os.path.abspath(f.filename) == path]
    line = lines[-1] if lines else getattr(error, "lineno", None)
    answer({"error": f"{type(error).__name__}: {error}", "line": line})
def answer(value):
    answers.write(json.dumps(value) + "\\n")
    answers.flush()
try:
    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location("controller", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
except BaseException as error:
    fail(error)
    sys.exit()
control = getattr(module, "control", None)
if not callable(control):
    answer({"lacksControl": True})
    sys.exit()
for text in sys.stdin:
    try:
        answer({"inputs": control(json.loads(text)), "line": control.__code__.co_firstlineno})
    except BaseException as error:
        fail(error)
`;

export const NODE_DRIVER = `
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
const url = pathToFileURL(process.argv[1]).href;
console.log = console.error;
const answer = (value) => process.stdout.write(JSON.stringify(value) + "\\n");
const fail = (error) => {
  const line = /:(\\d+):\\d+/.exec(String(error?.stack).split("\\n").find((text) => text.includes(url)) ?? "")?.[1];
  answer({ error: String(error), line: line === undefined ? null : Number(line) });
};
let control;
try {
  const controller = await import(url);
  control = controller.control ?? controller.default;
} catch (error) {
  fail(error);
  process.exit();
}
if (typeof control !== "function") {
  answer({ lacksControl: true });
  process.exit();
}
for await (const text of createInterface({ input: process.stdin })) {
  try {
    answer({ inputs: (await control(JSON.parse(text))) ?? null });
  } catch (error) {
    fail(error);
  }
}
`;
