/** Where an uploaded test case is seen: by all, by all in a namespace, or by one user alone. */
export type Scope =
  | { readonly kind: "shared" }
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "user"; readonly user: string };

/** What test cases and namespaces can be called: also part of S3 keys and of paths in URLs. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

export function isUploadName(name: string): boolean {
  return NAME.test(name);
}

/** The scope in Redis and S3 keys. */
export function pathOf(scope: Scope): string {
  switch (scope.kind) {
    case "shared":
      return "shared";
    case "namespace":
      return `namespaces/${scope.namespace}`;
    case "user":
      return `users/${scope.user}`;
  }
}

/** The scope that `pathOf` made a path of; undefined for what is none. */
export function scopeOfPath(path: string): Scope | undefined {
  if (path === "shared") return { kind: "shared" };
  const [kind, name = "", ...rest] = path.split("/");
  if (name === "" || rest.length > 0) return undefined;
  if (kind === "namespaces") return { kind: "namespace", namespace: name };
  return kind === "users" ? { kind: "user", user: name } : undefined;
}

/**
 * Whose code a test case of this scope is. Code of different owners never runs in the same instance: whoever may upload
 * into a scope is trusted with what else runs there, and nobody else is.
 */
export function ownerOf(scope: Scope): string {
  switch (scope.kind) {
    case "shared":
      return "shared";
    case "namespace":
      return `ns-${scope.namespace}`;
    case "user":
      return `user-${scope.user}`;
  }
}
