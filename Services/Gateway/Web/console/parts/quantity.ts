/** Quantities have at most four digits after the point. They are compared and subtracted as whole numbers of the last one, so that none is lost. */
const digits = 4;

function whole(decimal: string): bigint {
  const [, sign, before = "0", after = ""] = /^(-?)(\d+)\.?(\d*)$/.exec(decimal) ?? [];
  const value = BigInt(before + after.slice(0, digits).padEnd(digits, "0"));
  return sign === "-" ? -value : value;
}

/** What is left of the first after the others. */
export function left(of: string, ...others: string[]): string {
  const rest = others.reduce((value, one) => value - whole(one), whole(of));
  const letters = (rest < 0n ? -rest : rest).toString().padStart(digits + 1, "0");
  return trimmed(`${rest < 0n ? "-" : ""}${letters.slice(0, -digits)}.${letters.slice(-digits)}`);
}

export const isMoreThanNone = (decimal: string): boolean => whole(decimal) > 0n;

export const isSameQuantity = (one: string, other: string): boolean => whole(one) === whole(other);

/** Zeros at the end say nothing of a quantity. */
export const trimmed = (decimal: string): string => (decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal);
