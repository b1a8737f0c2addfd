/** A finite number as Python's `str(float)` writes it: dashboards group results by such texts. */
export function pythonFloat(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = "", exponent = ""] = value.toExponential().split("e");
    const [sign, power] = [exponent.slice(0, 1), exponent.slice(1)];
    return `${digits}e${sign}${power.padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}
