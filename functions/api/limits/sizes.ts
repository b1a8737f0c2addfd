import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Limits } from "../../platform/limits.ts";
import { HttpError } from "../errors.ts";

/** Refuses what is too large before anything looks into it. @throws HttpError 413, 431 */
export function requireSizes(event: APIGatewayProxyEventV2, { bodyBytes, headerBytes }: Limits): void {
  let headers = 0;
  for (const [name, value = ""] of Object.entries(event.headers)) headers += name.length + value.length;
  for (const cookie of event.cookies ?? []) headers += cookie.length;
  if (headers > headerBytes) {
    throw new HttpError(431, `The headers have ${headers} bytes. At most ${headerBytes} are read.`);
  }
  const bytes = Buffer.byteLength(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes > bodyBytes) throw new HttpError(413, `The body has ${bytes} bytes. At most ${bodyBytes} are read.`);
}
