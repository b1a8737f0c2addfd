import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem } from "../../../infra/programs/problem.ts";
import type { Break } from "./rule.ts";

/**
 * Copies all files of a working tree that git tracks or could track, with changes that are not committed; installed packages
 * are linked.
 */
export function copyTree(from: string, to: string): void {
  for (const file of sourcesOf(from)) {
    if (!existsSync(join(from, file))) continue;
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(from, file), join(to, file));
  }
  symlinkSync(join(from, "node_modules"), join(to, "node_modules"));
}

function sourcesOf(tree: string): string[] {
  try {
    const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const files = execFileSync("git", list, { cwd: tree, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return files.split("\0").filter(Boolean);
  } catch {
    throw new Problem("What belongs to the project is not known: this must be run in a clone of it, with git");
  }
}

/** Applies breaks to a tree. @returns a function that restores the files */
export function applyBreaks(tree: string, breaks: readonly Break[]): () => void {
  const before = new Map<string, string>();
  for (const { file, text, becomes } of breaks) {
    const path = join(tree, file);
    const content = readFileSync(path, "utf8");
    if (!before.has(path)) before.set(path, content);
    // A function, because `$` in a replacement text would have a meaning.
    writeFileSync(
      path,
      content.replace(text, () => becomes),
    );
  }
  return () => {
    for (const [path, content] of before) writeFileSync(path, content);
  };
}
