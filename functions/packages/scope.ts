/** Who sees an uploaded test case: everybody, everybody under a namespace, or one user. */
export type Scope =
  | { readonly kind: "shared" }
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "user"; readonly user: string };

/** Names of test cases and namespaces. They are part of S3 keys and of paths in URLs. */
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

/** The inverse of `pathOf`; undefined for other texts. */
export function scopeOfPath(path: string): Scope | undefined {
  if (path === "shared") return { kind: "shared" };
  const [kind, name = "", ...rest] = path.split("/");
  if (name === "" || rest.length > 0) return undefined;
  if (kind === "namespaces") return { kind: "namespace", namespace: name };
  return kind === "users" ? { kind: "user", user: name } : undefined;
}

/**
 * The owner of the code of a test case in this scope. Code of different owners never runs in the same instance, so a model can
 * harm only test cases of its own scope.
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
