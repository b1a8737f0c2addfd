/**
 * Installs the requirements of the other commands: the packages, a redis-server, the compiler and libraries for compiled
 * models (FMUs), and the packages for the tests of the Python client. npm runs this program before each of them. It needs no
 * package, and Node.js 18 or newer. If nothing is missing, it prints nothing.
 *
 * Two versions of Node.js are used. The machine's own runs npm, and this program while the packages are missing. The package
 * `node` brings Node.js 24 as `node_modules/.bin/node`, which npm puts first on the PATH of its scripts: it runs
 * everything else.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The version that the programs are written for, as on AWS Lambda: they use its TypeScript support and `await using`. */
const NODE_MAJOR = 24;

/** A problem that the user must solve. The message says how, and is printed as it is. */
class Problem extends Error {}

try {
  installPackages();
  checkNode();
  installRedis();
  installForModels();
  installForPython();
  installBrowser();
} catch (error) {
  console.error(error instanceof Problem ? error.message : `Setting up failed: ${error.message}`);
  process.exit(1);
}

function installPackages() {
  if (packagesMatchLock()) return;
  console.log("Installing packages (npm ci)");
  // npm tells its scripts its own path. The name alone could find another npm, or a shell script on some systems.
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const status = run([...npm, "ci", "--no-fund", "--no-audit"]);
  if (status !== 0)
    throw new Problem(`"npm ci" failed (exit code ${status}): see above, then run "npm run setup" again`);
}

/** npm keeps a list of installed packages in node_modules. */
function packagesMatchLock() {
  const wanted = readPackages(join(ROOT, "package-lock.json"));
  const installed = readPackages(join(ROOT, "node_modules", ".package-lock.json"));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(
    // Optional packages of other platforms are not installed.
    ([path, { version, optional }]) => path === "" || optional || installed[path]?.version === version,
  );
}

