import { signal } from "@preact/signals";
import type uPlot from "uplot";
import type { WatchedTest } from "../state/test.ts";
import type { Range } from "../state/window.ts";

/** The time under the pointer, s, for all plots. */
export const cursorTime = signal<number | undefined>(undefined);

/** Has all plots tell their values where the pointer is in one of them. */
export function noteCursor(plot: uPlot): void {
  const { left } = plot.cursor;
  // The plots that only follow the one under the pointer say nothing of their own.
  if (left === undefined) return;
  cursorTime.value = left < 0 ? undefined : plot.posToVal(left, "x");
}

/** Moves the window by a share of its length. */
export function pan(test: WatchedTest, share: number): void {
  const [from, to] = rangeOf(test);
  const by = (to - from) * share;
  zoomTo(test, [from + by, to + by]);
}

/** Makes the window longer or shorter about a place in it, from 0 at its left to 1 at its right. */
export function scale(test: WatchedTest, factor: number, about = 0.5): void {
  const [from, to] = rangeOf(test);
  const center = from + (to - from) * about;
  zoomTo(test, [center - (center - from) * factor, center + (to - center) * factor]);
}

/** Where a test's window will be with the next frame: a pointer moves more often than a screen shows. */
let next: { readonly test: WatchedTest; readonly range: Range } | undefined;

function rangeOf(test: WatchedTest): Range {
  return next?.test === test ? next.range : test.range.peek();
}

function zoomTo(test: WatchedTest, range: Range): void {
  if (range[1] - range[0] < 60) return;
  if (next === undefined) requestAnimationFrame(show);
  next = { test, range };
}

function show(): void {
  if (next !== undefined) next.test.shown.value = { kind: "zoom", range: next.range };
  next = undefined;
}

/** Panning by Shift and a drag, a finger, or a wheel that goes sideways; zooming by Ctrl and the wheel. @returns its end */
export function moveByPointer(element: HTMLElement, test: WatchedTest): () => void {
  let last: number | undefined;
  const width = () => Math.max(1, element.clientWidth - 60);
  const onDown = (event: PointerEvent) => {
    if (event.pointerType === "mouse" && !event.shiftKey) return;
    last = event.clientX;
    // Not a drag that chooses a stretch.
    if (event.shiftKey) event.stopPropagation();
  };
  const onMouseDown = (event: MouseEvent) => {
    if (event.shiftKey) event.stopPropagation();
  };
  const onMove = (event: PointerEvent) => {
    if (last === undefined) return;
    pan(test, (last - event.clientX) / width());
    last = event.clientX;
  };
  const onUp = () => {
    last = undefined;
  };
  const onWheel = (event: WheelEvent) => {
    if (event.ctrlKey) {
      event.preventDefault();
      scale(test, event.deltaY > 0 ? 1.2 : 1 / 1.2, event.offsetX / width());
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      pan(test, event.deltaX / width());
    }
  };
  const onDoubleClick = () => {
    test.shown.value = { kind: "all" };
  };
  element.addEventListener("pointerdown", onDown, true);
  element.addEventListener("mousedown", onMouseDown, true);
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onUp);
  addEventListener("pointercancel", onUp);
  element.addEventListener("wheel", onWheel, { passive: false });
  element.addEventListener("dblclick", onDoubleClick);
  return () => {
    removeEventListener("pointermove", onMove);
    removeEventListener("pointerup", onUp);
    removeEventListener("pointercancel", onUp);
  };
}
