import { render } from "preact";
import { place } from "./state/route.ts";
import { Start } from "./views/start.tsx";
import { TestView } from "./views/test.tsx";

/** The page: one view at a time, as the address says. */
function Page() {
  const at = place.value;
  switch (at.view) {
    case "start":
    case "upload":
    case "compare":
      return <Start />;
    case "test":
      return <TestView key={at.testid} testid={at.testid} tab={at.tab} />;
  }
}

const root = document.getElementById("page");
if (root !== null) render(<Page />, root);
