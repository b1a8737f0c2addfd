import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { ALICE, as, ROOT } from "../support/fmu.ts";

const cloud = useCloud({
  workers: 1,
  accounts: [ROOT, ALICE],
  environment: { UPLOAD_BYTES: "200000", UPLOAD_FILES: "2" },
});
const { call } = clientOf(cloud);
const path = (id: string) => `/users/alice/testcases/${id}`;
const form = (id: string) => call("GET", `${path(id)}/post-form`, { headers: as(ALICE) });
async function use({ json }: { readonly json: unknown }, bytes: number): Promise<number> {
  const { url, fields } = json as { url: string; fields: Record<string, string> };
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append("file", new Blob([randomBytes(bytes)]), "model.fmu");
  return (await fetch(url, { method: "POST", body: data })).status;
}

it("uploads that have reached a limit are refused, by the form and by intake, until something is deleted", async () => {
  const [first, second] = [await form("a"), await form("b")];
  const { fields } = first.json as { fields: Record<string, string> };
  const policy = JSON.parse(Buffer.from(fields.Policy ?? "", "base64").toString()) as { conditions: unknown[] };
  expect(policy.conditions).toContainEqual(["content-length-range", 1, 200_000]);
  expect(await use(first, 150_000)).toBe(204);
  const full = await form("c");
  expect(full.status).toBe(403);
  expect(full.json).toMatchObject({
    detail: expect.stringMatching(
      /hold 146\.5 KiB in 1 file, and 1 upload form may.*DELETE \/users\/alice\/testcases\/\{testcaseid\}/,
    ),
    usage: { bytes: 150_000, files: 1, openForms: 1 },
    allowed: { bytes: 200_000, files: 2 },
  });
  // Both forms allowed as much as there was room for then; together it is too much.
  expect(await use(second, 100_000)).toBe(204);
  const ids = async () =>
    ((await call("GET", "/users/alice/testcases", { headers: as(ALICE) })).json as { testcaseid: string }[]).map(
      ({ testcaseid }) => testcaseid,
    );
  await until("the second upload is deleted", async () => ((await ids()).includes("b") ? undefined : true));
  const refused = await call("POST", `${path("b")}/select`, { headers: as(ALICE) });
  expect(refused.status).toBe(400);
  expect((refused.json as { reasons?: string[] }).reasons).toEqual([
    expect.stringMatching(/^The file was deleted, as there is no room for it/),
  ]);
  // Each account, and all that is shared, has room of its own.
  expect((await call("GET", "/testcases/c/post-form", { headers: as(ROOT) })).status).toBe(200);
  expect((await call("DELETE", path("a"), { headers: as(ALICE) })).status).toBe(200);
  expect((await form("c")).status).toBe(200);
});
