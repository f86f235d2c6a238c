import { MAXIMA_FAIL, MAXIMA_OK, MAXIMA_TOO_BIG, MAXIMA_UNKNOWN, MAXIMA_WRONG_HASH } from "../net/maxima-host.js";
import { type Bytes, equalBytes } from "../protocol/bytes.js";
import { ProtocolError } from "../protocol/errors.js";
import { readMaximaErrorMsg } from "../protocol/messages/maxima.js";
import { type MLSPacketGETResp, readMLSPacketGETResp } from "../protocol/messages/mls.js";
import { Reader } from "../protocol/reader.js";
import type { Delivery } from "./link.js";

/** What the other side says of a message. */
export type Answer = Pick<Delivery, "status" | "error" | "mls">;

const STATUSES = [
  [MAXIMA_OK, "ok"],
  [MAXIMA_FAIL, "fail"],
  [MAXIMA_UNKNOWN, "unknown"],
  [MAXIMA_TOO_BIG, "toobig"],
  [MAXIMA_WRONG_HASH, "wronghash"],
] as const;

/** Reads the payload of a PING as an answer; undefined when it is none, as the regular pings are (spec 08 §6). */
export function readAnswer(payload: Bytes): Answer | undefined {
  const status = STATUSES.find(([bytes]) => equalBytes(bytes, payload));
  if (status !== undefined) return { status: status[1] };
  const mls = whole<MLSPacketGETResp>(readMLSPacketGETResp, payload);
  if (mls !== undefined) return { status: "mls", mls };
  const error = whole(readMaximaErrorMsg, payload);
  return error === undefined ? undefined : { status: "nothing", error: error.error };
}

function whole<T>(read: (reader: Reader) => T, bytes: Bytes): T | undefined {
  const reader = new Reader(bytes);
  try {
    const item = read(reader);
    return reader.remaining === 0 ? item : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
