import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { type CallOptions, clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { redisOf } from "../support/state.ts";

const ALICE = { name: "alice", key: "alice's-key", privileged: false };
const BOB = { name: "bob.b@example-1", key: "bob's-key", privileged: false };
const ROOT = { name: "root", key: "privileged-key", privileged: true };

const cloud = useCloud({ accounts: [ALICE, BOB, ROOT] });
const { call, selectTest } = clientOf(cloud);

type Who = { readonly key: string } | undefined;

const as = (who: Who, options: CallOptions = {}): CallOptions =>
  who === undefined ? options : { ...options, headers: { ...options.headers, authorization: who.key } };
const NOBODY = { key: "nobody's-key" };

/** Uploads through a post-form, as a client does. */
async function upload(path: string, who: Who, content = "not really an FMU"): Promise<number> {
  const { status, json } = await call("GET", `${path}/post-form`, as(who));
  if (status !== 200) return status;
  const { url, fields } = json as { url: string; fields: Record<string, string> };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([content]), "model.fmu");
  return (await fetch(url, { method: "POST", body: form })).status;
}

const list = async (path: string, who?: Who) => (await call("GET", path, as(who))).json;
const ids = (json: unknown) => (json as { testcaseid: string }[]).map(({ testcaseid }) => testcaseid);

