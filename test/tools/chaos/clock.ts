/**
 * Loaded into the functions' processes before anything else (`--import`): moves each process' clock by another time, forward or
 * back by up to CLOCK_SKEW_MS. Measurements of durations stay right, as on machines whose clocks are set wrong.
 */
const most = Number(process.env.CLOCK_SKEW_MS ?? 0);
// The fractional parts of multiples of the golden ratio are spread evenly: neighbours differ.
const offsetMs = Math.round((((process.pid * 0.618034) % 1) * 2 - 1) * most);
const now = Date.now;
Date.now = () => now() + offsetMs;
