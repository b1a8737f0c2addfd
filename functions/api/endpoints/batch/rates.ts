import { envelope } from "../../../lifecycle/outcome.ts";
import type { ApiContext } from "../../context.ts";
import type { HttpRequest } from "../../http/request.ts";
import { takeRequest } from "../../limits/requests.ts";
import { TooMany } from "../../limits/too-many.ts";
import type { Item } from "./messages.ts";

/** Takes each message from its test's allowance; one that is above it is refused alone. */
export async function takeRates(items: readonly Item[], request: HttpRequest, { config }: ApiContext): Promise<void> {
  const take = async (item: Item) => {
    if (item.answer !== undefined) return;
    try {
      await takeRequest({ ...request, params: { testid: item.testid } }, config.limits);
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
      item.answer = envelope(429, error.message).body;
    }
  };
  await Promise.all(items.map(take));
}
