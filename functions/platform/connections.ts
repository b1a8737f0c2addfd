import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";

/** A client's connection to the WebSocket API, and where messages to it are posted. */
export interface Connection {
  readonly connectionId: string;
  /** The WebSocket API's host and stage. */
  readonly domainName: string;
  readonly stage: string;
}

/** API Gateway's limit for one message, either way, bytes. */
export const MAX_MESSAGE_BYTES = 128 * 1024;

let client: { readonly endpoint: string; readonly api: ApiGatewayManagementApiClient } | undefined;

/**
 * Sends a text message to a client. The only place that makes a client of API Gateway. An attempt that failed is repeated:
 * a message may come twice.
 * @returns `gone` if the connection is closed
 */
export async function postToConnection(connection: Connection, text: string): Promise<"sent" | "gone"> {
  const { connectionId: ConnectionId } = connection;
  try {
    await clientOf(connection).send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(text) }));
    return "sent";
  } catch (error) {
    if (error instanceof GoneException) return "gone";
    throw error;
  }
}

function clientOf({ domainName, stage }: Connection): ApiGatewayManagementApiClient {
  const endpoint = process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI ?? `https://${domainName}/${stage}`;
  if (client?.endpoint !== endpoint) {
    const api = new ApiGatewayManagementApiClient({
      endpoint,
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
    });
    client = { endpoint, api };
  }
  return client.api;
}
