import type { Area } from "../area.js";
import { blockChain, checkBlock } from "./objects-blocks.js";
import {
  casesOf,
  checkAddress,
  checkCascade,
  checkCoin,
  checkPayload,
  checkSigned,
  checkStateVariable,
  checkValidity,
  genesis,
} from "./objects-special.js";
import { checkObject, type ObjectVector } from "./objects-vectors.js";

const plain = casesOf((vector: ObjectVector) => checkObject(vector));

/** Protocol objects (spec 02). */
export const objects: Area = {
  address: casesOf(checkAddress),
  captured_blocks: casesOf(checkBlock),
  captured_sync: casesOf(checkPayload),
  cascade: casesOf(checkCascade),
  coin: casesOf(checkCoin),
  genesis,
  magic: plain,
  malformed: casesOf(checkPayload),
  payloads: casesOf(checkPayload),
  proofs: casesOf(checkSigned),
  statevariable: casesOf(checkStateVariable),
  token: plain,
  transaction: plain,
  txblock_chain: blockChain,
  txbody: plain,
  txheader: plain,
  txpow: plain,
  validity: casesOf(checkValidity),
  witness: plain,
};
