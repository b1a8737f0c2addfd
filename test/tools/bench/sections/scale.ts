import { type Context, withContext } from "../context.ts";
import type { Section, Table, Target } from "../table.ts";
import { history } from "./scale/history.ts";
import { openTests } from "./scale/open-tests.ts";
import { userList } from "./scale/user-list.ts";

/** Whether a step's cost stays constant: after thousands of steps, and beside tens of thousands of tests. */
export async function scale(context: Context): Promise<Section> {
  const targets: Target[] = [];
  const tables: Table[] = [];
  // Each has clouds of its own, which stop before the next begins.
  for (const measure of [history, openTests, userList]) {
    tables.push(await withContext(context, (inner) => measure(inner, targets)));
  }
  return {
    title: "Scale",
    tables,
    notes: [
      "Open tests are copies of a real one that was advanced once, key by key, as long as theirs to live. Bytes are by how much Redis' used_memory grows.",
      "Among which tests a user's are listed: of those of others there are the keys that lists are made of, ten tests to a user, as they were written for a real one; not what the tests consist of.",
    ],
    targets,
  };
}