/** npm can be told not to run the scripts of packages (`ignore-scripts`). The package `node` then has no program. */
function checkNode() {
  const program = findProgram("node");
  const version = program && spawnSync(program, ["--version"], { encoding: "utf8" }).stdout?.trim();
  if (!version || Number(/^v(\d+)/.exec(version)?.[1]) < NODE_MAJOR) {
    throw new Problem(
      `npm's scripts would run on ${version ? `Node.js ${version} (${program})` : "no Node.js"}, and they need version ` +
        `${NODE_MAJOR}. The package "node" installs it: run "npm rebuild node --ignore-scripts=false"`,
    );
  }
  if (process.env.npm_lifecycle_event === "setup") console.log(`Node.js ${version} runs npm's scripts (${program})`);
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function installRedis() {
  const named = process.env.REDIS_SERVER;
  if (named) {
    if (!findProgram(named))
      throw new Problem(`REDIS_SERVER names ${named}, which cannot be executed: correct or unset it`);
    return;
  }
  if (findProgram("redis-server")) return;
  for (const commands of installers(["redis-server"], ["redis"])) {
    console.log(`Installing redis-server (${commands.at(-1).join(" ")})`);
    if (commands.every((command) => run(command) === 0) && findProgram("redis-server")) return;
  }
  throw new Problem(
    "redis-server was not found and could not be installed: install Redis (Debian, Ubuntu: sudo apt-get install " +
      "redis-server; macOS: brew install redis), or name its server in REDIS_SERVER",
  );
}

/**
 * Installs the requirements of compiled models only: a C compiler, because tests and the demo compile models, and CVODE, which
 * integrates models for Model Exchange. Everything else works without them, so that a failed installation is only reported. It
 * is tried once, and again by `npm run setup`.
 */
function installForModels() {
  // Models run on this platform only.
  if (process.platform !== "linux" || process.arch !== "x64") return;
  if (missingForModels().length === 0) return;
  const tried = join(ROOT, "node_modules", ".tried-to-install-for-models");
  if (!existsSync(tried) || process.env.npm_lifecycle_event === "setup") {
    writeFileSync(tried, "");
    const packages = missingForModels().flatMap((each) => each.packages);
    for (const commands of installers(packages, [])) {
      console.log(`Installing compiler and libraries for FMUs (${commands.at(-1).join(" ")})`);
      commands.every((command) => run(command) === 0);
    }
  }
  const missing = missingForModels();
  if (missing.length === 0) return;
  console.log(
    `Without ${missing.map(({ what }) => what).join(" and ")} not all FMUs can be run and tested on this machine; everything else works. ` +
      `Debian, Ubuntu: sudo apt-get install ${missing.flatMap(({ packages }) => packages).join(" ")}`,
  );
}

function missingForModels() {
  const missing = [];
  if (!findProgram("cc")) missing.push({ what: "a C compiler", packages: ["gcc", "libc6-dev"] });
  if (!findLibrary("libsundials_cvode.so.6")) {
    missing.push({ what: "SUNDIALS' CVODE 6", packages: ["libsundials-cvode6"] });
  }
  return missing;
}

/**
 * Python, with the packages that the tests of the Python client import; only before tests. If they cannot be installed, the
 * tests print what to do. An interpreter that PYTHON names is not changed.
 */
function installForPython() {
  if (!["pretest", "pretest:cloud", "setup"].includes(process.env.npm_lifecycle_event) || process.env.PYTHON) return;
  const interpreterWith = (modules) => ["python3", "/usr/bin/python3"].find((python) => canImport(python, modules));
  const usable = () => interpreterWith("requests, numpy");
  if (usable() === undefined || interpreterWith("websockets") === undefined) {
    const packages = ["python3", "python3-requests", "python3-numpy", "python3-websockets"];
    for (const commands of installers(packages, [])) {
      console.log(`Installing packages of the Python client (${commands.at(-1).join(" ")})`);
      commands.every((command) => run(command) === 0);
    }
  }
  installWithPip(usable());
}

/**
 * Gymnasium, which Debian does not have, httpx and tqdm, into a folder of this project. Without Gymnasium the tests use a
 * minimal interface, without the others they skip their part, and print so; the installation is tried once, and again by `npm run
 * setup`.
 */
function installWithPip(python) {
  if (python === undefined || canImport(python, "gymnasium, httpx")) return;
  const folder = join(ROOT, "node_modules", ".python");
  const asked = process.env.npm_lifecycle_event === "setup";
  if (existsSync(join(folder, asked ? "gymnasium" : ""))) return;
  mkdirSync(folder, { recursive: true });
  const gymnasium = ["gymnasium", "cloudpickle", "farama-notifications", "typing-extensions"];
  const httpx = ["httpx", "httpcore", "h11", "anyio", "sniffio"];
  const options = ["--quiet", "--no-deps", "--retries", "0", "--timeout", "10", "--target", folder];
  spawnSync(findProgram(python), ["-m", "pip", "install", ...options, ...gymnasium, ...httpx, "tqdm"], {
    stdio: "ignore",
    timeout: 60_000,
  });
}

function canImport(python, modules) {
  const program = findProgram(python);
  return program !== undefined && spawnSync(program, ["-c", `import ${modules}`], { stdio: "ignore" }).status === 0;
}

/** For the tests of the page; nothing else needs a browser, which is large. */
function installBrowser() {
  const needed = ["setup", "pretest", "pretest:page", "prescreenshots"];
  if (!needed.includes(process.env.npm_lifecycle_event ?? "")) return;
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : ["chromium", "chromium-browser", "google-chrome"];
  const found = () => names.some((name) => findProgram(name));
  if (found()) return;
  if (process.env.CHROMIUM) {
    throw new Problem(`CHROMIUM names ${process.env.CHROMIUM}, which cannot be executed: correct or unset it`);
  }
  for (const commands of installers(["chromium"], [])) {
    console.log(`Installing Chromium, for the tests of the page (${commands.at(-1).join(" ")})`);
    if (commands.every((command) => run(command) === 0) && found()) return;
  }
  console.log(
    "Without Chromium the page cannot be tested on this machine; everything else works. Debian: sudo apt-get install chromium; " +
      "others: name a Chromium or Chrome in CHROMIUM",
  );
}

/** Whether the system's loader finds a library. Some users do not have ldconfig on the PATH. */
function findLibrary(name) {
  const { status, stdout } = spawnSync("ldconfig", ["-p"], { encoding: "utf8" });
  if (status === 0) return stdout.includes(`${name} `);
  const folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"];
  return folders.some((folder) => existsSync(join(folder, name)));
}

/**
 * The ways to install packages on this machine, each a list of commands. Packages have other names for apt than for brew.
 */
function installers(aptNames, brewNames) {
  const ways = [];
  const isRoot = process.getuid?.() === 0;
  const sudo = isRoot ? [] : ["sudo", "-n"];
  if (findProgram("apt-get") && (isRoot || canSudo())) {
    ways.push([
      [...sudo, "apt-get", "update", "-q"],
      [...sudo, "apt-get", "install", "-q", "-y", "--no-install-recommends", ...aptNames],
    ]);
  }
  if (brewNames.length > 0 && findProgram("brew")) ways.push([["brew", "install", ...brewNames]]);
  return ways;
}

function canSudo() {
  return findProgram("sudo") !== undefined && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
}

function run([program, ...args]) {
  // RUNLEVEL=1 keeps Debian from starting redis-server as a service: each stack starts its own.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const { status, error } = spawnSync(program, args, { cwd: ROOT, env, stdio: ["ignore", "inherit", "inherit"] });
  return error ? error.code : status;
}

function findProgram(name) {
  const candidates = name.includes("/")
    ? [name]
    : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
