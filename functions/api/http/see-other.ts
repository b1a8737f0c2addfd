/** The body of a `303`: the reason, and the URL where the client gets the answer by GET. */
export function describeSeeOther(message: string, where: { readonly url: string; readonly poll?: string }): string {
  return JSON.stringify({ status: 303, message, payload: null, method: "GET", ...where });
}
