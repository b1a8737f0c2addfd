import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../infra/bundle.ts";
import { type Document, readDocument, type Table } from "./markdown.ts";

/** Folders whose files are not the project's own. */
const OTHERS = ["node_modules", "dist", "cdk.out", "demo", "reports"];

/** All Markdown files of the project. */
export function readDocuments(): Document[] {
  const files = globSync("**/*.md", { cwd: ROOT, exclude: (name) => OTHERS.includes(name) || name.startsWith(".") });
  return files.map((file) => file.replaceAll("\\", "/")).map(documentAt);
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
