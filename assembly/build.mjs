/**
 * Compiles the WASM core, scalar and SIMD, and embeds both in host/core/wasm.generated.ts; compiles the WASI command; bundles the
 * workers into *.generated.ts beside them, so that they start the same way from sources, from dist/ and from a single bundled file.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { build as bundle } from "esbuild";
import { sources } from "./generate-keccak.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const target = join(root, "host/core/wasm.generated.ts");

/** What is compiled: the file it becomes in build/, how, and what it may import. */
const builds = {
  scalar: { file: "core.scalar.wasm", args: ["assembly/index.ts", "--target", "scalar"], config: "asconfig.json", imports: /^$/ },
  simd: { file: "core.simd.wasm", args: ["assembly/index.ts", "--target", "simd"], config: "asconfig.json", imports: /^$/ },
  command: {
    file: "minimote-core.wasm",
    args: ["assembly/wasi/main.ts"],
    config: "assembly/wasi/asconfig.json",
    imports: /^wasi_snapshot_preview1$/,
  },
};

// The compiler resolves what a configuration extends from where it runs.
process.chdir(root);

for (const [name, source] of Object.entries(sources)) replace(join(here, name), source);

const stamp = `// ${fingerprint()}\n`;
if (!isCurrent()) {
  mkdirSync(join(root, "build"), { recursive: true });
  for (const build of Object.values(builds)) await compile(build);
  const embedded = ["scalar", "simd"].map(
    (name) => `export const ${name} = "${readFileSync(outputOf(builds[name])).toString("base64")}";\n`,
  );
  replace(target, stamp + embedded.join(""));
}

await bundleWorker("workerCode", "host/core/worker");
await bundleWorker("scriptWorkerCode", "host/node/script-worker");

/** Bundles the worker `file`.ts as a constant in `file`.generated.ts. Workers get the compiled core from who starts them. */
async function bundleWorker(constant, file) {
  const { outputFiles } = await bundle({
    entryPoints: [join(root, `${file}.ts`)],
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    write: false,
    plugins: [
      {
        name: "core-of-parent",
        setup: (build) => build.onResolve({ filter: /\/module\.js$/ }, () => ({ path: join(root, "host/core/module-of-parent.ts") })),
      },
    ],
  });
  replace(join(root, `${file}.generated.ts`), `export const ${constant} = ${JSON.stringify(outputFiles[0].text)};\n`);
}

/** Of everything the modules are made from. */
function fingerprint() {
  const hash = createHash("sha256").update(asc.version);
  const files = [...readdirSync(here), ...readdirSync(join(here, "wasi")).map((name) => `wasi/${name}`), "../asconfig.json"];
  for (const name of files.sort()) if (/\.(ts|mjs|json)$/.test(name)) hash.update(readFileSync(join(here, name)));
  return hash.digest("hex");
}

/** Writes a file at once, so that nobody reads half of it, and only if it changes. */
function replace(file, content) {
  if (read(file) === content) return;
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function isCurrent() {
  return read(target).startsWith(stamp) && Object.values(builds).every((build) => existsSync(outputOf(build)));
}

function outputOf({ file }) {
  return join(root, "build", file);
}

async function compile(build) {
  const { error, stderr } = await asc.main([...build.args, "--config", build.config]);
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(outputOf(build))));
  for (const { module, name } of imports)
    if (!build.imports.test(module)) throw new Error(`${build.file} must not import ${module}.${name}`);
}
