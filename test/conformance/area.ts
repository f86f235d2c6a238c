/** One checked fact of a vector file. `run` throws when the implementation disagrees with the reference. */
export interface Case {
  readonly name: string;
  run(): void | Promise<void>;
}

/**
 * Turns a vector file into its cases. `data` is the parsed content, for a `.jsonl` file the array of its lines; `text` is the
 * content as it stands, for files with numbers that a double cannot hold. `sibling` reads another file of the same folder, packed
 * or not.
 */
export type Checker = (data: unknown, text: string, sibling: (name: string) => unknown) => Iterable<Case>;

/**
 * The checkers of one area (one folder of vectors), by file name without extension. A name may hold one `*` for files of
 * one form, such as `chain-*`; an exact name is preferred.
 */
export type Area = Readonly<Record<string, Checker>>;
