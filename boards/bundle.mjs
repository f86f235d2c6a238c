/**
 * Bundles the program into two files that run from any folder: minimote.mjs, and beside it better_sqlite3.node, the native part of SQLite for
 * this machine. A third, benny.cjs, is for nothing but `minimote bench`. Usage: node boards/bundle.mjs [folder], build/ if not given.
 */
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";
import { bundleProgram, root } from "./program.mjs";

const ADDON = "better_sqlite3.node";
const BENNY = "benny.cjs";
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

/** What benchmarks are built on is large, and no node needs it. */
const bennyBeside = {
  name: "benny-beside",
  setup: ({ onResolve }) => onResolve({ filter: /^benny$/ }, () => ({ path: `./${BENNY}`, external: true })),
};

/** A part of benny asks for others in a way that a bundler does not see. */
const plainRequires = {
  name: "plain-requires",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]benchmark[\\/]benchmark\.js$/ }, ({ path }) => {
      const hidden = "var freeRequire = typeof require == 'function' && require;";
      const plain = "var freeRequire = (id) => (id === 'lodash' ? require('lodash') : id === 'platform' ? require('platform') : null);";
      const source = readFileSync(path, "utf8");
      if (!source.includes(hidden)) throw new Error(`${path} is not what it was`);
      return { contents: source.replace(hidden, plain) };
    });
  },
};

mkdirSync(folder, { recursive: true });
await bundleProgram(join(folder, "minimote.mjs"), { external: [`./${ADDON}`], plugins: [addonBeside, bennyBeside] });
await build({
  absWorkingDir: root,
  stdin: { contents: 'module.exports = require("benny");', resolveDir: root },
  outfile: join(folder, BENNY),
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  plugins: [plainRequires],
});
copyFileSync(
  join(dirname(createRequire(import.meta.url).resolve("better-sqlite3/package.json")), "build/Release", ADDON),
  join(folder, ADDON),
);
