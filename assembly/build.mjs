/**
 * Compiles the WASM core, scalar and SIMD, and embeds both in host/core/wasm.generated.ts; bundles the worker into
 * host/core/worker.generated.ts, so that it starts the same way from sources, from dist/ and from a single bundled file.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { buildSync } from "esbuild";
import { sources } from "./generate-keccak.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const target = join(root, "host/core/wasm.generated.ts");
const workerTarget = join(root, "host/core/worker.generated.ts");

for (const [name, source] of Object.entries(sources)) writeFileSync(join(here, name), source);

const fingerprint = createHash("sha256");
for (const name of [...readdirSync(here), "../asconfig.json"].sort()) if (/\.(ts|mjs|json)$/.test(name)) fingerprint.update(readFileSync(join(here, name)));
const stamp = `// ${fingerprint.digest("hex")}\n`;

if (!isCurrent()) {
  mkdirSync(join(root, "build"), { recursive: true });
  const modules = {};
  for (const name of ["scalar", "simd"]) modules[name] = await compile(name);
  writeFileSync(target, stamp + Object.entries(modules).map(([name, bytes]) => `export const ${name} = "${bytes.toString("base64")}";\n`).join(""));
}

const { outputFiles } = buildSync({
  entryPoints: [join(root, "host/core/worker.ts")],
  bundle: true,
  minify: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  write: false,
});
const workerFile = `export const workerCode = ${JSON.stringify(outputFiles[0].text)};\n`;
if (read(workerTarget) !== workerFile) writeFileSync(workerTarget, workerFile);

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function isCurrent() {
  return read(target).startsWith(stamp);
}

async function compile(name) {
  const { error, stderr } = await asc.main(["assembly/index.ts", "--config", "asconfig.json", "--target", name, "--baseDir", root]);
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
  const bytes = readFileSync(join(root, `build/core.${name}.wasm`));
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  if (imports.length > 0) throw new Error(`core.${name}.wasm must not import anything, but does: ${JSON.stringify(imports)}`);
  return bytes;
}
