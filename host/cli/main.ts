#!/usr/bin/env node
import { Command } from "commander";
import { failureText } from "./failure.js";
import { registerProgram } from "./program.js";

const program = new Command("minimote")
  .description("A complete Minima node for things: it validates, builds the chain and pays, on boards of 512 MB.")
  .showHelpAfterError("How it is used: add --help");
registerProgram(program);

program.addHelpText(
  "after",
  `
Any other word is a command of the running node: minimote status, minimote balance, minimote send address:Mx... amount:1.
All of them: minimote call help. How one is used: minimote help send. First steps: minimote init, minimote node.`,
);

// Whoever reads the output may have had enough: minimote keys | head.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

// A word that is no command of the program is one of the running node; so is the word after help.
const words = process.argv.slice(2);
const [first = "", second = ""] = words;
const isOwn = (word: string): boolean =>
  word === "" || word === "help" || /^-./.test(word) || program.commands.some((own) => own.name() === word);
try {
  if (first === "help" && !isOwn(second)) await program.parseAsync(["call", second, "--help"], { from: "user" });
  else await program.parseAsync(isOwn(first) ? words : ["call", ...words], { from: "user" });
} catch (error) {
  // What the system refuses is told in a line: a full disk, a folder of somebody else.
  const text = failureText(error);
  if (text === undefined) throw error;
  console.error(text);
  process.exitCode = 1;
}
