import { cleaned } from "./contact-message.js";
import type { MaximaStore } from "./store.js";

/** What contacts see of the owner. */
export class Profile {
  readonly #store: Pick<MaximaStore, "text" | "setText">;

  constructor(store: Pick<MaximaStore, "text" | "setText">) {
    this.#store = store;
  }

  get name(): string {
    return this.#store.text("name") ?? "noname";
  }

  get icon(): string {
    return this.#store.text("icon") ?? "0x00";
  }

  /** Gives the name as it is kept. */
  setName(name: string): string {
    this.#store.setText("name", cleaned(name));
    return this.name;
  }

  setIcon(icon: string): void {
    this.#store.setText("icon", icon);
  }
}
