import { connection } from "./suites/connection.ts";
import { live } from "./suites/live.ts";
import { serving } from "./suites/serving.ts";
import { uploads } from "./suites/uploads.ts";
import { whatIf } from "./suites/what-if.ts";
import { useScene } from "./support/scene.ts";

/** One file, so that there is one cloud and one browser. */
const scene = useScene();
serving(scene);
live(scene);
whatIf(scene);
connection(scene);
uploads(scene);
