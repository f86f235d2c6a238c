import type { MaximaStore } from "./store.js";

type Texts = Pick<MaximaStore, "text" | "setText">;

/** A list of texts that its owner keeps, each once. */
export class TextList {
  readonly #store: Texts;
  readonly #name: string;
  #texts: ReadonlySet<string>;

  constructor(store: Texts, name: string) {
    this.#store = store;
    this.#name = name;
    this.#texts = new Set(JSON.parse(store.text(name) ?? "[]") as readonly string[]);
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  list(): readonly string[] {
    return Array.from(this.#texts);
  }

  add(text: string): void {
    this.#set([...this.#texts, text]);
  }

  remove(text: string): void {
    this.#set(this.list().filter((one) => one !== text));
  }

  clear(): void {
    this.#set([]);
  }

  #set(texts: readonly string[]): void {
    this.#store.setText(this.#name, JSON.stringify(texts));
    this.#texts = new Set(texts);
  }
}
