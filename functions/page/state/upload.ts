import { api, type Scope } from "../client/api.ts";
import { Refused, Unreachable } from "../client/call.ts";

/** How far an upload has come. */
export type Upload =
  | { readonly kind: "sending"; readonly share: number }
  | { readonly kind: "checking" }
  | { readonly kind: "ready"; readonly name: string };

/** Between two looks whether a check is over, ms. */
const LOOK_MS = 1500;

/**
 * Uploads an FMU, and waits until it is checked.
 * @param scope a user's own test cases; left out, those that all share
 * @throws Refused with every reason, Unreachable
 */
export async function uploadTestcase(
  name: string,
  file: Blob,
  scope: Scope | undefined,
  key: string,
  tell: (state: Upload) => void,
): Promise<void> {
  const { url, fields } = await api.postForm(name, scope, key);
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", file, `${name}.fmu`);
  tell({ kind: "sending", share: 0 });
  await send(url, form, (share) => tell({ kind: "sending", share }));
  tell({ kind: "checking" });
  for (;;) {
    const listed = (await api.testcases(scope)).find(({ testcaseid }) => testcaseid === name);
    if (listed?.status === "ready") return tell({ kind: "ready", name });
    if (listed?.status === "refused") {
      throw new Refused(400, "The test case cannot be used:", listed.reasons);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** `fetch` tells nothing while it sends. */
async function send(url: string, form: FormData, tell: (share: number) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.upload.addEventListener("progress", ({ loaded, total }) => tell(total > 0 ? loaded / total : 0));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve();
      else reject(new Refused(request.status, `The storage refused the file (${request.status}).`));
    });
    request.addEventListener("error", () => reject(new Unreachable("The file could not be sent.")));
    request.send(form);
  });
}
