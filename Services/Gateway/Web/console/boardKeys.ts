/** The card of a board that an arrow leads to; `undefined` if the key moves nothing, `null` at an edge. Columns have `data-column`. */
export function neighbour(card: HTMLElement, key: string, board: HTMLElement | null, cardsAre = "[data-order]"): HTMLElement | null | undefined {
  const column = card.closest<HTMLElement>("[data-column]");
  if (!board || !column) return undefined;
  const cardsOf = (one: Element) => [...one.querySelectorAll<HTMLElement>(cardsAre)];
  const cards = cardsOf(column);
  const at = cards.indexOf(card);
  if (key === "ArrowDown" || key === "j") return cards[at + 1] ?? null;
  if (key === "ArrowUp" || key === "k") return cards[at - 1] ?? null;
  if (key !== "ArrowRight" && key !== "ArrowLeft") return undefined;
  const isForward = (key === "ArrowRight") === (getComputedStyle(board).direction !== "rtl");
  const all = [...board.querySelectorAll<HTMLElement>("[data-column]")].filter((one) => cardsOf(one).length > 0);
  const other = all[all.indexOf(column) + (isForward ? 1 : -1)];
  if (!other) return null;
  const there = cardsOf(other);
  return there[Math.min(at, there.length - 1)] ?? null;
}
