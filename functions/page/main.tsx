import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Place, place } from "./state/route.ts";
import { Compare } from "./views/compare.tsx";
import { Start } from "./views/start.tsx";
import { TestView } from "./views/test.tsx";
import { UploadView } from "./views/upload.tsx";

/** The page: one view at a time, as the address says. */
function Page() {
  const at = place.value;
  const shown = titleOf(at);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${shown} · boptest-serverless`;
    // Who uses a keyboard or a screen reader goes on where the new view begins.
    if (!isFirst.current) document.querySelector("h1")?.focus();
    isFirst.current = false;
  }, [shown]);
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

function titleOf(at: Place): string {
  switch (at.view) {
    case "start":
      return "Test cases";
    case "upload":
      return "Upload";
    case "compare":
      return "Compare";
    case "test":
      return `Test ${at.testid.slice(0, 8)}`;
  }
}

const root = document.getElementById("page");
if (root !== null) render(<Page />, root);
