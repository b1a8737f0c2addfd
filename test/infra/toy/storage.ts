import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { Storage } from "../../../infra/local/storage/storage.ts";

export interface StorageUnderTest {
  storage: Storage;
  /** Stops it and starts another on the same folder. */
  restart: () => Promise<void>;
}

export const BUCKET = "bucket";
export const QUEUE = "doorbells";
export const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/** S3 and SQS for the tests of one file. */
export function useStorage(): StorageUnderTest {
  const dir = mkdtempSync(join(tmpdir(), "boptest-storage-"));
  const queues = [{ name: QUEUE, visibilitySeconds: 2, maxReceiveCount: 2 }];
  let storage: Storage | undefined;
  const start = async (port = 0) => {
    storage = await Storage.start({ dir, port, buckets: [BUCKET], queues });
  };
  beforeAll(async () => {
    await start();
  });
  afterAll(async () => {
    await storage?.stop();
    rmSync(dir, { recursive: true });
  });
  return {
    get storage() {
      if (storage === undefined) throw new Error("It runs only within tests");
      return storage;
    },
    restart: async () => {
      const port = storage?.port;
      await storage?.stop();
      await start(port);
    },
  };
}
