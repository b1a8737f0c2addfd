import { signal } from "@preact/signals";

/** Which view is shown; it is in the address, after the `#`, so that a link shows the same. */
export type Place =
  | { readonly view: "start" }
  | { readonly view: "upload" }
  | { readonly view: "test"; readonly testid: string; readonly tab: Tab }
  | { readonly view: "compare"; readonly testids: readonly string[] };
export type Tab = "live" | "what-if";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const place = signal<Place>(read(location.hash));

addEventListener("hashchange", () => {
  place.value = read(location.hash);
  scrollTo(0, 0);
});

export function go(to: Place): void {
  location.hash = linkTo(to);
}

export function linkTo(to: Place): string {
  switch (to.view) {
    case "start":
      return "#/";
    case "upload":
      return "#/upload";
    case "test":
      return `#/tests/${to.testid}${to.tab === "live" ? "" : `/${to.tab}`}`;
    case "compare":
      return `#/compare/${to.testids.join(",")}`;
  }
}

function read(hash: string): Place {
  const [first, second = "", third] = hash.replace(/^#\/?/, "").split("/");
  if (first === "upload") return { view: "upload" };
  if (first === "compare") {
    return { view: "compare", testids: [...new Set(second.split(",").filter((id) => UUID.test(id)))] };
  }
  if (first === "tests" && second !== "") {
    return { view: "test", testid: second.toLowerCase(), tab: third === "what-if" ? "what-if" : "live" };
  }
  return { view: "start" };
}
