import { readManifest } from "../packages/read.ts";
import { notePackageUse } from "../packages/use.ts";
import type { Invoke } from "../platform/lambda.ts";
import { log } from "../platform/log.ts";
import { type Objects, objectKeys } from "../platform/objects.ts";
import type { Platform } from "../platform/open.ts";
import type { Redis } from "../platform/redis.ts";
import type { Emulator } from "../simulation/emulator.ts";
import { makeBriefCall } from "./brief-call.ts";
import { type CallCandidates, type CallModel, type ModelLimits, makeCallCandidates, makeCallModel } from "./call.ts";
import { type Catalog, findBuiltIn, type Listener } from "./catalog.ts";
import { makeNoteConfinement } from "./confinement.ts";
import { MODEL_COST, modelEmulator, type StateChecks } from "./emulator.ts";
import { ModelElsewhere } from "./failure.ts";
import { type KnownPackage, PackageMemory } from "./package-memory.ts";

/** How often the use of a package is noted, ms: far more often than unused packages are deleted. */
const NOTE_MS = 3_600_000;
/** How long a URL of a model is valid, s, and the age at which a new one is made, ms. */
const URL_SECONDS = 900;
const URL_MS = 300_000;

/** What a catalog needs: storage, clock and the emulator function. */
export interface CatalogPorts extends ModelLimits {
  readonly redis: Redis;
  readonly objects: Pick<Objects, "read" | "presign">;
  /** Calls the emulator function; undefined if this process may not: then packages can be read but not simulated. */
  readonly invoke: Invoke | undefined;
  /** The caller can leave work to a worker, and does after so many ms. */
  readonly briefMs?: number | undefined;
  /** The share of calls that are computed twice, to check the saved state; 0 by default. */
  readonly stateCheckShare?: number;
  /** Wall clock, ms. */
  readonly clock: () => number;
}

let opened: Catalog | undefined;

/**
 * The catalog of a function's process, made once.
 * @param makeInvoke makes the call of the emulator function of that name; undefined if this function may not call it
 * @param options.briefMs after so many ms this function leaves a test's work to a worker
 */
export function openCatalog(
  platform: Platform,
  makeInvoke?: (emulatorFunction: string) => Invoke,
  options: Pick<CatalogPorts, "briefMs"> = {},
): Catalog {
  // Also the client of Lambda is made once: making one takes longer than a small command.
  opened ??= makeCatalog(portsOf(platform, makeInvoke, options));
  return opened;
}

function portsOf(
  { redis, bucket, config }: Platform,
  makeInvoke: ((emulatorFunction: string) => Invoke) | undefined,
  { briefMs }: Pick<CatalogPorts, "briefMs">,
): CatalogPorts {
  const { emulatorFunction, modelMs, replayMs, stateCheckShare } = config;
  const invoke = emulatorFunction === undefined ? undefined : makeInvoke?.(emulatorFunction);
  return { redis, objects: bucket, invoke, briefMs, modelMs, replayMs, stateCheckShare, clock: Date.now };
}

/** The built-in test cases and the published packages. */
export function makeCatalog(ports: CatalogPorts): Catalog {
  const memory = new PackageMemory((hash) => readManifest(ports.objects, hash));
  const callOfOne = callsOf(ports);
  const checks: StateChecks = { share: ports.stateCheckShare ?? 0, random: Math.random };
  const urls = new Map<string, { readonly url: Promise<string>; readonly madeMs: number }>();

  function urlOf(hash: string): Promise<string> {
    const known = urls.get(hash);
    if (known !== undefined && ports.clock() - known.madeMs < URL_MS) return known.url;
    if (urls.size >= 100) urls.clear();
    const url = ports.objects.presign(objectKeys.packageModel(hash), URL_SECONDS);
    urls.set(hash, { url, madeMs: ports.clock() });
    // This caller gets the error. The next caller tries again.
    url.catch(() => urls.delete(hash));
    return url;
  }

  return {
    find: async (name, heard = () => {}, replays = false) => {
      const builtIn = findBuiltIn(name);
      if (builtIn !== undefined) return builtIn;
      const { testcaseid = "", version = "", owner = "" } = name;
      const known = await memory.get(version);
      if (known === undefined) return undefined;
      await note(ports, known);
      const calls = callOfOne?.();
      if (calls === undefined) return { ...known.testcase, id: testcaseid, emulator: ELSEWHERE };
      return {
        ...known.testcase,
        id: testcaseid,
        emulator: emulatorOf(known, owner, calls, urlOf, heard, checks, replays),
      };
    },
  };
}

interface Calls {
  readonly model: CallModel;
  /** Undefined for a process that has no time for candidates. */
  readonly candidates?: CallCandidates;
}

/** Makes the calls of each test case that is found; undefined if this process cannot call models. */
function callsOf({ invoke, briefMs, redis, clock, ...limits }: CatalogPorts): (() => Calls) | undefined {
  if (invoke === undefined) return undefined;
  const note = makeNoteConfinement(redis, clock);
  if (briefMs !== undefined) return () => ({ model: makeBriefCall(invoke, briefMs, note) });
  const calls = {
    model: makeCallModel(invoke, limits, note),
    candidates: makeCallCandidates(invoke, limits, note),
  };
  return () => calls;
}

/** For processes that cannot call models: the error leaves the work to a worker. */
const ELSEWHERE: Emulator = {
  cost: MODEL_COST,
  initialize: () => Promise.reject(new ModelElsewhere("Models are asked by workers")),
  advance: () => Promise.reject(new ModelElsewhere("Models are asked by workers")),
};

function emulatorOf(
  { manifest }: KnownPackage,
  owner: string,
  calls: Calls,
  urlOf: (hash: string) => Promise<string>,
  heard: Listener,
  checks: StateChecks,
  replays: boolean,
): Emulator {
  const { fmu, hash, model } = manifest;
  const of = { owner, hash: fmu.hash, model, url: () => urlOf(hash) };
  return modelEmulator(of, calls.model, heard, checks, replays, calls.candidates);
}

/** Best effort: packages are kept for days without a note. */
async function note({ redis, clock }: CatalogPorts, known: KnownPackage): Promise<void> {
  const nowMs = clock();
  if (nowMs - known.notedMs < NOTE_MS) return;
  known.notedMs = nowMs;
  try {
    await notePackageUse(redis, known.manifest.hash, nowMs);
  } catch (error) {
    log(
      "warn",
      "Could not note the use of a package",
      { event: "package_use_not_noted", package: known.manifest.hash },
      error,
    );
  }
}
