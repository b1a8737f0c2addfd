import { readManifest } from "../packages/read.ts";
import { notePackageUse } from "../packages/use.ts";
import type { Invoke } from "../platform/lambda.ts";
import { describeError, log } from "../platform/log.ts";
import { type Objects, objectKeys } from "../platform/objects.ts";
import type { Platform } from "../platform/open.ts";
import type { Redis } from "../platform/redis.ts";
import type { Emulator } from "../simulation/emulator.ts";
import { type CallModel, type ModelLimits, makeCallModel } from "./call.ts";
import { type Catalog, findBuiltIn, type Listener } from "./catalog.ts";
import { makeNoteConfinement } from "./confinement.ts";
import { MODEL_COST, modelEmulator, type StateChecks } from "./emulator.ts";
import { ModelElsewhere } from "./failure.ts";
import { type KnownPackage, PackageMemory } from "./package-memory.ts";

/** How often it is noted that a package is used, ms: far more often than packages that nobody uses are deleted. */
const NOTE_MS = 3_600_000;
/** How long a URL at which a model can be fetched is good for, s, and after how long a new one is made, ms. */
const URL_SECONDS = 900;
const URL_MS = 300_000;

/** What a catalog stands on. */
export interface CatalogPorts extends ModelLimits {
  readonly redis: Redis;
  readonly objects: Pick<Objects, "read" | "presign">;
  /** Calls the emulator function; undefined where models cannot be asked, only what is known of them. */
  readonly invoke: Invoke | undefined;
  /** Share of calls that are computed twice, to see that a model's state is its state; none unless told. */
  readonly stateCheckShare?: number;
  /** Wall clock, ms. */
  readonly clock: () => number;
}

let opened: Catalog | undefined;

/**
 * The catalog of a function's process, made once.
 * @param makeInvoke makes what calls the emulator function of that name, where this one may
 */
export function openCatalog(
  { redis, bucket, config }: Platform,
  makeInvoke?: (emulatorFunction: string) => Invoke,
): Catalog {
  const { emulatorFunction, modelMs, replayMs, stateCheckShare } = config;
  const invoke = emulatorFunction === undefined ? undefined : makeInvoke?.(emulatorFunction);
  opened ??= makeCatalog({ redis, objects: bucket, invoke, modelMs, replayMs, stateCheckShare, clock: Date.now });
  return opened;
}

/** Built-in test cases, and those whose packages were taken in. */
export function makeCatalog(ports: CatalogPorts): Catalog {
  const memory = new PackageMemory((hash) => readManifest(ports.objects, hash));
  const call =
    ports.invoke === undefined
      ? undefined
      : makeCallModel(ports.invoke, ports, makeNoteConfinement(ports.redis, ports.clock));
  const checks: StateChecks = { share: ports.stateCheckShare ?? 0, random: Math.random };
  const urls = new Map<string, { readonly url: Promise<string>; readonly madeMs: number }>();

  function urlOf(hash: string): Promise<string> {
    const known = urls.get(hash);
    if (known !== undefined && ports.clock() - known.madeMs < URL_MS) return known.url;
    if (urls.size >= 100) urls.clear();
    const url = ports.objects.presign(objectKeys.packageModel(hash), URL_SECONDS);
    urls.set(hash, { url, madeMs: ports.clock() });
    // Whoever asked is told; the next one tries again.
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
      if (call === undefined) return { ...known.testcase, id: testcaseid, emulator: ELSEWHERE };
      return {
        ...known.testcase,
        id: testcaseid,
        emulator: emulatorOf(known, owner, call, urlOf, heard, checks, replays),
      };
    },
  };
}

/** Where models cannot be asked: whoever finds that out leaves the work to somebody who can. */
const ELSEWHERE: Emulator = {
  cost: MODEL_COST,
  initialize: () => Promise.reject(new ModelElsewhere("Models are asked by workers")),
  advance: () => Promise.reject(new ModelElsewhere("Models are asked by workers")),
};

function emulatorOf(
  { manifest }: KnownPackage,
  owner: string,
  call: CallModel,
  urlOf: (hash: string) => Promise<string>,
  heard: Listener,
  checks: StateChecks,
  replays: boolean,
): Emulator {
  const { fmu, hash, model } = manifest;
  return modelEmulator({ owner, hash: fmu.hash, model, url: () => urlOf(hash) }, call, heard, checks, replays);
}

/** A note that is missing does no harm for days. */
async function note({ redis, clock }: CatalogPorts, known: KnownPackage): Promise<void> {
  const nowMs = clock();
  if (nowMs - known.notedMs < NOTE_MS) return;
  known.notedMs = nowMs;
  try {
    await notePackageUse(redis, known.manifest.hash, nowMs);
  } catch (error) {
    log("warn", "use of a package is not noted", { package: known.manifest.hash, error: describeError(error) });
  }
}
