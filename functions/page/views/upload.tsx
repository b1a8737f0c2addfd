import { useSignal } from "@preact/signals";
import { Refused, Unreachable } from "../client/call.ts";
import { account } from "../state/kept.ts";
import { linkTo } from "../state/route.ts";
import { type Upload, uploadTestcase } from "../state/upload.ts";
import { Problem, Top } from "./parts.tsx";

/** Uploads a test case: an FMU as BOPTEST's are. */
export function UploadView() {
  const state = useSignal<Upload | undefined>(undefined);
  const problem = useSignal<{ text: string; reasons: readonly string[] } | undefined>(undefined);
  const isBusy = state.value !== undefined && state.value.kind !== "ready";
  const upload = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const file = form.get("file");
    if (!(file instanceof File) || file.size === 0) return;
    const [user, key] = [String(form.get("user") ?? "").trim(), String(form.get("key") ?? "").trim()];
    const name = String(form.get("name") ?? "").trim() || file.name.replace(/\.fmu$/i, "");
    account.value = { user, key };
    problem.value = undefined;
    try {
      const scope = form.get("shared") === "on" ? undefined : { user, key };
      await uploadTestcase(name, file, scope, key, (now) => {
        state.value = now;
      });
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      state.value = undefined;
      problem.value = { text: error.message, reasons: error instanceof Refused ? error.reasons : [] };
    }
  };
  return (
    <>
      <Top />
      <main class="narrow">
        <section class="card upload">
          <h1 tabIndex={-1}>Upload a test case</h1>
          <p class="hint">
            An FMU for FMI 2.0, with the files of a BOPTEST test case in its resources or without. It is checked, and
            then listed among the test cases: yours alone, or everybody's.
          </p>
          <form onSubmit={(event) => void upload(event)}>
            <div class="fields">
              <label>
                FMU
                <input name="file" type="file" accept=".fmu" required />
              </label>
              <label>
                Name
                <input name="name" placeholder="as the file" pattern="[A-Za-z0-9_][A-Za-z0-9_.\-]{0,99}" />
              </label>
              <label>
                Account
                <input name="user" required autocomplete="username" defaultValue={account.value.user} />
              </label>
              <label>
                Key
                <input
                  name="key"
                  type="password"
                  required
                  autocomplete="current-password"
                  defaultValue={account.value.key}
                />
              </label>
            </div>
            <label class="check">
              <input name="shared" type="checkbox" /> For everybody (needs a privileged account)
            </label>
            <button type="submit" class="main" disabled={isBusy}>
              Upload
            </button>
          </form>
          {state.value !== undefined && <Stage state={state.value} />}
          <Problem text={problem.value?.text} reasons={problem.value?.reasons ?? []} />
        </section>
      </main>
    </>
  );
}

function Stage({ state }: { state: Upload }) {
  if (state.kind === "ready") {
    return (
      <p role="status">
        <b>{state.name}</b> is ready. <a href={linkTo({ view: "start" })}>Start a test of it</a>
      </p>
    );
  }
  const share = state.kind === "sending" ? state.share : undefined;
  return (
    <p class="progress" role="status">
      <progress {...(share === undefined ? {} : { value: share })} max={1} aria-label="How far the upload has come" />
      {share === undefined ? "Being checked: this may take a minute …" : `Sending, ${Math.round(share * 100)} %`}
    </p>
  );
}
