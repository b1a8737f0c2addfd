/** Queries that BOPTEST's API has as PUT. */
const QUERIES: ReadonlySet<string> = new Set(["PUT /results/{testid}", "PUT /forecast/{testid}"]);

/**
 * The test that a call commands; undefined for a query. Queries need no memory of a test, and some keep a process busy for long: any
 * process may answer them.
 */
export function commandedTest(event: {
  readonly routeKey: string;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | undefined;
}): string | undefined {
  const isQuery = event.routeKey.startsWith("GET ") || QUERIES.has(event.routeKey);
  return isQuery ? undefined : event.pathParameters?.testid;
}
