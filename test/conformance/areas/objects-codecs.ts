import { type Address, addressToJSON, readAddress, writeAddress } from "../../../host/protocol/address.js";
import { readCascadeNodes, writeCascadeNodes } from "../../../host/protocol/cascade.js";
import { readCoin, writeCoin } from "../../../host/protocol/coin.js";
import { readIBD, writeIBD } from "../../../host/protocol/ibd.js";
import type { JsonValue } from "../../../host/protocol/json.js";
import { coinToJSON, stateVariableToJSON, tokenToJSON } from "../../../host/protocol/json-views/coin-json.js";
import {
  coinProofToJSON,
  mmrDataToJSON,
  mmrEntryToJSON,
  mmrProofToJSON,
  scriptProofToJSON,
  signatureToJSON,
  witnessToJSON,
} from "../../../host/protocol/json-views/proof-json.js";
import { magicToJSON, transactionToJSON, txBodyToJSON, txHeaderToJSON, txpowToJSON } from "../../../host/protocol/json-views/txpow-json.js";
import { readMagic, writeMagic } from "../../../host/protocol/magic.js";
import { readGreeting, writeGreeting } from "../../../host/protocol/messages/greeting.js";
import {
  readMaximaCTRLMessage,
  readMaximaErrorMsg,
  readMaximaInternal,
  readMaximaMessage,
  readMaximaPackage,
  readMaxTxPoW,
  writeMaximaCTRLMessage,
  writeMaximaErrorMsg,
  writeMaximaInternal,
  writeMaximaMessage,
  writeMaximaPackage,
  writeMaxTxPoW,
} from "../../../host/protocol/messages/maxima.js";
import { readMegaMMRIBD, readMegaMMRSyncData, writeMegaMMRIBD, writeMegaMMRSyncData } from "../../../host/protocol/messages/mega-mmr.js";
import {
  readMLSPacketGETReq,
  readMLSPacketGETResp,
  readMLSPacketSET,
  writeMLSPacketGETReq,
  writeMLSPacketGETResp,
  writeMLSPacketSET,
} from "../../../host/protocol/messages/mls.js";
import { readPulse, writePulse } from "../../../host/protocol/messages/pulse.js";
import { readMMRData, readMMREntry, readMMRProof, writeMMRData, writeMMREntry, writeMMRProof } from "../../../host/protocol/mmr-objects.js";
import type { Reader } from "../../../host/protocol/reader.js";
import { readSignature, writeSignature } from "../../../host/protocol/signature.js";
import { readStateVariable, writeStateVariable } from "../../../host/protocol/state-variable.js";
import { readToken, writeToken } from "../../../host/protocol/token.js";
import { readTransaction, writeTransaction } from "../../../host/protocol/transaction.js";
import { readTxBlock, writeTxBlock } from "../../../host/protocol/txblock.js";
import { readTxBody, writeTxBody } from "../../../host/protocol/txbody.js";
import { readTxHeader, writeTxHeader } from "../../../host/protocol/txheader.js";
import { readTxnRow, writeTxnRow } from "../../../host/protocol/txn-row.js";
import { readTxPoW, writeTxPoW } from "../../../host/protocol/txpow.js";
import {
  readCoinProof,
  readScriptProof,
  readWitness,
  writeCoinProof,
  writeScriptProof,
  writeWitness,
} from "../../../host/protocol/witness.js";
import type { Writer } from "../../../host/protocol/writer.js";

/** How one kind of object is read, written and printed, without its type. */
export interface ObjectCodec {
  readonly read: (reader: Reader) => unknown;
  readonly write: (writer: Writer, object: unknown) => void;
  readonly toJSON: ((object: unknown) => JsonValue) | undefined;
}

function codec<T>(read: (reader: Reader) => T, write: (writer: Writer, object: T) => void, toJSON?: (object: T) => JsonValue): ObjectCodec {
  return {
    read,
    write: (writer, object) => write(writer, object as T),
    toJSON: toJSON === undefined ? undefined : (object) => toJSON(object as T),
  };
}

/** Every wire object by the name the vectors give it. */
export const objectCodecs: Readonly<Record<string, ObjectCodec>> = {
  StateVariable: codec(readStateVariable, writeStateVariable, stateVariableToJSON),
  Address: codec<Address>(readAddress, writeAddress, addressToJSON),
  Token: codec(readToken, writeToken, tokenToJSON),
  Coin: codec(readCoin, writeCoin, (coin) => coinToJSON(coin)),
  MMRData: codec(readMMRData, writeMMRData, mmrDataToJSON),
  MMREntry: codec(readMMREntry, writeMMREntry, mmrEntryToJSON),
  MMRProof: codec(readMMRProof, writeMMRProof, mmrProofToJSON),
  CoinProof: codec(readCoinProof, writeCoinProof, coinProofToJSON),
  ScriptProof: codec(readScriptProof, writeScriptProof, scriptProofToJSON),
  Signature: codec(readSignature, writeSignature, signatureToJSON),
  Transaction: codec(readTransaction, writeTransaction, transactionToJSON),
  Witness: codec(readWitness, writeWitness, witnessToJSON),
  Magic: codec(readMagic, writeMagic, magicToJSON),
  TxHeader: codec(readTxHeader, writeTxHeader, (header) => txHeaderToJSON(header, "UTC")),
  TxBody: codec(readTxBody, writeTxBody, txBodyToJSON),
  TxPoW: codec(readTxPoW, writeTxPoW, (txpow) => txpowToJSON(txpow, "UTC")),
  TxBlock: codec(readTxBlock, writeTxBlock),
  Cascade: codec(readCascadeNodes, writeCascadeNodes),
  IBD: codec(readIBD, writeIBD),
  Greeting: codec(readGreeting, writeGreeting),
  Pulse: codec(readPulse, writePulse),
  MegaMMRSyncData: codec(readMegaMMRSyncData, writeMegaMMRSyncData),
  MegaMMRIBD: codec(readMegaMMRIBD, writeMegaMMRIBD),
  MaximaCTRLMessage: codec(readMaximaCTRLMessage, writeMaximaCTRLMessage),
  MaximaPackage: codec(readMaximaPackage, writeMaximaPackage),
  MaxTxPoW: codec(readMaxTxPoW, writeMaxTxPoW),
  MaximaInternal: codec(readMaximaInternal, writeMaximaInternal),
  MaximaMessage: codec(readMaximaMessage, writeMaximaMessage),
  MaximaErrorMsg: codec(readMaximaErrorMsg, writeMaximaErrorMsg),
  MLSPacketSET: codec(readMLSPacketSET, writeMLSPacketSET),
  MLSPacketGETReq: codec(readMLSPacketGETReq, writeMLSPacketGETReq),
  MLSPacketGETResp: codec(readMLSPacketGETResp, writeMLSPacketGETResp),
  TxnRow: codec(readTxnRow, writeTxnRow),
};
