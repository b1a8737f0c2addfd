import { mkdirSync } from "node:fs";
import { findPackageJSON } from "node:module";
import type { BuildAppOptions, buildApp } from "fauxqs";
import { DatabaseSync } from "../../programs/sqlite.ts";

export type App = ReturnType<typeof buildApp>;
export type Stores = NonNullable<BuildAppOptions["stores"]>;
type Persistence = NonNullable<Stores["sqsStore"]["persistence"]>;

/** The largest body: a file in a form, and the form's other fields. */
const MAX_BODY_BYTES = 1024 ** 3 + 1024 ** 2;

export interface Fauxqs {
  app: App;
  stores: Stores;
}

/**
 * fauxqs with persistence, assembled from its parts: its own start function listens on every interface, and does not give
 * access to the app, which needs hooks, nor to the stores. The package exports only its entry module, hence the file URLs.
 */
export async function openFauxqs(dir: string): Promise<Fauxqs> {
  mkdirSync(dir, { recursive: true });
  // Imported after sqlite.ts.
  const fauxqs = await import("fauxqs");
  const { SqsStore } = await part<{ SqsStore: new () => Stores["sqsStore"] }>("sqs/sqsStore.js");
  const { SnsStore } = await part<{ SnsStore: new () => Stores["snsStore"] }>("sns/snsStore.js");
  const { S3Store } = await part<{ S3Store: new () => Stores["s3Store"] }>("s3/s3Store.js");
  const { PersistenceManager } = await part<{ PersistenceManager: new (dir: string) => Persistence }>("persistence.js");
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const persistence = new PersistenceManager(dir);
  correct(persistence);
  // Loaded first, connected to the stores afterwards: loading must not write the data that it reads.
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  stores.sqsStore.persistence = persistence;
  stores.s3Store.persistence = persistence;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  const app = fauxqs.buildApp({ logger: false, stores });
  // Its own parser of objects has a limit of 11 MiB; test cases are larger.
  app.removeContentTypeParser("*");
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => {
    done(null, body);
  });
  app.addHook("onClose", () => persistence.close());
  return { app, stores };
}

/**
 * Two corrections. Writes go to the system at once, without a disk flush per message: a killed process loses nothing, and
 * machines do not fail here. And a message that becomes visible again keeps its receive count; fauxqs itself writes null,
 * which its own table refuses.
 */
function correct(persistence: Persistence): void {
  const database: unknown = Reflect.get(persistence, "db");
  if (!(database instanceof DatabaseSync)) throw new Error("this version of fauxqs keeps its database elsewhere");
  database.exec("PRAGMA synchronous = OFF");
  const makeVisible = database.prepare(
    "UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?",
  );
  persistence.updateMessageReady = (messageId) => {
    makeVisible.run(messageId);
  };
}

async function part<Exports>(file: string): Promise<Exports> {
  const manifest = findPackageJSON("fauxqs", import.meta.url);
  return (await import(new URL(`dist/${file}`, `file://${manifest}`).href)) as Exports;
}
