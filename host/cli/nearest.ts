/** Words that are further away are no slip of the finger. */
const MAX_DISTANCE = 3;
const MAX_NAMES = 3;

/** The names that somebody who typed `word` may have meant, the nearest first. */
export function nearest(word: string, names: readonly string[]): string[] {
  const typed = word.toLowerCase();
  return names
    .map((name) => ({ name, distance: typed.length > 2 && name.startsWith(typed) ? 1 : distance(typed, name) }))
    .filter(({ name, distance }) => distance <= Math.min(MAX_DISTANCE, Math.ceil(name.length / 2)))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, MAX_NAMES)
    .map(({ name }) => name);
}

/** How many letters have to be put in, taken out or changed to get from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
