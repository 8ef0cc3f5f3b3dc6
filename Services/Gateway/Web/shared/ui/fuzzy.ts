/** How well the letters of `query` are found in `words`, in order; 0 if they are not. Beginnings of words and runs count more. */
export function score(words: string, query: string): number {
  const text = plain(words);
  const wanted = plain(query).replace(/\s+/g, "");
  if (wanted === "") return 1;
  const whole = text.indexOf(plain(query).trim());
  if (whole >= 0) return 1000 - whole - text.length / 1000 + (whole === 0 || isBreak(text[whole - 1]) ? 500 : 0);
  let points = 0;
  let at = -1;
  for (const letter of wanted) {
    // A letter at the beginning of a word is preferred to the very next one: "wo" finds "Work Orders".
    let next = text.indexOf(letter, at + 1);
    if (next < 0) return 0;
    if (next !== at + 1) {
      for (let later = next; later >= 0; later = text.indexOf(letter, later + 1)) {
        if (later === 0 || isBreak(text[later - 1])) { next = later; break; }
      }
    }
    points += next === 0 || isBreak(text[next - 1]) ? 8 : next === at + 1 ? 5 : 1;
    at = next;
  }
  // Letters that lie scattered over a long text are chance, not a match.
  return points >= wanted.length * 3 ? points : 0;
}

/** The best first. What an item is called besides (`also`) is found by the beginnings of its words alone: nobody sees it, so a chance match would be a riddle. */
export function ranked<Item>(items: readonly Item[], query: string, words: (item: Item) => string, also?: (item: Item) => string): Item[] {
  if (query.trim() === "") return [...items];
  return items
    .map((item) => ({ item, points: score(words(item), query) || (also && beginsWord(also(item), query) ? 1 : 0) }))
    .filter(({ points }) => points > 0)
    .sort((one, other) => other.points - one.points)
    .map(({ item }) => item);
}

function beginsWord(words: string, query: string): boolean {
  const [text, wanted] = [plain(words), plain(query).trim()];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) if (isBreak(text[at - 1])) return true;
  return false;
}

const plain = (words: string): string => words.toLocaleLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
const isBreak = (letter: string | undefined): boolean => letter === undefined || /[\s\-_/.,:·(]/.test(letter);
