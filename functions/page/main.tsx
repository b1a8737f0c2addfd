import { render } from "preact";
import { place } from "./state/route.ts";
import { Compare } from "./views/compare.tsx";
import { Start } from "./views/start.tsx";
import { TestView } from "./views/test.tsx";
import { UploadView } from "./views/upload.tsx";

/** The page: one view at a time, as the address says. */
function Page() {
  const at = place.value;
  switch (at.view) {
    case "start":
      return <Start />;
    case "upload":
      return <UploadView />;
    case "compare":
      return <Compare testids={at.testids} />;
    case "test":
      return <TestView key={at.testid} testid={at.testid} tab={at.tab} />;
  }
}

const root = document.getElementById("page");
if (root !== null) render(<Page />, root);
