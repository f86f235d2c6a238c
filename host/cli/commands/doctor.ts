import type { Command } from "commander";
import { readPasswords } from "../../rpc/passwords.js";
import { usedCertificate } from "../../rpc/tls/identity.js";
import type { Finding, Patient } from "../doctor/finding.js";
import { applySettings, type Environment } from "../settings.js";
import { addNodeOptions, type NodeOptions, nodeConfig } from "./node.js";

interface DoctorOptions extends NodeOptions {
  json?: boolean;
}

export interface DoctorIo {
  readonly output: NodeJS.WritableStream;
  readonly env: Environment;
  /** Where `/proc`, `/sys` and `/run` are. */
  readonly root: string;
  readonly now: () => number;
}

/** `minimote doctor`: what keeps a node from running well here. */
export function registerDoctorCommand(
  program: Command,
  io: DoctorIo = { output: process.stdout, env: process.env, root: "/", now: Date.now },
): void {
  const doctor = addNodeOptions(program.command("doctor"));
  doctor
    .description("check clock, disk, memory, databases, ports, peers and the board, and say what to fix")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
It takes the options of minimote node, to check what such a node would meet. Exit code: 0 if it can run, 1 if something has to be fixed.

Examples:
  $ minimote doctor
  $ minimote doctor --data /var/lib/minimote --json`,
    )
    .hook("preAction", () => applySettings(doctor, { env: io.env, strict: true }))
    .action(async (options: DoctorOptions) => {
      const { examine, findingLines, runProgram } = await import("../doctor/doctor.js");
      const config = nodeConfig(options);
      const isJson = options.json === true;
      const patient: Patient = { config, rpc: targetOf(config), root: io.root, now: io.now(), run: runProgram };
      const findings = await examine(patient, (finding: Finding) => {
        if (!isJson) io.output.write(`${findingLines(finding).join("\n")}\n`);
      });
      const failures = findings.filter(({ level }) => level === "fail").length;
      const warnings = findings.filter(({ level }) => level === "warn").length;
      if (isJson) io.output.write(`${JSON.stringify({ ok: failures === 0, findings }, null, 2)}\n`);
      else io.output.write(`\n${verdict(failures, warnings)}\n`);
      process.exitCode = failures === 0 ? 0 : 1;
    });
}

function targetOf({ rpcPort, rpcHost, rpcPassword, rpcTls, dataDir }: ReturnType<typeof nodeConfig>): Patient["rpc"] {
  if (rpcPort === null) return null;
  const password = rpcPassword ?? readPasswords(dataDir)?.full;
  const host = rpcHost === "0.0.0.0" ? "127.0.0.1" : rpcHost;
  const tls = rpcTls === "off" ? {} : { tls: usedCertificate(dataDir, rpcTls === "self-signed" ? null : rpcTls) };
  return { host, port: rpcPort, ...tls, ...(password === undefined ? {} : { password }) };
}

function verdict(failures: number, warnings: number): string {
  if (failures > 0) return `${failures} to fix before a node runs well here.`;
  return warnings > 0 ? `A node can run here; ${warnings} could be better.` : "All is well.";
}
