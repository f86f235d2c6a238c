import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Where questions are asked. */
export interface Terminal {
  /** Whether somebody is there to answer. */
  readonly isInteractive: boolean;
  write(text: string): void;
  /** The answer, trimmed; undefined when whoever was asked left. */
  ask(question: string): Promise<string | undefined>;
  /** The same, and what is typed does not show. */
  askSecret(question: string): Promise<string | undefined>;
  /** Takes everything off the screen, also what can be scrolled back to. */
  clear(): void;
}

const CLEAR = "\u001B[H\u001B[2J\u001B[3J";

export function systemTerminal(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Terminal {
  return {
    isInteractive: input.isTTY === true && output.isTTY === true,
    write: (text) => output.write(text),
    ask: (question) => askOnce(input, output, question),
    askSecret: async (question) => {
      output.write(question);
      try {
        return await askOnce(input, new Writable({ write: (_chunk, _encoding, done) => done() }), "");
      } finally {
        output.write("\n");
      }
    },
    clear: () => output.write(CLEAR),
  };
}

async function askOnce(input: NodeJS.ReadStream, output: NodeJS.WritableStream, question: string): Promise<string | undefined> {
  const lines = createInterface({ input, output, terminal: true, historySize: 0 });
  const left = new Promise<undefined>((resolve) => {
    lines.once("SIGINT", () => resolve(undefined));
    lines.once("close", () => resolve(undefined));
  });
  try {
    return await Promise.race([lines.question(question).then((answer) => answer.trim()), left]);
  } finally {
    lines.close();
  }
}
