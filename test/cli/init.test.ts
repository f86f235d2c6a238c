import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { registerInitCommand } from "../../host/cli/commands/init.js";
import { phraseTable } from "../../host/cli/init/phrase.js";
import type { Environment } from "../../host/cli/settings.js";
import { readPasswords } from "../../host/rpc/passwords.js";
import { WalletDatabase } from "../../host/store/wallet-db.js";

const PHRASE = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? "ABANDON" : "ZOO")).join(" ");

let base = "";
let count = 0;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "minimote-init-"));
});
afterAll(() => rmSync(base, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
});

const newFolder = (): string => join(base, String(count++));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What was on the terminal, and what is left of it. */
  readonly shown: string;
  readonly left: string;
}

type Answer = (question: string, shown: string) => string | undefined;

/** Runs `minimote init`, with somebody at the terminal or nobody. */
async function init(parameters: readonly string[], input = "", answer?: Answer, env: Environment = {}): Promise<Outcome> {
  const output = new PassThrough();
  const errors = new PassThrough();
  let shown = "";
  let left = "";
  const write = (text: string): void => {
    shown += text;
    left += text;
  };
  const ask = (question: string): Promise<string | undefined> => {
    write(question);
    return Promise.resolve(answer?.(question, shown));
  };
  const terminal = {
    isInteractive: answer !== undefined,
    write,
    ask,
    askSecret: ask,
    clear: () => {
      left = "";
    },
  };
  const program = new Command("minimote").exitOverride();
  registerInitCommand(program, { terminal, input: Readable.from([input]), output, errors }, env);
  await program.parseAsync(["init", "--network", "test", ...parameters], { from: "user" });
  return { code: Number(process.exitCode ?? 0), out: String(output.read() ?? ""), err: String(errors.read() ?? ""), shown, left };
}

/** The phrase in a data folder. */
function phraseIn(folder: string): string | undefined {
  const store = new WalletDatabase({ path: join(folder, "wallet.db"), cacheKiB: 64 });
  const phrase = store.phrase();
  store.close();
  return phrase;
}

/** The words that a terminal showed last. */
function wordsShown(shown: string): string[] {
  const words: string[] = [];
  for (const [, number, word] of shown.matchAll(/(\d+) {2}([A-Z]+)/g)) words[Number(number) - 1] = word ?? "";
  return words;
}

const answerRightly: Answer = (question, shown) => {
  const [, number] = /^Word (\d+)/.exec(question) ?? [];
  return number === undefined ? "" : (wordsShown(shown)[Number(number) - 1] ?? "").toLowerCase();
};

describe("a new wallet", () => {
  test("is shown once, confirmed, and leaves nothing of it on the screen", async () => {
    const folder = newFolder();
    const { code, out, err, shown, left } = await init(["--data", folder], "", answerRightly);
    expect(code).toBe(0);
    const words = wordsShown(shown);
    expect(words).toHaveLength(24);
    expect(phraseIn(folder)).toBe(words.join(" "));
    expect(left).not.toContain(phraseTable(words.join(" ")));
    expect(out).toBe("");
    expect(err).toMatch(/One of its addresses: Mx/);
    expect(err).toContain(`minimote node --data ${folder}`);
  });

  test("is shown again after a wrong word", async () => {
    let wrong = 1;
    const { code, shown } = await init(["--data", newFolder()], "", (question, all) =>
      question.startsWith("Word") && wrong-- > 0 ? "nonsense" : answerRightly(question, all),
    );
    expect(code).toBe(0);
    expect(shown.split("These 24 words")).toHaveLength(3);
  });

  test("is given up when its owner leaves before having it", async () => {
    const folder = newFolder();
    const { code, err } = await init(["--data", folder], "", (question) => (question.startsWith("Word") ? undefined : ""));
    expect(code).toBe(1);
    expect(err).toContain("Nothing was made");
    expect(existsSync(join(folder, "wallet.db"))).toBe(false);
  });

  test("is printed for machines that ask for it, and for nobody else", async () => {
    const folder = newFolder();
    expect(await init(["--data", folder])).toMatchObject({ code: 1, out: "", err: expect.stringContaining("--yes") as string });
    const { code, out, err } = await init(["--data", folder, "--yes"]);
    expect(code).toBe(0);
    expect(out).toBe(`${phraseIn(folder)}\n`);
    expect(err).not.toContain(out.trim());
  });

  test("comes with passwords and settings, readable by its owner only", async () => {
    const folder = newFolder();
    await init(["--data", folder, "--yes", "--mining-duty", "10%", "--no-rpc", "--connect", "10.0.0.1:1", "--isclient"]);
    expect(readFileSync(join(folder, "minimote.conf"), "utf8").split("\n").slice(1)).toEqual([
      "network=test",
      "mining-duty=10%",
      "rpc=false",
      "connect=10.0.0.1:1",
      "isclient=true",
      "",
    ]);
    expect(readPasswords(folder)).toBeDefined();
    for (const file of ["wallet.db", "minimote.conf", "rpc-passwords.json"])
      expect(statSync(join(folder, file)).mode & 0o077, file).toBe(0);
  });

  test("goes where the environment says, and leaves settings that are elsewhere alone", async () => {
    const folder = newFolder();
    const conf = join(base, "elsewhere.conf");
    writeFileSync(conf, "mine=false\n");
    const { code } = await init(["--yes"], "", undefined, { MINIMOTE_DATA: folder, MINIMOTE_CONF: conf });
    expect(code).toBe(0);
    expect(existsSync(join(folder, "wallet.db"))).toBe(true);
    expect(existsSync(join(folder, "minimote.conf"))).toBe(false);
  });

  test("never takes the place of another", async () => {
    const folder = newFolder();
    await init(["--data", folder, "--phrase-file", "-"], PHRASE);
    process.exitCode = undefined;
    const { code, err } = await init(["--data", folder, "--yes"]);
    expect(code).toBe(1);
    expect(err).toContain("wallet in");
    expect(phraseIn(folder)).toBe(PHRASE);
  });
});

describe("a wallet is restored", () => {
  test("from a file, the standard input or the terminal; short forms of words are enough", async () => {
    const file = join(base, "phrase");
    writeFileSync(file, `${PHRASE.toLowerCase().replaceAll("abandon", "aban").replaceAll(" ", "\n")}\n`, { mode: 0o644 });
    const ways: [string[], string, Answer?][] = [
      [["--phrase-file", file], ""],
      [["--phrase-file", "-"], `${PHRASE}\n`],
      [["--restore"], "", () => PHRASE],
    ];
    for (const [parameters, input, answer] of ways) {
      const folder = newFolder();
      const { code, out, err, left } = await init(["--data", folder, ...parameters], input, answer);
      expect(code).toBe(0);
      expect(phraseIn(folder)).toBe(PHRASE);
      expect(out + err + left).not.toContain("ABANDON");
      expect(err).toContain("signs again when it has seen the chain");
    }
  });

  test("only from words there are, and says which is wrong without repeating it", async () => {
    const folder = newFolder();
    const { code, err } = await init(["--data", folder, "--phrase-file", "-"], "abandon qqqqq");
    expect(code).toBe(1);
    expect(err).toContain("word 2 of the phrase is unknown");
    expect(err).not.toContain("qqqqq");
    expect(existsSync(folder)).toBe(false);
    expect((await init(["--data", folder, "--phrase-file", "-"], "abandon zoo")).err).toContain("2 words, not 24");
    expect((await init(["--data", folder, "--phrase-file", join(base, "none")])).err).toContain("cannot be read");
  });
});
