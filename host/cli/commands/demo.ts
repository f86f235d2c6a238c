import type { Command } from "commander";
import { playDemo } from "../demo/scenario.js";
import { Screen } from "../demo/screen.js";

/** `minimote demo`: two nodes on this machine that pay each other. */
export function registerDemoCommand(program: Command): void {
  program
    .command("demo")
    .description("watch two nodes on this machine build a chain and pay each other (about half a minute)")
    .option("--keep", "keep the nodes' data and logs")
    .action(async (options: { keep?: boolean }) => {
      const screen = new Screen(process.stdout);
      try {
        process.exitCode = (await playDemo(screen, options.keep === true)) ? 0 : 1;
      } catch (error) {
        screen.line(screen.bad(`The demo failed: ${error instanceof Error ? error.message : String(error)}`));
        process.exitCode = 1;
      }
    });
}
