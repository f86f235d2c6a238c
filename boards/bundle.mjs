/**
 * Bundles the program into two files that run from any folder: minimote.mjs, and beside it better_sqlite3.node, the native part of SQLite for
 * this machine. Usage: node boards/bundle.mjs [folder], build/ if not given.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { bundleProgram, root } from "./program.mjs";

const ADDON = "better_sqlite3.node";
const folder = resolve(process.argv[2] ?? join(root, "build"));

/** In place of the package that searches folders for native parts. */
const addonBeside = {
  name: "addon-beside",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^bindings$/ }, () => ({ path: "bindings", namespace: "addon-beside" }));
    onLoad({ filter: /./, namespace: "addon-beside" }, () => ({
      contents: `module.exports = () => {
        try {
          return require("./${ADDON}");
        } catch (error) {
          throw new Error("${ADDON} for this machine and version of Node.js has to be beside minimote.mjs: " + error.message);
        }
      };`,
    }));
  },
};

mkdirSync(folder, { recursive: true });
await bundleProgram(join(folder, "minimote.mjs"), { external: [`./${ADDON}`], plugins: [addonBeside] });
copyFileSync(
  join(dirname(createRequire(import.meta.url).resolve("better-sqlite3/package.json")), "build/Release", ADDON),
  join(folder, ADDON),
);
