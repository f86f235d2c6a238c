import { areas } from "./registry.js";
import { findVectorFiles, runFile } from "./run.js";

/** `conformance DIR...`: runs all vector files below the directories. Exit code 1 on any failure, 2 on wrong use. */
async function main(directories: readonly string[]): Promise<number> {
  if (directories.length === 0) {
    console.error("usage: conformance DIR...");
    return 2;
  }
  const files = directories.flatMap((directory) => findVectorFiles(directory, areas));
  const skipped: string[] = [];
  let passed = 0;
  let failed = 0;
  for (const { path, label, checker } of files) {
    if (checker === undefined) {
      skipped.push(label);
      continue;
    }
    const result = await runFile(path, checker);
    passed += result.passed;
    failed += result.failed;
    console.log(`${label}: ${result.passed}/${result.passed + result.failed}`);
    for (const { name, message } of result.failures) console.log(`  FAIL ${name}: ${message}`);
  }
  for (const label of skipped) console.log(`skipped ${label}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
