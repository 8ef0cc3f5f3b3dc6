/** How far lines of latitude and longitude are apart, so that a view has about six of each. */
export function gridStep(degrees: number): number {
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30];
  return steps.find((step) => degrees / step <= 6) ?? 45;
}

/** The lines between two values. */
export function gridLines(from: number, to: number, step: number): number[] {
  const lines: number[] = [];
  for (let index = Math.ceil(from / step); index * step <= to; index++) lines.push(Number((index * step).toFixed(4)));
  return lines;
}

/** A longitude as maps name it, wherever somebody has gone around the world to it. */
export const aroundTheWorld = (degrees: number): number => degrees - 360 * Math.floor((degrees + 180) / 360);
