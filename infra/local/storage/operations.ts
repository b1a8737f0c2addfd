import type { FastifyRequest } from "fastify";

/** One request to S3 or SQS, by its AWS name. */
export interface StorageCall {
  service: "s3" | "sqs";
  operation: string;
  /** S3 only. */
  bucket?: string;
  key?: string;
  /** SQS only: the request's parameters. */
  parameters?: Record<string, unknown>;
}

/** The operation of a request; undefined for a request to neither service. */
export function identify(request: FastifyRequest): StorageCall | undefined {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string" && target.startsWith("AmazonSQS.")) {
    const parameters = isRecord(request.body) ? request.body : {};
    return { service: "sqs", operation: target.slice("AmazonSQS.".length), parameters };
  }
  const { bucket, "*": key } = isRecord(request.params) ? request.params : {};
  if (typeof bucket !== "string") return undefined;
  const query = isRecord(request.query) ? request.query : {};
  if (typeof key !== "string" || key === "")
    return { service: "s3", operation: onBucket(request.method, query), bucket };
  return { service: "s3", operation: onObject(request, query), bucket, key };
}

function onBucket(method: string, query: Record<string, unknown>): string {
  if ("lifecycle" in query) return "BucketLifecycle";
  const names: Record<string, string> = {
    PUT: "CreateBucket",
    HEAD: "HeadBucket",
    DELETE: "DeleteBucket",
    GET: "ListObjects",
  };
  return names[method] ?? ("delete" in query ? "DeleteObjects" : "PostObject");
}

function onObject({ method, headers }: FastifyRequest, query: Record<string, unknown>): string {
  switch (method) {
    case "PUT":
      if ("uploadId" in query) return "UploadPart";
      return headers["x-amz-copy-source"] === undefined ? "PutObject" : "CopyObject";
    case "POST":
      return "uploads" in query ? "CreateMultipartUpload" : "CompleteMultipartUpload";
    case "DELETE":
      return "uploadId" in query ? "AbortMultipartUpload" : "DeleteObject";
    default:
      return method === "HEAD" ? "HeadObject" : "GetObject";
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Buffer.isBuffer(value);
}
