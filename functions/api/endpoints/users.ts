import { listUserTests } from "../../accounts/user-tests.ts";
import { unauthorized } from "../account.ts";
import type { Endpoint } from "../context.ts";

export const userTests: Endpoint = async (request, context) => {
  const key = request.headers.authorization;
  if (key === undefined) throw unauthorized.missing();
  const found = await listUserTests(context.redis, request.params.user ?? "", key);
  if (found.kind !== "listed") throw unauthorized[found.kind]();
  return { status: 200, body: JSON.stringify(found.testids) };
};
