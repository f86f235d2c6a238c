import type { NodeConfig } from "../../node/config.js";
import type { RpcTarget } from "../../rpc/client.js";

export type Level = "ok" | "warn" | "fail";

/** What a check found, and what to do about it if it is not well. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly text: string;
  readonly fix?: string;
}

/** What is checked, and the machine it is checked on. */
export interface Patient {
  readonly config: NodeConfig;
  /** Where a node with this configuration answers; null without RPC. */
  readonly rpc: RpcTarget | null;
  /** Where `/proc`, `/sys` and `/run` are. */
  readonly root: string;
  readonly now: number;
  /** The output of a program of the system; undefined where there is none or it fails. */
  run(program: string, args: readonly string[]): Promise<string | undefined>;
}

export type Check = (patient: Patient) => Promise<Finding[]>;

export const ok = (check: string, text: string): Finding => ({ check, level: "ok", text });
export const warn = (check: string, text: string, fix: string): Finding => ({ check, level: "warn", text, fix });
export const fail = (check: string, text: string, fix: string): Finding => ({ check, level: "fail", text, fix });
