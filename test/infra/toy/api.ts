import { setTimeout as delay } from "node:timers/promises";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { command } from "./redis.ts";

/** Does what its route says, so that tests can see what becomes of it. */
export const handler = async (event: APIGatewayProxyEventV2, context: Context): Promise<unknown> => {
  const query = event.queryStringParameters ?? {};
  switch (event.routeKey) {
    case "ANY /echo/{name}":
      return event;
    case "GET /answer":
      return {
        statusCode: 201,
        headers: {
          "X-Own": "yes",
          "content-type": "application/octet-stream",
          "Access-Control-Allow-Origin": "https://only.example.org",
          "access-control-allow-credentials": "true",
        },
        cookies: ["a=1", "b=2"],
        body: Buffer.from([0, 255, 10]).toString("base64"),
        isBase64Encoded: true,
      };
    case "GET /environment":
      return { environment: process.env, remainingMs: context.getRemainingTimeInMillis() };
    case "GET /throw":
      throw new RangeError("on purpose");
    case "GET /bad":
      return { statusCode: "none" };
    case "GET /big":
      return { statusCode: 200, body: "x".repeat(Number(query.bytes)) };
    case "GET /slow":
      await command("INCR", "slow");
      await delay(Number(query.ms));
      return { pid: process.pid };
    case "GET /busy":
      for (;;);
    default:
      return { pid: process.pid };
  }
};
