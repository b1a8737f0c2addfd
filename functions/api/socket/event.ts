import type { APIGatewayProxyWebsocketEventV2 } from "aws-lambda";
import type { HttpRequest } from "../http/request.ts";

/** One message that came over the WebSocket. */
export type SocketEvent = APIGatewayProxyWebsocketEventV2;

export function isSocketEvent(event: object): event is SocketEvent {
  const { requestContext } = event as { readonly requestContext?: object };
  return requestContext !== undefined && "connectionId" in requestContext;
}

/**
 * The message as a call. It has no headers: no preferences, and keys only within each message.
 */
export function readSocketEvent(event: SocketEvent, nowMs: number): HttpRequest {
  const { body = "", isBase64Encoded, requestContext } = event;
  // Not in every event's type, but in every message's event.
  const { identity } = requestContext as typeof requestContext & { readonly identity?: { readonly sourceIp?: string } };
  return {
    route: undefined,
    method: "POST",
    path: "/ws",
    params: {},
    query: {},
    key: undefined,
    preferences: { async: false, waitMs: undefined, applied: undefined },
    acceptsGzip: false,
    wantsHtml: false,
    ifNoneMatch: undefined,
    idempotencyKey: undefined,
    contentType: "application/json",
    requestId: requestContext.requestId,
    sourceIp: identity?.sourceIp ?? "",
    arrivalMs: nowMs,
    text: isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body,
  };
}
