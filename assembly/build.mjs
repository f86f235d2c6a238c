/** Compiles the WASM core, scalar and SIMD, and embeds both in host/core/wasm.generated.ts. Does nothing when nothing has changed. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { sources } from "./generate-keccak.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const target = join(root, "host/core/wasm.generated.ts");

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

function isCurrent() {
  try {
    return readFileSync(target, "utf8").startsWith(stamp);
  } catch {
    return false;
  }
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
