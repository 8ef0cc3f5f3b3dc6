/** Somebody who is mentioned in a text, as `@` and their name. */
export interface Mention { id: string; name: string }

/** No name is longer than this while it is typed. */
const longestWords = 40;

/** The mention that is being typed before the caret: where its `@` stands, and what follows that. */
export function mentionAt(text: string, caret: number, known: readonly Mention[]): { start: number; words: string } | null {
  const before = text.slice(0, caret);
  const start = before.lastIndexOf("@");
  if (start < 0) return null;
  const words = before.slice(start + 1);
  // In the middle of a word it belongs to an address.
  const isOwn = start === 0 || /[\s([{"'«“„¿¡،؛]/.test(before[start - 1] ?? "");
  const isOver = words.length > longestWords || /\n|^\s/.test(words) || known.some(({ name }) => words.startsWith(name));
  return isOwn && !isOver ? { start, words } : null;
}

/** The text with somebody's name in the place of what was typed, and where the caret is then. */
export function withMention(text: string, start: number, caret: number, name: string): { text: string; caret: number } {
  const rest = text.slice(caret);
  const written = `${text.slice(0, start)}@${name}${rest.startsWith(" ") ? "" : " "}`;
  return { text: written + rest, caret: written.length + (rest.startsWith(" ") ? 1 : 0) };
}

/** Those who are still in the text. Whose name is not known stays. */
export const heldMentions = (text: string, people: readonly Mention[]): Mention[] =>
  people.filter(({ id, name }, index) => (name === "" || text.includes(`@${name}`)) && people.findIndex((other) => other.id === id) === index);

/** A text in its pieces: words, and people who are mentioned in it. */
export function pieces(text: string, people: readonly Mention[]): (string | Mention)[] {
  const named = people.filter(({ name }) => name !== "").sort((one, other) => other.name.length - one.name.length);
  if (named.length === 0) return [text];
  const found = new RegExp(`@(${named.map(({ name }) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "g");
  // Every second piece is a name.
  return text.split(found).flatMap((piece, index) => (index % 2 === 1 ? named.find(({ name }) => name === piece) ?? piece : piece === "" ? [] : [piece]));
}
