import { corrections } from "./field";
import { Grid } from "./grid";

// For each version, at level M (ISO/IEC 18004, table 9): codewords that correct errors in each block, and blocks.
const correcting = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24];
const blocksOf = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10];

/** How many codewords a version has altogether: all squares that are no pattern and no information on the code itself. */
function codewords(version: number): number {
  let squares = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const lines = Math.floor(version / 7) + 2;
    squares -= (25 * lines - 10) * lines - 55;
  }
  if (version >= 7) squares -= 36;
  return squares >> 3;
}

const dataOf = (version: number): number => codewords(version) - correcting[version - 1]! * blocksOf[version - 1]!;

/**
 * A QR code of a text (ISO/IEC 18004), in the smallest version that holds it. About 15 % of it can be dirty or torn (level M).
 *
 * @returns The rows; `true` is dark. `null`: the text is too long for version 15 (412 bytes).
 */
export function qrCode(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text);
  const lengthBits = (version: number) => (version < 10 ? 8 : 16);
  const index = correcting.findIndex((_, at) => 4 + lengthBits(at + 1) + 8 * bytes.length <= 8 * dataOf(at + 1));
  if (index < 0) return null;
  const version = index + 1;
  const data = dataWords(bytes, lengthBits(version), dataOf(version));
  const grid = new Grid(version);
  grid.place(interleave(data, version));
  return grid.finished();
}

function dataWords(bytes: Uint8Array, lengthBits: number, capacity: number): number[] {
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let bit = count - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  // Mode "bytes", how many, the bytes, the end.
  put(0b0100, 4);
  put(bytes.length, lengthBits);
  bytes.forEach((byte) => put(byte, 8));
  put(0, Math.min(4, capacity * 8 - bits.length));
  while (bits.length % 8 !== 0) bits.push(0);
  const words: number[] = [];
  for (let at = 0; at < bits.length; at += 8) words.push(bits.slice(at, at + 8).reduce((word, bit) => (word << 1) | bit, 0));
  for (let filler = 0xec; words.length < capacity; filler ^= 0xec ^ 0x11) words.push(filler);
  return words;
}

/** Blocks take turns, so that a tear takes a little from each of them. */
function interleave(data: readonly number[], version: number): number[] {
  const count = blocksOf[version - 1]!;
  const short = Math.floor(data.length / count);
  const shortOnes = count - (data.length % count);
  const blocks: number[][] = [];
  for (let block = 0, at = 0; block < count; block++) {
    const length = short + (block < shortOnes ? 0 : 1);
    blocks.push(data.slice(at, at + length));
    at += length;
  }
  const ends = blocks.map((block) => corrections(block, correcting[version - 1]!));
  return [blocks, ends].flatMap((parts) => {
    const longest = Math.max(...parts.map((part) => part.length));
    return Array.from({ length: longest }, (_, at) => parts.flatMap((part) => (at < part.length ? [part[at]!] : []))).flat();
  });
}
