import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { Redis } from "@upstash/redis";

/** Uses everything that the functions use of others' code. */
export const handler = (): unknown => [
  Redis,
  S3Client,
  SQSClient,
  SendMessageCommand,
  PutObjectCommand,
  GetObjectCommand,
  getSignedUrl,
];
