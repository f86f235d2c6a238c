import type { Area } from "../area.js";
import {
  casesOf,
  checkAddress,
  checkCascade,
  checkCoin,
  checkPayload,
  checkStateVariable,
  checkValidity,
  genesis,
} from "./objects-special.js";
import { checkObject, type ObjectVector } from "./objects-vectors.js";

const plain = casesOf((vector: ObjectVector) => checkObject(vector));

/** Protocol objects (spec 02). */
export const objects: Area = {
  address: casesOf(checkAddress),
  captured_sync: casesOf(checkPayload),
  cascade: casesOf(checkCascade),
  coin: casesOf(checkCoin),
  genesis,
  magic: plain,
  payloads: casesOf(checkPayload),
  proofs: plain,
  statevariable: casesOf(checkStateVariable),
  token: plain,
  transaction: plain,
  txbody: plain,
  txheader: plain,
  txpow: plain,
  validity: casesOf(checkValidity),
  witness: plain,
};
