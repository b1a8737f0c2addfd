import { Test } from "./test.ts";
import type { Transport } from "./transport.ts";
import type { About, UploadForm } from "./types.ts";

/** Where a test case is: shared by all, unless it is in a namespace or a user's own. */
export type Place = { readonly namespace?: string; readonly user?: string };

/** A test case of the service. */
export class TestCase {
  readonly name: string;
  /** The path of the test case's routes. */
  readonly path: string;
  readonly #transport: Transport;

  constructor(transport: Transport, name: string, { namespace, user }: Place) {
    const scope = user !== undefined ? ["users", user, "testcases"] : ["testcases", ...(namespace ? [namespace] : [])];
    this.name = name;
    this.path = `/${[...scope, name].map(encodeURIComponent).join("/")}`;
    this.#transport = transport;
  }

  /** Starts a test, and waits until it runs: minutes, if an upload is still being checked. */
  select = () => this.#begin("select");

  /** Starts a test without waiting: it is Queued at first. Commands can be sent at once. */
  selectAsync = () => this.#begin("select-async");

  /** Starts so many tests, or none, and waits until all of them run. */
  async selectMany(count: number): Promise<Test[]> {
    const { testids } = await this.#transport.json<{ testids: string[] }>({
      method: "POST",
      path: `${this.path}/select`,
      body: { count },
      changes: true,
    });
    return testids.map((testid) => new Test(this.#transport, testid));
  }

  /** The description of the test case. */
  about = async () =>
    (await this.#transport.json<{ payload: About }>({ method: "GET", path: `${this.path}/about` })).payload;

  /** A form for an upload. @param file the name of a file beside the FMU; by default the FMU itself */
  form = (file?: string) =>
    this.#transport.json<UploadForm>({ method: "GET", path: `${this.path}/post-form${query(file)}` });

  /** Uploads an FMU, or a file beside it. The service then checks it; `select` waits for the check. */
  async upload(content: Blob, file?: string): Promise<void> {
    const { url, fields } = await this.form(file);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", content, file ?? `${this.name}.fmu`);
    await this.#transport.with({ timeoutMs: 1_800_000 }).text({ method: "POST", path: url, form });
  }

  /** Deletes the uploaded test case, or only the file beside its FMU. */
  delete = (file?: string) =>
    this.#transport.json<{ testcaseid: string; file?: string }>({ method: "DELETE", path: this.path + query(file) });

  async #begin(how: string): Promise<Test> {
    const path = `${this.path}/${how}`;
    const { testid, remark } = await this.#transport.json<{ testid: string; remark?: string }>({
      method: "POST",
      path,
      changes: true,
    });
    return new Test(this.#transport, testid, remark);
  }
}

const query = (file: string | undefined) => (file === undefined ? "" : `?file=${encodeURIComponent(file)}`);
