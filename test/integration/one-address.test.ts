import { request } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud } from "../../infra/local/cloud/cloud.ts";
import { useCloud } from "../support/cloud.ts";
import { ALICE } from "../support/fmu.ts";

const DAY = 86_400;
const cloud = useCloud({ host: "0.0.0.0", accounts: [ALICE] });

/** A forwarded port, as of ssh or a container: what a client at its other end uses, knows nothing else. */
const sockets = new Set<Socket>();
const forwarder = createServer((incoming) => {
  const outgoing = connect(Number(new URL(cloud().url).port), "127.0.0.1");
  for (const socket of [incoming, outgoing]) {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
  }
  incoming.pipe(outgoing).pipe(incoming);
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => forwarder.listen(0, "127.0.0.1", resolve));
  url = `http://localhost:${(forwarder.address() as AddressInfo).port}`;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  forwarder.close();
});

const call = async (method: string, path: string, body?: unknown, init: RequestInit = {}) =>
  await fetch(url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
  });

/** Status and body of a request whose header Host can be chosen. */
async function withHost(to: string, host: string, path = "/version"): Promise<[number | undefined, string]> {
  return await new Promise((resolve, reject) => {
    const sent = request(new URL(path, to), { headers: { host }, setHost: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () => resolve([response.statusCode, text]));
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("through the one address that a client used, go", () => {
  it("the API and large answers", async () => {
    const selected = (await (await call("POST", "/testcases/testcase1/select")).json()) as { testid: string };
    const { testid } = selected;
    await call("PUT", `/initialize/${testid}`, { start_time: 100 * DAY, warmup_period: 100 * DAY });
    const names = ["TRooAir_y", "PHeaCoo_y", "CO2RooAir_y", "oveAct_u", "oveAct_activate"];
    const body = { point_names: names, start_time: 0, final_time: 100 * DAY };
    const plain = { headers: { "accept-encoding": "identity", authorization: ALICE.key } };
    const moved = await call("PUT", `/results/${testid}`, body, { ...plain, redirect: "manual" });
    expect(moved.status).toBe(303);
    const told = (await moved.json()) as { url: string };
    expect(told.url).toBe(moved.headers.get("location"));
    expect(new URL(told.url).origin).toBe(url);
    // A key that a client sends along is none of S3's business.
    const followed = await call("PUT", `/results/${testid}`, body, plain);
    const { payload } = (await followed.json()) as { payload: Record<string, number[]> };
    expect([followed.status, payload.time?.length]).toEqual([200, 100 * 2880 + 1]);

    // Also of one message among others, whose answer is gzipped.
    const asked = { ...body, final_time: 3 * DAY };
    const messages = ["get_inputs", "get_results"].map((method) => ({
      requestid: method,
      testid,
      method,
      params: asked,
    }));
    const answers = (await (await call("POST", "/batch", messages)).json()) as { responsedata: { url: string } }[];
    const large = answers[1]?.responsedata.url ?? "";
    expect(new URL(large).origin).toBe(url);
    expect((await (await fetch(large)).text()).slice(0, 14)).toBe('{"status":200,');

    // A client that repeats PUT there overwrites nothing.
    const again = await fetch(told.url, { method: "PUT", body: "overwritten" });
    expect(again.status).toBe(403);
    expect((await (await fetch(told.url)).text()).slice(0, 14)).toBe('{"status":200,');
  });

  it.each(["gzip", "identity"])("upload forms, with accept-encoding %s", async (encoding) => {
    const headers = { authorization: ALICE.key, "accept-encoding": encoding };
    const asked = await call("GET", "/users/alice/testcases/mine/post-form/", undefined, { headers });
    const form = (await asked.json()) as { url: string; fields: Record<string, string> };
    expect(new URL(form.url).origin).toBe(url);
    const post = async (fields: Record<string, string>) => {
      const data = new FormData();
      for (const [name, value] of Object.entries(fields)) data.append(name, value);
      data.append("file", new Blob(["x".repeat(3_000_000)]), "mine.fmu");
      return (await fetch(form.url, { method: "POST", body: data })).status;
    };
    expect(await post({ ...form.fields, key: "uploads/shared/mine/1" })).toBe(403);
    expect(await post(form.fields)).toBe(204);
    const listed = await call("GET", "/users/alice/testcases", undefined, { headers });
    expect(await listed.json()).toEqual([expect.objectContaining({ testcaseid: "mine" })]);
  });

  it("nothing else of S3, and none of SQS", async () => {
    const { bucket } = { bucket: new URL((await form()).url).pathname };
    expect((await fetch(url + bucket)).status).toBe(403);
    expect((await fetch(`${url}${bucket}/uploads/`, { method: "PUT", body: "x" })).status).toBe(403);
    const sqs = { method: "POST", headers: { "x-amz-target": "AmazonSQS.ListQueues" }, body: "{}" };
    expect((await fetch(url + bucket, sqs)).status).toBe(403);
    expect((await fetch(`${url}/s3/`, sqs)).status).toBe(404);
    expect((await fetch(`${url}/s3/another-bucket/x`)).status).toBe(404);

    async function form() {
      const headers = { authorization: ALICE.key };
      const asked = await call("GET", "/users/alice/testcases/mine/post-form", undefined, { headers });
      return (await asked.json()) as { url: string };
    }
  });
});

describe("the header Host", () => {
  it("is what addresses are made of, and so checked", async () => {
    expect((await withHost(cloud().url, "colleague.example:9000"))[0]).toBe(200);
    for (const host of ['a"b', "a/b", "a b", "user@host", "", "x".repeat(300), "a:b", "a:123456"]) {
      expect((await withHost(cloud().url, host))[0], host).toBeGreaterThanOrEqual(400);
    }
  });

  it("is a name of this machine where no other can reach the service", async () => {
    await using own = await startCloud({ scheduleSeconds: 0 });
    const { port } = new URL(own.url);
    for (const host of ["localhost:4711", "127.0.0.1", "[::1]:8000", `localhost:${port}`]) {
      expect((await withHost(own.url, host))[0], host).toBe(200);
    }
    const [status, text] = await withHost(own.url, `rebound.example:${port}`);
    expect([status, text]).toEqual([403, expect.stringContaining("--host")]);
    // It listens on no other address.
    const others = Object.values(networkInterfaces()).flatMap((each = []) => each.filter(({ internal }) => !internal));
    for (const { address, family } of others.filter((each) => each.family === "IPv4")) {
      expect(family).toBe("IPv4");
      await expect(fetch(`http://${address}:${port}/version`)).rejects.toThrow();
      expect((await fetch(`${cloud().url.replace("127.0.0.1", address)}/version`)).status).toBe(200);
    }
  });
});
