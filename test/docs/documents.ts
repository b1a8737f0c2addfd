import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../infra/bundle.ts";
import { type Document, readDocument, type Table } from "./markdown.ts";

/** All Markdown files of the project: those that git knows, or would add. */
export function readDocuments(): Document[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "*.md"];
  const files = execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).split("\n").filter(Boolean);
  return files.map(documentAt);
}

export function documentAt(file: string): Document {
  return readDocument(file, readFileSync(join(ROOT, file), "utf8"));
}

/** The document's first table under the heading. */
export function tableUnder({ file, tables }: Document, heading: string): Table {
  const found = tables.find((table) => table.heading === heading);
  if (found === undefined) throw new Error(`${file} has no table under "${heading}"`);
  return found;
}

/** What stands in backticks in a cell. */
export function codeIn(cell: string | undefined): string[] {
  return [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");
}
