import { describe, expect, it } from "vitest";
import { withPoints } from "../../../functions/page/state/join.ts";
import { Pace } from "../../../functions/page/state/pace.ts";

const HOUR = 3600;

describe("a watcher", () => {
  let ms = 0;
  const watched = () => new Pace(() => ms);
  /** A test seen at two moments, 2 s apart. */
  const moved = (seconds: number) => {
    const pace = watched();
    pace.moved(0);
    pace.read("results");
    ms += 2000;
    pace.moved(seconds);
    return pace;
  };

  it("reads everything of a test whose steps can be seen, whatever their length", () => {
    for (const step of [60, HOUR]) {
      expect(moved(2 * step).allows("results", 2 * step, step)).toBe(true);
      expect(moved(100 * step).allows("results", 100 * step, step)).toBe(false);
    }
  });

  it("reads samples of a fast test every 15 s, if they are not too many, and the rest when it rests", () => {
    const pace = moved(100 * 60);
    ms += 12_999;
    expect(pace.allows("results", 100 * 60, 60)).toBe(false);
    ms += 1;
    expect(pace.allows("results", 100 * 60, 60)).toBe(true);
    // A sample is 30 s: 6000 of them.
    expect(pace.allows("results", 180_000, 60)).toBe(true);
    expect(pace.allows("results", 180_060, 60)).toBe(false);
    pace.rested();
    expect(pace.allows("results", 1e9, 60)).toBe(true);
  });

  it("leaves a busy service alone: the longer an answer takes, the longer it waits", () => {
    const pace = moved(100 * 60);
    expect([10, 200, 9000].map((took) => pace.pause(took, 60).pauseMs)).toEqual([3000, 20_000, 30_000]);
    expect(moved(60).pause(9000, 60)).toEqual({});
  });

  it("takes no pace from a time that goes back", () => {
    const pace = moved(2 * 60);
    ms += 2000;
    pace.moved(0);
    expect(pace.isFast(60)).toBe(false);
  });
});

describe("current values after samples", () => {
  const known = { time: [0, 30], T: [1, 2], TDryBul: [5, 6] };
  const forecast = { time: [0, 900, 1800], TDryBul: [5, 7, 9] };

  it("are one sample more; boundary data come from the forecast, as far as it reaches", () => {
    expect(withPoints(known, { time: 1000, T: 3 }, forecast)).toEqual({
      time: [0, 30, 1000],
      T: [1, 2, 3],
      TDryBul: [5, 6, 7],
    });
    expect(withPoints(known, { time: 1801, T: 3 }, forecast).TDryBul).toEqual([5, 6, null]);
  });

  it("are nothing where the samples are as new", () => {
    expect(withPoints(known, { time: 30, T: 3 }, forecast)).toBe(known);
  });
});
