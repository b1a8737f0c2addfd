import { describe, expect, it } from "vitest";
import { readDocument } from "./markdown.ts";

const TEXT = `# Title

See [there](docs/a.md#one-two), \`[not](a.link)\`, and [here](#title-1).

## One, two: \`three\`

\`\`\`sh runnable
# no heading
echo "[no](link)"
\`\`\`

## Title

| a | b |
| --- | --- |
| \`x\\|y\` | z |
`;

describe("a document", () => {
  const document = readDocument("a.md", TEXT);

  it("has headings, under the names that GitHub gives them", () => {
    expect([...document.anchors]).toEqual(["title", "one-two-three", "title-1"]);
    expect(document.title).toBe("Title");
  });

  it("has links, which code has none of", () => {
    expect(document.links).toEqual(["docs/a.md#one-two", "#title-1"]);
  });

  it("has blocks, some of them runnable", () => {
    const text = '# no heading\necho "[no](link)"';
    expect(document.blocks).toEqual([{ language: "sh", runnable: true, text, line: 8 }]);
  });

  it("has tables", () => {
    expect(document.tables).toEqual([{ heading: "Title", rows: [["`x|y`", "z"]] }]);
  });

  it("is refused with a block that has no end", () => {
    expect(() => readDocument("a.md", "```sh\necho")).toThrow("The block that begins at line 2 has no end");
  });
});
