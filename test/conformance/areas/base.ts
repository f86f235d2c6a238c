import type { Area } from "../area.js";
import { hashes, miniData, miniStringAndByte, mxAddresses, scriptAddresses } from "./base-bytes.js";
import { encryption } from "./base-encryption.js";
import { entryNumbers, numberBinary, numberParse, numberPowSigdig, numberRead, numberUnary } from "./base-number.js";
import { json, seedPhrase } from "./base-text.js";

/** Base types (spec 01). */
export const base: Area = {
  mininumber_parse: numberParse,
  mininumber_binary: numberBinary,
  mininumber_unary: numberUnary,
  mininumber_pow_sigdig: numberPowSigdig,
  mininumber_read: numberRead,
  mmrentrynumber: entryNumbers,
  minidata: miniData,
  ministring_minibyte: miniStringAndByte,
  hashes,
  mx_addresses: mxAddresses,
  script_addresses: scriptAddresses,
  seedphrase: seedPhrase,
  json,
  encryption,
};
