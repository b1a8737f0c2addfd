/** What the tests of the documents read in a Markdown file: headings, links, fenced blocks, inline code, tables. */
export interface Document {
  /** Path from the project's root. */
  readonly file: string;
  readonly title: string | undefined;
  /** The names under which a link may refer to a heading, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly string[];
  readonly blocks: readonly Block[];
  readonly inlineCode: readonly string[];
  readonly tables: readonly Table[];
  /** The text without fenced blocks, line by line. */
  readonly lines: readonly string[];
}

/** A fenced block. A block whose fence says `sh runnable` has the language `sh` and is runnable. */
export interface Block {
  readonly language: string;
  readonly runnable: boolean;
  readonly text: string;
  /** The number of the line after the fence. */
  readonly line: number;
}

/** A table: its rows of cells, without head and rule, and the heading above it. */
export interface Table {
  readonly heading: string | undefined;
  readonly rows: readonly (readonly string[])[];
}

const FENCE = /^\s*(`{3,})([^`]*)$/;
const HEADING = /^#{1,6}\s+(.*?)\s*$/;
const TABLE_RULE = /^\s*\|?[\s:|-]*-[\s:|-]*$/;

export function readDocument(file: string, text: string): Document {
  const { lines, blocks } = separateBlocks(text);
  const headings = lines.flatMap((line) => HEADING.exec(line)?.[1] ?? []);
  const withoutCode = lines.map((line) => line.replaceAll(/`[^`]*`/g, "``"));
  return {
    file,
    title: headings[0],
    anchors: anchorsOf(headings),
    links: withoutCode.flatMap((line) => [...line.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => target ?? "")),
    blocks,
    inlineCode: lines.flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "")),
    tables: tablesIn(lines),
    lines,
  };
}

function separateBlocks(text: string): { lines: string[]; blocks: Block[] } {
  const lines: string[] = [];
  const blocks: Block[] = [];
  let open: { fence: string; info: readonly string[]; line: number; text: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const [, fence, info = ""] = FENCE.exec(line) ?? [];
    if (open !== undefined) {
      if (fence === undefined || fence.length < open.fence.length || info.trim() !== "") {
        open.text.push(line);
        continue;
      }
      const [language = "", ...marks] = open.info;
      blocks.push({ language, runnable: marks.includes("runnable"), text: open.text.join("\n"), line: open.line });
      open = undefined;
    } else if (fence !== undefined) {
      open = { fence, info: info.trim().split(/\s+/), line: index + 2, text: [] };
      // A blank line in its place: what stands before and after is not one paragraph or table.
      lines.push("");
    } else {
      lines.push(line);
    }
  }
  if (open !== undefined) throw new Error(`The block that begins at line ${open.line} has no end`);
  return { lines, blocks };
}

/** GitHub's rule: lower case, no punctuation, a hyphen for each space; a number after a name that was there before. */
function anchorsOf(headings: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  for (const heading of headings) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const name = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    let anchor = name;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${name}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

function tablesIn(lines: readonly string[]): Table[] {
  const tables: Table[] = [];
  let heading: string | undefined;
  for (const [index, line] of lines.entries()) {
    heading = HEADING.exec(line)?.[1] ?? heading;
    if (!TABLE_RULE.test(line) || !lines[index - 1]?.startsWith("|")) continue;
    const rows: string[][] = [];
    for (let i = index + 1; lines[i]?.startsWith("|"); i++) rows.push(cellsOf(lines[i] ?? ""));
    tables.push({ heading, rows });
  }
  return tables;
}

function cellsOf(row: string): string[] {
  const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
  return cells.slice(1, -1);
}
