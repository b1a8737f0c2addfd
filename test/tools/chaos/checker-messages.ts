import type { Checked } from "./check.ts";
import type { Life } from "./history.ts";
import type { UploadedModel } from "./model.ts";

/** What the checker's process is asked: one life at a time. */
export interface CheckRequest {
  readonly life: Life;
  /** The model that some lives use, if there is one. */
  readonly uploaded: UploadedModel | undefined;
}

/** What it answers. An error is a fault of the checker itself. */
export type CheckReply = { readonly checked: Checked } | { readonly violation: string } | { readonly error: string };
