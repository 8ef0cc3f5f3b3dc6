type Write = (value: number, options?: Intl.NumberFormatOptions) => string;

/** Reads a number as the language writes it. `null`: nothing typed. `undefined`: not a number, or not surely which one. */
export function parseNumber(words: string, write: Write): number | null | undefined {
  const plain = parseDecimal(words, write);
  return typeof plain === "string" ? Number(plain) : plain;
}

/** The same in plain digits, as the API takes decimals: nothing is rounded. Arabic and Hebrew put an invisible mark before a minus. */
export function parseDecimal(words: string, write: Write): string | null | undefined {
  const letters = [...words.trim()].map((letter) => digitValue(letter)?.toString() ?? letter).join("").replace(/[\s\u00a0\u202f\u061c\u200e\u200f'’٬]/g, "").replace("−", "-");
  if (letters === "") return null;
  const point = [...write(1.5, { useGrouping: false })].find((letter) => digitValue(letter) === undefined) ?? ".";
  const group = point === "," ? "." : ",";
  let plain = letters;
  if (letters.includes(group)) {
    const grouped = new RegExp(`^-?\\d{1,3}(\\${group}\\d{2,3})*\\${group}\\d{3}(\\${point}\\d*)?$`);
    if (grouped.test(letters)) plain = letters.split(group).join("");
    // The point of the number pad, in a language that writes a comma. The other way round "1,5" could be fifteen as well.
    else if (point !== "," || letters.includes(point)) return undefined;
  }
  plain = plain.replace(point, ".");
  const found = /^(-?)(\d*)\.?(\d*)$/.exec(plain);
  const [, sign = "", whole = "", rest = ""] = found ?? [];
  if (whole + rest === "") return undefined;
  return sign + (whole.replace(/^0+(?=\d)/, "") || "0") + (rest && `.${rest}`);
}

/** Digits of other scripts stand in runs of ten from their zero. */
function digitValue(letter: string): number | undefined {
  const code = letter.codePointAt(0) ?? 0;
  for (const zero of [0x30, 0x660, 0x6f0, 0x966]) if (code >= zero && code < zero + 10) return code - zero;
  return undefined;
}
