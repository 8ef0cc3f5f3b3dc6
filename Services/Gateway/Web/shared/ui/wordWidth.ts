const widths = new Map<string, number>();
let context: CanvasRenderingContext2D | null = null;

/** How wide words are in a table, in pixels: its head is smaller than its cells. */
export function wordWidth(words: string, isHead: boolean): number {
  const root = getComputedStyle(document.documentElement).fontSize;
  const key = `${root} ${isHead} ${words}`;
  let width = widths.get(key);
  if (width === undefined) {
    context ??= document.createElement("canvas").getContext("2d");
    if (!context) return 0;
    const size = parseFloat(root) * (isHead ? 0.857 : 1);
    context.font = `${isHead ? 500 : 400} ${size}px ${getComputedStyle(document.body).fontFamily}`;
    widths.set(key, (width = Math.ceil(context.measureText(words).width)));
  }
  return width;
}
