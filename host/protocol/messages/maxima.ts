import { type Bytes, equalBytes } from "../bytes.js";
import { hashObject, hashWith } from "../hash.js";
import { memo } from "../memo.js";
import type { MiniNumber } from "../number.js";
import type { Reader } from "../reader.js";
import { readTxPoW, type TxPoW, writeTxPoW } from "../txpow.js";
import { encode, type Writer } from "../writer.js";

/** Written into packages, never checked (spec 08 §3). */
export const MAXIMA_VERSION = "1.0";
/** The longest encoding of a package that is forwarded or opened (spec 08 §13). */
export const MAX_MAXIMA_PACKAGE = 262_144;

export const MAXIMA_CTRL_ID = 0;
export const MAXIMA_CTRL_MLS = 1;

/** Announces a key: the host key of a client, or the MLS key of a host (spec 08 §9). */
export interface MaximaCTRLMessage {
  readonly type: number;
  readonly data: Bytes;
}

export function readMaximaCTRLMessage(reader: Reader): MaximaCTRLMessage {
  return { type: reader.byte(), data: reader.data() };
}

export function writeMaximaCTRLMessage(writer: Writer, message: MaximaCTRLMessage): void {
  writer.byte(message.type);
  writer.data(message.data);
}

/** An encrypted message and the key it is for (spec 08 §3, layer 4). */
export interface MaximaPackage {
  readonly version: string;
  readonly to: Bytes;
  readonly data: Bytes;
}

export function readMaximaPackage(reader: Reader): MaximaPackage {
  return { version: reader.string(), to: reader.data(), data: reader.data() };
}

export function writeMaximaPackage(writer: Writer, item: MaximaPackage): void {
  writer.string(item.version);
  writer.data(item.to);
  writer.data(item.data);
}

/** What the TxPoW of a message commits to (spec 02 §2). */
export const maximaPackageHash = memo((item: MaximaPackage): Bytes => hashObject(writeMaximaPackage, item));

/** A package and the work done for it (spec 02 §18.7). */
export interface MaxTxPoW {
  readonly version: string;
  readonly package: MaximaPackage;
  readonly txpow: TxPoW;
}

export function readMaxTxPoW(reader: Reader): MaxTxPoW {
  return { version: reader.string(), package: readMaximaPackage(reader), txpow: readTxPoW(reader) };
}

export function writeMaxTxPoW(writer: Writer, item: MaxTxPoW): void {
  writer.string(item.version);
  writeMaximaPackage(writer, item.package);
  writeTxPoW(writer, item.txpow);
}

/** Whether the TxPoW was made for this package; its work is not looked at (spec 02 §18.7). */
export function isForPackage(item: MaxTxPoW): boolean {
  return equalBytes(item.txpow.header.customhash, maximaPackageHash(item.package));
}

/** A signed message (spec 08 §3, layer 2). */
export interface MaximaInternal {
  readonly from: Bytes;
  /** The bytes of a MaximaMessage. */
  readonly data: Bytes;
  readonly signature: Bytes;
}

export function readMaximaInternal(reader: Reader): MaximaInternal {
  return { from: reader.data(), data: reader.data(), signature: reader.data() };
}

export function writeMaximaInternal(writer: Writer, item: MaximaInternal): void {
  writer.data(item.from);
  writer.data(item.data);
  writer.data(item.signature);
}

/** The message itself (spec 08 §3, layer 1). */
export interface MaximaMessage {
  /** 32 random bytes. */
  readonly random: Bytes;
  readonly from: Bytes;
  readonly to: Bytes;
  readonly time: MiniNumber;
  readonly application: string;
  readonly data: Bytes;
}

export function readMaximaMessage(reader: Reader): MaximaMessage {
  return {
    random: reader.data(),
    from: reader.data(),
    to: reader.data(),
    time: reader.number(),
    application: reader.string(),
    data: reader.data(),
  };
}

export function writeMaximaMessage(writer: Writer, message: MaximaMessage): void {
  writer.data(message.random);
  writer.data(message.from);
  writer.data(message.to);
  writer.number(message.time);
  writer.string(message.application);
  writer.data(message.data);
}

/** The hash of the length-prefixed encoding (spec 08 §3). */
export const maximaMessageId = memo(
  (message: MaximaMessage): Bytes => hashWith((writer) => writer.data(encode(writeMaximaMessage, message))),
);

/** Why a message was refused (spec 02 §18.8). */
export interface MaximaErrorMsg {
  readonly error: string;
}

export function readMaximaErrorMsg(reader: Reader): MaximaErrorMsg {
  return { error: reader.string() };
}

export function writeMaximaErrorMsg(writer: Writer, message: MaximaErrorMsg): void {
  writer.string(message.error);
}
