/** Reed-Solomon codes over the field of 256 elements, with the polynomial x^8 + x^4 + x^3 + x^2 + 1 (ISO/IEC 18004, 7.5). */
const powers = new Uint8Array(255);
const logarithms = new Uint8Array(256);
for (let exponent = 0, value = 1; exponent < 255; exponent++) {
  powers[exponent] = value;
  logarithms[value] = exponent;
  value = value & 0x80 ? (value << 1) ^ 0x11d : value << 1;
}

const product = (one: number, other: number): number => (one === 0 || other === 0 ? 0 : powers[(logarithms[one]! + logarithms[other]!) % 255]!);

/** The codewords that let a reader mend errors. */
export function corrections(data: readonly number[], count: number): number[] {
  // The generator: (x - a^0)(x - a^1)…, without its leading 1.
  let generator = [1];
  for (let root = 0; root < count; root++) {
    const next = [...generator, 0];
    generator.forEach((factor, index) => (next[index + 1]! ^= product(factor, powers[root]!)));
    generator = next;
  }
  const rest = new Array<number>(count).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift()!;
    rest.push(0);
    for (let index = 0; index < count; index++) rest[index]! ^= product(generator[index + 1]!, factor);
  }
  return rest;
}
