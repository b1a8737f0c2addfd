import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { EmulatorService, type EmulatorSettings } from "../../../functions/emulator/emulator.ts";
import { unpackSamples } from "../../../functions/emulator/packed-samples.ts";
import type { EmulatorReply, EmulatorRequest } from "../../../functions/emulator/protocol.ts";
import type { Model } from "../../../functions/packages/model.ts";
import type { Grid, InputValues } from "../../../functions/simulation/emulator.ts";
import { decodeSamples, type Samples } from "../../../functions/simulation/samples.ts";
import { buildFmu, type FmuName } from "../../fmus/build.ts";

/** A package at a URL of this machine. */
export interface Served {
  readonly hash: string;
  readonly url: string;
  readonly model: Model;
}

export interface Reply {
  readonly state: string;
  readonly samples: Samples;
  readonly log: readonly string[];
  readonly computeMs: number;
  readonly warm: boolean;
}

const MB = 2 ** 20;
const SETTINGS: EmulatorSettings = { memoryBytes: 400 * MB, processes: 2, packages: 2 };

/** Packages on a server of this machine, and emulator services as instances of the function would be. */
export class EmulatorFixture {
  readonly #server: Server;
  readonly #files = new Map<string, Buffer>();
  readonly #services: EmulatorService[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<EmulatorFixture> {
    const server = createServer((request, response) => {
      const bytes = fixture.#files.get(request.url ?? "");
      response.writeHead(bytes ? 200 : 404).end(bytes);
    });
    const fixture = new EmulatorFixture(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return fixture;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.close()));
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** A new instance, which shares nothing with others. */
  instance(settings: Partial<EmulatorSettings> = {}): EmulatorService {
    const service = new EmulatorService({ ...SETTINGS, ...settings });
    this.#services.push(service);
    return service;
  }

  async serve(name: FmuName): Promise<Served> {
    const fmu = await buildFmu(name);
    return this.serveBytes(readFileSync(fmu.file), fmu.model);
  }

  serveBytes(bytes: Buffer, model: Model): Served {
    const hash = createHash("sha256").update(bytes).digest("hex");
    this.#files.set(`/${hash}`, bytes);
    return { hash, url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${hash}`, model };
  }
}

export function initializeAt(served: Served, time: number, options: Partial<EmulatorRequest> = {}): EmulatorRequest {
  return { owner: "anna", package: served, work: { kind: "initialize", time }, limitMs: 20_000, ...options };
}

export function advanceFrom(
  served: Served,
  state: string,
  grid: Grid,
  stretch: { from?: number; to?: number; inputs?: InputValues; limitMs?: number; owner?: string } = {},
): EmulatorRequest {
  const { from = 0, to = grid.intervals, inputs = {}, limitMs = 20_000, owner = "anna" } = stretch;
  return { owner, package: served, work: { kind: "advance", state, inputs, grid, from, to }, limitMs };
}

/** The reply to what must succeed. While a history is simulated again it is asked once more, as a worker does. */
export async function ask(service: EmulatorService, request: EmulatorRequest): Promise<Reply> {
  let reply = await service.carryOut(request);
  while (!reply.ok && reply.failure === "replaying") reply = await service.carryOut(request);
  if (!reply.ok) throw new Error(`${reply.failure}: ${reply.message}\n${reply.log.join("\n")}`);
  return { ...reply, samples: decodeSamples(unpackSamples(Buffer.from(reply.samples, "base64"))) };
}

/** The reply to what must fail. */
export async function askInVain(
  service: EmulatorService,
  request: EmulatorRequest,
): Promise<Extract<EmulatorReply, { ok: false }>> {
  const reply = await service.carryOut(request);
  if (reply.ok) throw new Error("this should have failed");
  return reply;
}

/** Hour number `index` of a test, sampled as a step of an hour is. */
export function hour(index: number): Grid {
  return { start: 3600 * index, length: 3600, intervals: 120 };
}
