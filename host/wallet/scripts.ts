import { type Bytes, toHex0x, ZERO_ID } from "../protocol/bytes.js";
import { scriptAddress } from "../protocol/script-address.js";

/** A script the wallet knows (spec 09 §6). */
export interface ScriptRow {
  readonly script: string;
  readonly address: Bytes;
  /** Made from one wallet key: coins of it are spent without being asked for. */
  readonly simple: boolean;
  /** In the pool used for receiving and change. */
  readonly default: boolean;
  /** The wallet key of a simple script, else `00`. */
  readonly publicKey: Bytes;
  /** Coins of it are relevant. */
  readonly track: boolean;
}

/** The contract every wallet knows: coins that one root key, or n of m keys, may spend (spec 09 §8.1). */
const MULTISIG_CONTRACT =
  "LET root=PREVSTATE(1) IF root NEQ 0x21 THEN IF SIGNEDBY(root) THEN RETURN TRUE ENDIF ENDIF LET n=PREVSTATE(2) LET m=PREVSTATE(3) LET script=[RETURN MULTISIG(]+STRING(n) LET counter=0 WHILE counter LT m DO LET script=script+[ ]+STRING(PREVSTATE(counter+4)) LET counter=INC(counter) ENDWHILE LET script=script+[)] EXEC script";

/** The script of a wallet key, exactly as everybody writes it (spec 04 §8). */
export function simpleScript(publicKey: Bytes): string {
  return `RETURN SIGNEDBY(${toHex0x(publicKey)})`;
}

/** The script row of a wallet key. */
export function simpleRow(publicKey: Bytes, isDefault: boolean): ScriptRow {
  const script = simpleScript(publicKey);
  return { script, address: scriptAddress(script), simple: true, default: isDefault, publicKey, track: true };
}

/** The row of a script that no wallet key signs for. */
export function customRow(script: string, track: boolean): ScriptRow {
  return { script, address: scriptAddress(script), simple: false, default: false, publicKey: ZERO_ID, track };
}

export const MULTISIG_ROW: ScriptRow = customRow(MULTISIG_CONTRACT, false);
