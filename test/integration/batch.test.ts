import { advanceWith } from "./batch/advance-with.ts";
import { batch } from "./batch/batch.ts";
import { useScene } from "./batch/scene.ts";
import { socket } from "./batch/socket.ts";

/** One file, so that there is one cloud. */
const scene = useScene();
batch(scene);
socket(scene);
advanceWith(scene);
