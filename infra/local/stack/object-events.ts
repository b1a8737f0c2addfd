import { Problem } from "../../programs/problem.ts";
import { isReferenceTo, type Resource, type Resources, type TargetOf } from "./resources.ts";
import type { ObjectEventsWiring } from "./wiring.ts";

/** Lambda's default number of further attempts. */
const RETRIES = 2;

interface Pattern {
  source?: unknown[];
  "detail-type"?: unknown[];
  detail?: { bucket?: { name?: unknown[] }; object?: { key?: unknown[] } };
}

/**
 * How events get from the bucket through EventBridge to a function: the bucket sends its events, and a rule selects
 * those of objects created under a prefix. If one of the two is missing, the function gets no events.
 */
export function readObjectEvents(resources: Resources, targetOf: TargetOf): ObjectEventsWiring | undefined {
  const bucket = resources.only("AWS::S3::Bucket");
  const [rule] = resources
    .ofType("AWS::Events::Rule")
    .filter(({ properties }) => properties.EventPattern !== undefined);
  if (rule === undefined || !sendsToEventBridge(bucket)) return undefined;
  const { EventPattern, Targets = [] } = rule.properties as { EventPattern: Pattern; Targets?: { Arn?: unknown }[] };
  const [target] = Targets;
  if (target === undefined) return undefined;
  const name = targetOf(target.Arn);
  return { function: name, prefix: prefixOf(EventPattern, bucket), retries: retriesOf(resources, name, targetOf) };
}

function sendsToEventBridge({ properties }: Resource): boolean {
  const { EventBridgeConfiguration } = (properties.NotificationConfiguration ?? {}) as {
    EventBridgeConfiguration?: { EventBridgeEnabled?: boolean };
  };
  return EventBridgeConfiguration?.EventBridgeEnabled === true;
}

/** @throws Problem unless the pattern selects objects created under one prefix of the bucket */
function prefixOf(pattern: Pattern, bucket: Resource): string {
  const { source = [], "detail-type": type = [], detail = {}, ...more } = pattern;
  const [bucketName] = detail.bucket?.name ?? [];
  const [key] = (detail.object?.key ?? []) as { prefix?: unknown }[];
  const isUnderstood =
    source.join() === "aws.s3" &&
    type.join() === "Object Created" &&
    isReferenceTo(bucketName, bucket.id) &&
    typeof key?.prefix === "string" &&
    Object.keys(more).length === 0;
  if (!isUnderstood) throw new Problem(`The local cloud does not support the event pattern ${JSON.stringify(pattern)}`);
  return key.prefix as string;
}

function retriesOf(resources: Resources, name: string, targetOf: TargetOf): number {
  const config = resources
    .ofType("AWS::Lambda::EventInvokeConfig")
    .find(({ properties }) => targetOf(properties.FunctionName) === name);
  const { MaximumRetryAttempts = RETRIES } = (config?.properties ?? {}) as { MaximumRetryAttempts?: number };
  return MaximumRetryAttempts;
}
