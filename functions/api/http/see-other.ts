/** The body of a `303`: what happened, and where the answer is to be had by GET. */
export function describeSeeOther(message: string, where: { readonly url: string; readonly poll?: string }): string {
  return JSON.stringify({ status: 303, message, payload: null, method: "GET", ...where });
}
