/** Reads a number as the language writes it. `null`: nothing typed. `undefined`: not a number. */
export function parseNumber(words: string, write: (value: number, options?: Intl.NumberFormatOptions) => string): number | null | undefined {
  const plain = words.trim();
  if (plain === "") return null;
  const sample = write(1.5, { useGrouping: false });
  const point = [...sample].find((letter) => !isDigit(letter)) ?? ".";
  let digits = "";
  for (const letter of plain) {
    const digit = digitValue(letter);
    if (digit !== undefined) digits += digit;
    else if (letter === point || (letter === "." && point !== ".")) digits += ".";
    else if (letter === "-" || letter === "−") digits += "-";
    // Between groups of digits languages put spaces and apostrophes; a comma only where it is not the point.
    else if (!/[\s\u00a0\u202f'’٬,]/.test(letter) || letter === point) return undefined;
  }
  return /^-?(\d+\.?\d*|\.\d+)$/.test(digits) ? Number(digits) : undefined;
}

const isDigit = (letter: string): boolean => digitValue(letter) !== undefined;

/** Digits of other scripts stand in runs of ten from their zero. */
function digitValue(letter: string): number | undefined {
  if (!/^\p{Nd}$/u.test(letter)) return undefined;
  const code = letter.codePointAt(0) ?? 0;
  for (const zero of [0x30, 0x660, 0x6f0, 0x966]) if (code >= zero && code < zero + 10) return code - zero;
  return undefined;
}
