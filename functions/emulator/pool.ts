import type { ModelChild } from "./model-child.ts";

/** Live model processes, the least recently used first. Their number is limited: each takes some 100 MB. */
export class Pool {
  readonly #most: number;
  #children: ModelChild[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Claims an idle process that fits; it counts as used now. */
  claim(fits: (child: ModelChild) => boolean): ModelChild | undefined {
    this.#children = this.#children.filter((child) => child.isUsable);
    const found = this.#children.findLast((child) => !child.isBusy && fits(child));
    if (found !== undefined) this.add(found.claim());
    return found;
  }

  /** Claims the idle process for which `furthest` returns the largest number. */
  claimFurthest(furthest: (child: ModelChild) => number | undefined): ModelChild | undefined {
    let best: { readonly child: ModelChild; readonly by: number } | undefined;
    for (const child of this.#children) {
      const by = child.isUsable && !child.isBusy ? furthest(child) : undefined;
      if (by !== undefined && by >= (best?.by ?? 0)) best = { child, by };
    }
    return best === undefined ? undefined : this.claim((child) => child === best.child);
  }

  /** Adds the most recently used process, and ends the least recently used ones above the limit. */
  add(child: ModelChild): void {
    this.#children = [...this.#children.filter((each) => each !== child && each.isUsable), child];
    const idle = this.#children.filter((each) => !each.isBusy && each !== child);
    for (const each of idle.slice(0, Math.max(0, this.#children.length - this.#most))) each.kill();
  }

  /** Ends the least recently used idle ones until all idle ones together take at most so many bytes. */
  shrink(bytes: number): void {
    const idle = this.#children.filter((child) => !child.isBusy && child.isUsable);
    let taken = idle.reduce((sum, child) => sum + child.residentBytes, 0);
    for (const child of idle) {
      if (taken <= bytes) return;
      taken -= child.residentBytes;
      child.kill();
    }
  }

  /** Ends the processes that `chosen` selects. */
  end(chosen: (child: ModelChild) => boolean): void {
    for (const child of this.#children) if (chosen(child)) child.kill();
    this.#children = this.#children.filter((child) => !chosen(child));
  }

  /** Ends all processes, and waits for their end. */
  async close(): Promise<void> {
    const children = this.#children;
    this.end(() => true);
    await Promise.all(children.map((child) => child.ended));
  }
}
