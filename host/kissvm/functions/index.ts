import type { FunctionName } from "../words.js";
import * as bytes from "./bytes.js";
import * as coins from "./coins.js";
import * as conversion from "./conversion.js";
import * as numbers from "./numbers.js";
import type { ScriptFunction } from "./script-function.js";
import * as signatures from "./signatures.js";
import * as state from "./state.js";
import * as text from "./text.js";
import * as variables from "./variables.js";

/** All functions by name (spec 05 §7.9). */
export const SCRIPT_FUNCTIONS: Readonly<Record<FunctionName, ScriptFunction>> = {
  CONCAT: bytes.CONCAT,
  LEN: bytes.LEN,
  REV: bytes.REV,
  SUBSET: bytes.SUBSET,
  GET: variables.GET,
  EXISTS: variables.EXISTS,
  ADDRESS: text.ADDRESS,
  BOOL: conversion.BOOL,
  HEX: conversion.HEX,
  NUMBER: conversion.NUMBER,
  STRING: conversion.STRING,
  ASCII: conversion.ASCII,
  UTF8: conversion.UTF8,
  ABS: numbers.ABS,
  CEIL: numbers.CEIL,
  FLOOR: numbers.FLOOR,
  MAX: numbers.MAX,
  MIN: numbers.MIN,
  DEC: numbers.DEC,
  INC: numbers.INC,
  SIGDIG: numbers.SIGDIG,
  POW: numbers.POW,
  SQRT: numbers.SQRT,
  FUNCTION: variables.FUNCTION,
  SUMINPUTS: coins.SUMINPUTS,
  SUMOUTPUTS: coins.SUMOUTPUTS,
  SETLEN: bytes.SETLEN,
  REPLACE: text.REPLACE,
  REPLACEFIRST: text.REPLACEFIRST,
  SUBSTR: text.SUBSTR,
  OVERWRITE: bytes.OVERWRITE,
  SHA2: text.SHA2,
  SHA3: text.SHA3,
  PROOF: signatures.PROOF,
  BITSET: bytes.BITSET,
  BITGET: bytes.BITGET,
  BITCOUNT: bytes.BITCOUNT,
  SIGNEDBY: signatures.SIGNEDBY,
  MULTISIG: signatures.MULTISIG,
  CHECKSIG: signatures.CHECKSIG,
  GETINADDR: coins.GETINADDR,
  GETINAMT: coins.GETINAMT,
  GETINID: coins.GETINID,
  GETINTOK: coins.GETINTOK,
  VERIFYIN: coins.VERIFYIN,
  GETOUTADDR: coins.GETOUTADDR,
  GETOUTAMT: coins.GETOUTAMT,
  GETOUTTOK: coins.GETOUTTOK,
  GETOUTKEEPSTATE: coins.GETOUTKEEPSTATE,
  VERIFYOUT: coins.VERIFYOUT,
  STATE: state.STATE,
  PREVSTATE: state.PREVSTATE,
  SAMESTATE: state.SAMESTATE,
};