describe("the key in Authorization", () => {
  it("is optional under /testcases", async () => {
    for (const who of [undefined, ALICE, ROOT]) {
      expect((await call("GET", "/testcases", as(who))).status).toBe(200);
      expect(await selectTest("testcase1", as(who).headers)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  const UNDER_TESTCASES = [
    ["GET", "/testcases"],
    ["GET", "/testcases/testcase1"],
    ["POST", "/testcases/testcase1/select"],
    ["POST", "/testcases/testcase1/select-async"],
    ["POST", "/testcases/nope/select"],
    ["POST", "/testcases/space/testcase1/select"],
    ["GET", "/testcases/testcase1/post-form"],
    ["DELETE", "/testcases/testcase1"],
    ["DELETE", "/testcases/space/testcase1"],
    ["GET", "/testcases/wrong/route/altogether/x"],
    ["PUT", "/testcases"],
  ] as const;
  const UNDER_USERS = [
    ["GET", "/users/alice/tests"],
    ["GET", "/users/alice/testcases"],
    ["POST", "/users/alice/testcases/testcase1/select"],
    ["POST", "/users/alice/testcases/testcase1/select-async"],
    ["GET", "/users/alice/testcases/testcase1/post-form"],
    ["DELETE", "/users/alice/testcases/testcase1"],
    ["GET", "/users/alice/nonsense"],
    ["GET", "/users/alice"],
    ["GET", "/users"],
  ] as const;

  it.each([...UNDER_TESTCASES, ...UNDER_USERS])("that is nobody's is 401 at %s %s", async (method, path) => {
    for (const key of [NOBODY.key, "", ALICE.key.toUpperCase(), `Bearer ${ALICE.key}`, `${ALICE.key},${ALICE.key}`]) {
      const { status, headers, json } = await call(method, path, { headers: { authorization: key } });
      expect(status).toBe(401);
      expect(headers.get("www-authenticate")).toBe("Key");
      expect(json).toMatchObject({ status: 401, detail: expect.stringContaining("Authorization") });
      expect(JSON.stringify(json)).not.toContain(ALICE.key);
      const isHinted = JSON.stringify(json).includes("The header is the key alone, without a word such as Bearer");
      expect(isHinted).toBe(key.startsWith("Bearer "));
    }
  });

  it.each(UNDER_USERS)("is required at %s %s", async (method, path) => {
    expect((await call(method, path)).status).toBe(401);
  });

  it.each([
    ["GET", "/testcases/wrong/route/altogether/x"],
    ["PUT", "/testcases"],
    ["GET", "/users/alice/nonsense"],
    ["GET", "/users"],
    ["POST", "/users/alice/tests"],
  ])("that is good makes a wrong route 404: %s %s", async (method, path) => {
    expect((await call(method, path, as(ALICE))).status).toBe(404);
  });

  it("is asked for nowhere that a test id is given, and not looked at there", async () => {
    const testid = await selectTest("testcase1", as(ALICE).headers);
    for (const who of [undefined, BOB, NOBODY]) {
      expect((await call("GET", `/status/${testid}`, as(who))).status).toBe(200);
      expect((await call("POST", `/advance/${testid}`, as(who))).status).toBe(200);
    }
    expect((await call("PUT", `/stop/${testid}`, as(NOBODY))).status).toBe(200);
    expect((await call("GET", "/version", as(NOBODY))).status).toBe(200);
  });

  it("is kept as a hash alone", async () => {
    const redis = redisOf(cloud());
    const stored = JSON.stringify([
      await redis.command(["HGETALL", keys.accounts()]),
      await redis.command(["HGETALL", keys.accountKeys()]),
    ]);
    expect(stored).toContain("alice");
    for (const { key } of [ALICE, BOB, ROOT]) expect(stored).not.toContain(key);
  });
});

describe("a user's tests", () => {
  it("are listed for that user only, selected wherever, until they are stopped", async () => {
    const shared = await selectTest("testcase1", as(BOB).headers);
    const other = await selectTest("testcase3", as(BOB).headers);
    const anonymous = await selectTest();
    const { status, json } = await call("GET", `/users/${BOB.name}/tests`, as(BOB));
    expect(status).toBe(200);
    expect(json).toEqual([shared, other].sort());
    expect(await list(`/users/${encodeURIComponent(BOB.name)}/tests`, BOB)).toEqual(json);
    await call("PUT", `/stop/${shared}`);
    expect(await list(`/users/${BOB.name}/tests`, BOB)).toEqual([other]);
    expect(await list("/users/alice/tests", ALICE)).not.toContain(anonymous);
    await call("PUT", `/stop/${other}`);
    expect(await list(`/users/${BOB.name}/tests`, BOB)).toEqual([]);
  });

  it("are nobody else's to list, whoever they are", async () => {
    for (const who of [BOB, ROOT]) {
      expect((await call("GET", "/users/alice/tests", as(who))).status).toBe(401);
    }
    for (const name of ["anonymous", "..", "alice%2F..%2Fbob", "alice%00", "*"]) {
      expect([401, 404]).toContain((await call("GET", `/users/${name}/tests`, as(ALICE))).status);
    }
  });

  it("can be stopped all at once, by that user only", async () => {
    const anonymous = await selectTest();
    const alices = await selectTest("testcase1", as(ALICE).headers);
    const tests: string[] = [];
    for (let i = 0; i < 20; i++) tests.push(await selectTest(i % 2 === 0 ? "testcase1" : "testcase3", as(BOB).headers));
    const path = `/users/${BOB.name}/tests`;
    for (const who of [ALICE, ROOT, undefined]) expect((await call("DELETE", path, as(who))).status).toBe(401);
    expect(await list(path, BOB)).toEqual([...tests].sort());

    const { status, json } = await call("DELETE", path, as(BOB));
    expect([status, json]).toEqual([200, { stopped: 20, left: 0 }]);
    expect(await list(path, BOB)).toEqual([]);
    for (const testid of tests) expect((await call("GET", `/status/${testid}`)).status).toBe(400);
    for (const testid of [anonymous, alices]) expect((await call("GET", `/status/${testid}`)).status).toBe(200);
    expect((await call("DELETE", path, as(BOB))).json).toEqual({ stopped: 0, left: 0 });
  });

  it("take any Idempotency-Key, which is theirs alone", async () => {
    const select = (who: Who, key: string) =>
      call("POST", "/testcases/testcase1/select", as(who, { headers: { "idempotency-key": key } }));
    const first = await select(ALICE, "run-1");
    expect((await select(ALICE, "run-1")).json).toEqual(first.json);
    const others = await select(BOB, "run-1");
    expect(others.status).toBe(200);
    expect(others.json).not.toEqual(first.json);
    expect((await select(undefined, "run-1")).status).toBe(400);
  });
});

describe("an uploaded test case", () => {
  it("is listed at once, says what is wrong with it when it is selected, and is gone when it is deleted", async () => {
    expect(await upload("/testcases/mine", ROOT)).toBe(204);
    expect(ids(await list("/testcases"))).toEqual(["testcase1", "testcase3", "mine"]);
    for (const verb of ["select", "select-async"]) {
      const { status, json } = await call("POST", `/testcases/mine/${verb}`);
      expect(status).toBe(400);
      expect(json).toMatchObject({ reasons: [expect.stringMatching(/^The file is no FMU/)] });
    }
    expect((await call("DELETE", "/testcases/mine", as(ROOT))).status).toBe(200);
    expect(ids(await list("/testcases"))).toEqual(["testcase1", "testcase3"]);
    expect((await call("POST", "/testcases/mine/select")).status).toBe(404);
    expect((await call("DELETE", "/testcases/mine", as(ROOT))).status).toBe(404);
  });

  it("hides a built-in of the same name until it is deleted", async () => {
    expect(await upload("/testcases/testcase3", ROOT)).toBe(204);
    expect(await upload("/testcases/testcase3", ROOT, "again")).toBe(204);
    expect(ids(await list("/testcases"))).toEqual(["testcase1", "testcase3"]);
    expect((await call("POST", "/testcases/testcase3/select")).status).toBe(400);
    expect((await call("DELETE", "/testcases/testcase3", as(ROOT))).status).toBe(200);
    expect((await call("POST", "/testcases/testcase3/select")).status).toBe(200);
  });

  it("that was only asked a form for is not there", async () => {
    expect((await call("GET", "/testcases/asked/post-form", as(ROOT))).status).toBe(200);
    expect(ids(await list("/testcases"))).not.toContain("asked");
    expect((await call("POST", "/testcases/asked/select")).status).toBe(404);
  });

  it("may be in a namespace, where no built-ins are", async () => {
    expect((await call("GET", "/testcases/lab")).status).toBe(404);
    expect(await upload("/testcases/lab/testcase1", ROOT)).toBe(204);
    expect(await upload("/testcases/lab/b", ROOT)).toBe(204);
    expect(ids(await list("/testcases/lab"))).toEqual(["b", "testcase1"]);
    expect(ids(await list("/testcases"))).not.toContain("b");
    // A slash in a name makes no way into another's files.
    expect((await call("GET", "/testcases/lab%2Fb")).status).toBe(404);
    expect((await call("DELETE", "/testcases/lab%2Fb", as(ROOT))).status).toBe(404);
    expect((await call("POST", "/testcases/lab/testcase1/select")).status).toBe(400);
    expect((await call("POST", "/testcases/lab/testcase3/select")).status).toBe(404);
    expect((await call("POST", "/testcases/testcase1/select")).status).toBe(200);
    expect((await call("DELETE", "/testcases/lab/testcase1", as(ROOT))).status).toBe(200);
    expect(ids(await list("/testcases/lab"))).toEqual(["b"]);
  });

  it("may be private, and is then its owner's alone", async () => {
    expect((await call("GET", "/users/alice/testcases", as(ALICE))).status).toBe(404);
    expect(await upload("/users/alice/testcases/secret", ALICE)).toBe(204);
    expect(ids(await list("/users/alice/testcases", ALICE))).toEqual(["secret"]);
    expect((await call("POST", "/users/alice/testcases/secret/select", as(ALICE))).status).toBe(400);
    expect((await call("POST", "/users/alice/testcases/testcase1/select", as(ALICE))).status).toBe(404);

    for (const who of [undefined, BOB, ROOT, NOBODY]) {
      for (const [method, path] of [
        ["GET", "/users/alice/testcases"],
        ["POST", "/users/alice/testcases/secret/select"],
        ["POST", "/users/alice/testcases/secret/select-async"],
        ["GET", "/users/alice/testcases/secret/post-form"],
        ["DELETE", "/users/alice/testcases/secret"],
      ] as const) {
        expect((await call(method, path, as(who))).status).toBe(401);
      }
      expect(JSON.stringify(await list("/testcases", who))).not.toContain("secret");
    }
    // The same name of another owner is another test case.
    expect((await call("DELETE", `/users/${BOB.name}/testcases/secret`, as(BOB))).status).toBe(404);
    for (const path of [
      "/testcases/users%2Falice%2Fsecret",
      "/testcases/users/secret",
      "/testcases/..%2Fusers%2Falice",
    ]) {
      expect((await call("DELETE", path, as(ROOT))).status).toBe(404);
    }
    expect(ids(await list("/users/alice/testcases", ALICE))).toEqual(["secret"]);
    expect((await call("DELETE", "/users/alice/testcases/secret", as(ALICE))).status).toBe(200);
  });

  it("that is shared needs a privileged account to change", async () => {
    for (const who of [undefined, ALICE, NOBODY]) {
      for (const path of ["/testcases/x", "/testcases/lab/x"]) {
        expect((await call("GET", `${path}/post-form`, as(who))).status).toBe(401);
        expect((await call("DELETE", path, as(who))).status).toBe(401);
      }
    }
  });

  it("must have a name that is one", async () => {
    for (const path of [
      "/testcases/%2e%2e",
      "/testcases/a%2Fb",
      "/testcases/a b",
      "/testcases/-x",
      "/testcases/la%2Fb/x",
    ]) {
      const { status, json } = await call("GET", `${path}/post-form`, as(ROOT));
      expect([400, 404], path).toContain(status);
      if (status === 400) expect(json).toMatchObject({ detail: expect.stringContaining("letters, digits") });
    }
    expect((await call("GET", `/testcases/${"n".repeat(101)}/post-form`, as(ROOT))).status).toBe(400);
  });

  it("comes through a form that binds the object it makes, for an hour", async () => {
    const { json, headers } = await call("GET", "/testcases/form/post-form", as(ROOT));
    const { url, fields } = json as { url: string; fields: Record<string, string> };
    expect(headers.get("cache-control")).toBe("no-store");
    expect(Object.keys(json as object)).toEqual(["url", "fields"]);
    expect(new URL(url).origin).toBe(cloud().url);
    const policy = JSON.parse(Buffer.from(fields.Policy ?? "", "base64").toString()) as {
      expiration: string;
      conditions: unknown[];
    };
    expect(Date.parse(policy.expiration) - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect(policy.conditions).toContainEqual(["content-length-range", 1, 268_435_456]);
    expect(policy.conditions).toContainEqual({ key: fields.key });
    expect(fields.key).toMatch(/^uploads\/shared\/form\/[0-9a-f-]{36}$/);
  });
});

describe("a test id", () => {
  let all: string[];
  beforeAll(async () => {
    all = await Promise.all(Array.from({ length: 20 }, () => selectTest()));
  });

  it("is 122 random bits, which is all the right that it takes", () => {
    expect(new Set(all).size).toBe(20);
    for (const testid of all)
      expect(testid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("cannot be listed, guessed at or widened", async () => {
    const one = all[0] ?? randomUUID();
    for (const guess of [
      "*",
      `${one.slice(0, 35)}*`,
      `${one}:request`,
      `${one}%00`,
      `../${one}`,
      `${one}/..`,
      "tests",
    ]) {
      for (const path of ["status", "name", "points"]) {
        const { status } = await call("GET", `/${path}/${encodeURIComponent(guess)}`);
        expect(status).toBe(400);
      }
    }
  });
});
