/** The eight masks (ISO/IEC 18004, table 10): where they are true, a square of data is turned. */
const masks: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The squares of a code: patterns that a reader finds it by, and data in between. */
export class Grid {
  readonly size: number;
  private dark: boolean[][];
  private fixed: boolean[][];

  constructor(readonly version: number) {
    this.size = 17 + 4 * version;
    this.dark = this.empty();
    this.fixed = this.empty();
    this.drawPatterns();
  }

  private empty = (): boolean[][] => Array.from({ length: this.size }, () => new Array<boolean>(this.size).fill(false));

  private fix(x: number, y: number, dark: boolean): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y]![x] = dark;
    this.fixed[y]![x] = true;
  }

  private drawPatterns(): void {
    const { size, version } = this;
    for (let at = 0; at < size; at++) {
      this.fix(6, at, at % 2 === 0);
      this.fix(at, 6, at % 2 === 0);
    }
    for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) this.drawRings(cx, cy, 4, (ring) => ring !== 2 && ring !== 4);
    const lines = this.alignmentLines();
    for (const y of lines) {
      for (const x of lines) {
        const isCorner = (x === 6 && (y === 6 || y === size - 7)) || (y === 6 && x === size - 7);
        if (!isCorner) this.drawRings(x, y, 2, (ring) => ring !== 1);
      }
    }
    this.drawFormat(0);
    if (version >= 7) this.drawVersion();
  }

  private drawRings(cx: number, cy: number, radius: number, isDark: (ring: number) => boolean): void {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) this.fix(cx + dx, cy + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
    }
  }

  private alignmentLines(): number[] {
    if (this.version === 1) return [];
    const count = Math.floor(this.version / 7) + 2;
    const step = Math.ceil((this.version * 4 + 4) / (count * 2 - 2)) * 2;
    return [6, ...Array.from({ length: count - 1 }, (_, index) => this.size - 7 - step * (count - 2 - index))];
  }

  /** Level M and the mask, with a BCH code of their own, twice. */
  private drawFormat(mask: number): void {
    const level = 0b00;
    const data = (level << 3) | mask;
    let rest = data;
    for (let step = 0; step < 10; step++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (index: number) => ((bits >> index) & 1) === 1;
    for (let index = 0; index < 15; index++) {
      // Around the finder at the top left; the lines of the timing pattern are skipped.
      if (index < 8) this.fix(8, index < 6 ? index : index + 1, bit(index));
      else this.fix(index === 8 ? 7 : 14 - index, 8, bit(index));
      // Beside the other two.
      if (index < 8) this.fix(this.size - 1 - index, 8, bit(index));
      else this.fix(8, this.size - 15 + index, bit(index));
    }
    this.fix(8, this.size - 8, true);
  }

  private drawVersion(): void {
    let rest = this.version;
    for (let step = 0; step < 12; step++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let index = 0; index < 18; index++) {
      const [long, short] = [Math.floor(index / 3), this.size - 11 + (index % 3)];
      const dark = ((bits >> index) & 1) === 1;
      this.fix(short, long, dark);
      this.fix(long, short, dark);
    }
  }

  /** In pairs of columns from the right, up and down by turns. */
  place(words: readonly number[]): void {
    let at = 0;
    for (let right = this.size - 1, isUp = true; right > 0; right -= 2, isUp = !isUp) {
      if (right === 6) right = 5;
      for (let step = 0; step < this.size; step++) {
        const y = isUp ? this.size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.fixed[y]![x]) continue;
          this.dark[y]![x] = ((words[at >> 3]! >> (7 - (at & 7))) & 1) === 1;
          at++;
        }
      }
    }
  }

  /** With the mask that leaves least that could confuse a reader. */
  finished(): boolean[][] {
    let best: { rows: boolean[][]; penalty: number } | undefined;
    masks.forEach((isTurned, mask) => {
      this.drawFormat(mask);
      const rows = this.dark.map((row, y) => row.map((dark, x) => (!this.fixed[y]![x] && isTurned(x, y) ? !dark : dark)));
      const penalty = penaltyOf(rows);
      if (!best || penalty < best.penalty) best = { rows, penalty };
    });
    return best!.rows;
  }
}

/** The standard's four reasons (7.8.3): long runs, blocks, what looks like a finder, and too much dark or light. */
function penaltyOf(rows: boolean[][]): number {
  const size = rows.length;
  const columns = rows.map((_, x) => rows.map((row) => row[x]!));
  let penalty = 0;
  for (const line of [...rows, ...columns]) {
    let run = 0;
    line.forEach((dark, at) => {
      run = at > 0 && line[at - 1] === dark ? run + 1 : 1;
      if (run === 5) penalty += 3;
      else if (run > 5) penalty += 1;
    });
    const words = line.map((dark) => (dark ? "1" : "0")).join("");
    for (const finder of ["10111010000", "00001011101"]) {
      for (let at = words.indexOf(finder); at >= 0; at = words.indexOf(finder, at + 1)) penalty += 40;
    }
  }
  for (let y = 1; y < size; y++) {
    for (let x = 1; x < size; x++) {
      const dark = rows[y]![x];
      if (rows[y]![x - 1] === dark && rows[y - 1]![x] === dark && rows[y - 1]![x - 1] === dark) penalty += 3;
    }
  }
  const share = rows.flat().filter(Boolean).length / (size * size);
  return penalty + 10 * Math.floor(Math.abs(share - 0.5) * 20);
}
