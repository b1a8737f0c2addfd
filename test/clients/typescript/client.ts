/** A small typed client of the BOPTEST API: `fetch` and nothing else. */

export type Points = Readonly<Record<string, number>>;
export type Columns = Readonly<Record<string, readonly number[]>>;

export interface Kpis {
  readonly ener_tot: number | null;
  readonly cost_tot: number | null;
  readonly emis_tot: number | null;
  readonly tdis_tot: number | null;
  readonly idis_tot: number | null;
  readonly pele_tot: number | null;
  readonly pgas_tot: number | null;
  readonly pdih_tot: number | null;
  readonly time_rat: number | null;
}

export interface Scenario {
  readonly electricity_price?: "constant" | "dynamic" | "highly_dynamic" | null;
  readonly time_period?: string | null;
  readonly temperature_uncertainty?: "none" | "low" | "medium" | "high" | null;
  readonly solar_uncertainty?: "none" | "low" | "medium" | "high" | null;
  readonly seed?: number | null;
}

/** What `PUT scenario` answers: the values that were set, and the points after a time period began. */
export type ScenarioSet = Readonly<Record<Exclude<keyof Scenario, "time_period">, string | number | null>> & {
  readonly time_period: Points | null;
};

/** The service refused, and says why. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A running test. */
export class Test {
  readonly id: string;
  readonly #url: string;

  private constructor(url: string, id: string) {
    this.#url = url;
    this.id = id;
  }

  /** Selects a test case, and waits until its test runs. `key`: of an account that the test is to belong to. */
  static async select(url: string, testcase: string, key?: string): Promise<Test> {
    const headers = key === undefined ? {} : { authorization: key };
    const response = await fetch(`${url}/testcases/${testcase}/select`, { method: "POST", headers });
    const answer = (await response.json()) as { testid?: string; detail?: string };
    if (answer.testid === undefined) throw new Refused(response.status, answer.detail ?? response.statusText);
    return new Test(url, answer.testid);
  }

  setStep = (seconds: number) => this.#command<{ step: number }>("PUT", "step", { step: seconds });
  initialize = (startTime: number, warmupPeriod: number) =>
    this.#command<Points>("PUT", "initialize", { start_time: startTime, warmup_period: warmupPeriod });
  setScenario = (scenario: Scenario) => this.#command<ScenarioSet>("PUT", "scenario", scenario);

  /** Simulates one step. Undefined when the test was at its end before. */
  async advance(inputs: Points = {}): Promise<Points | undefined> {
    const points = await this.#command<Points>("POST", "advance", inputs);
    return "time" in points ? points : undefined;
  }

  points = () => this.#call<Points>("GET", "points");
  kpis = () => this.#call<Kpis>("GET", "kpi");
  forecast = (points: readonly string[], horizon: number, interval: number) =>
    this.#call<Columns>("PUT", "forecast", { point_names: points, horizon, interval });
  results = (points: readonly string[], from = "-inf" as number | string, to = "inf" as number | string) =>
    this.#call<Columns>("PUT", "results", { point_names: points, start_time: from, final_time: to });

  async stop(): Promise<void> {
    const response = await fetch(`${this.#url}/stop/${this.id}`, { method: "PUT" });
    if (!response.ok) throw new Refused(response.status, await response.text());
  }

  /** Under a key of its own, so that a network that fails half-way cannot make it happen twice. */
  async #command<Payload>(method: string, path: string, body: object): Promise<Payload> {
    const headers = { "idempotency-key": crypto.randomUUID() };
    try {
      return await this.#call<Payload>(method, path, body, headers);
    } catch (error) {
      if (error instanceof Refused) throw error;
      return await this.#call<Payload>(method, path, body, headers);
    }
  }

  async #call<Payload>(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Payload> {
    const response = await fetch(`${this.#url}/${path}/${this.id}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { message?: string; payload: Payload; errors?: [{ msg: string }] };
    if (!response.ok) throw new Refused(response.status, answer.message ?? answer.errors?.[0].msg ?? "");
    return answer.payload;
  }
}
