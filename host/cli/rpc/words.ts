/**
 * The command line that words of a shell make. The shell took the quotes away: a value with spaces gets them back, except JSON, which needs
 * none. `name:"my token"` and `"name:my token"` mean the same there.
 */
export function lineOf(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  const colon = word.indexOf(":");
  const value = word.slice(colon + 1);
  const isPlain = colon < 0 || !/\s/.test(value) || /^\s*[{["]/.test(value) || value.includes('"');
  // A command line in one word, such as "send address:Mx.. amount:1", is left alone.
  return isPlain || /\s/.test(word.slice(0, colon)) ? word : `${word.slice(0, colon)}:"${value}"`;
}
