import { type Bytes, CREATE_TOKEN_ID, parseHex, ZERO_ID } from "../../protocol/bytes.js";
import type { Coin } from "../../protocol/coin.js";
import { ENTRY_ZERO } from "../../protocol/entry-number.js";
import { decodeMx } from "../../protocol/mx.js";
import { MiniNumber } from "../../protocol/number.js";
import { type StateVariable, stateVariableFromText } from "../../protocol/state-variable.js";
import { minimaAmount, type Token, tokenId } from "../../protocol/token.js";
import { EMPTY_TRANSACTION, type Transaction } from "../../protocol/transaction.js";
import { InputError, type Json } from "./json.js";

/** Stands for the address of the script that is run. */
const OWN_ADDRESS = "@ADDRESS";

/** State variables: an object of texts by port, or the list that nodes print. */
export function readState(json: Json | undefined): StateVariable[] {
  if (json === undefined) return [];
  if (json.isList)
    return json.list().map((item) => readVariable(required(item, "port").text(), required(item, "data"), item.member("type")?.integer(1)));
  return json.members().map(([port, value]) => readVariable(port, value));
}

function readVariable(port: string, value: Json, type?: number): StateVariable {
  if (!/^\d{1,3}$/.test(port)) throw new InputError(`${value.path}: a port is a number from 0 to 255`);
  const text = value.text();
  // A STRING variable may hold any text, bracketed or not.
  if (type === 4) return { port: Number(port), type, text };
  return value.read((known) => stateVariableFromText(Number(port), known));
}

/** A transaction as nodes print it; all members but amounts may be left out. */
export function readTransaction(json: Json | undefined, own: Bytes): Transaction {
  if (json === undefined) return EMPTY_TRANSACTION;
  json.only("inputs", "outputs", "state", "linkhash", "transactionid");
  const coins = (name: string): readonly Coin[] =>
    json
      .member(name)
      ?.list()
      .map((coin) => readCoin(coin, own)) ?? [];
  return {
    inputs: coins("inputs"),
    outputs: coins("outputs"),
    state: readState(json.member("state")),
    linkhash: json.member("linkhash")?.read(parseHex) ?? ZERO_ID,
  };
}

const COIN_MEMBERS = [
  "coinid",
  "amount",
  "tokenamount",
  "address",
  "miniaddress",
  "tokenid",
  "token",
  "storestate",
  "state",
  "spent",
  "mmrentry",
  "created",
];

function readCoin(json: Json, own: Bytes): Coin {
  json.only(...COIN_MEMBERS);
  const tokenJson = json.member("token");
  const token = tokenJson === undefined ? null : readToken(tokenJson);
  return {
    coinid: json.member("coinid")?.read(parseHex) ?? ZERO_ID,
    address: readAddress(json, own),
    amount: readAmount(json, token),
    tokenid: json.member("tokenid")?.read(parseHex) ?? (token === null ? ZERO_ID : tokenId(token)),
    storestate: json.member("storestate")?.flag() ?? true,
    mmrentry: ENTRY_ZERO,
    spent: 0,
    created: json.member("created")?.read(MiniNumber.parse) ?? MiniNumber.ZERO,
    state: readState(json.member("state")),
    token,
  };
}

function readAddress(json: Json, own: Bytes): Bytes {
  const address = json.member("address");
  if (address === undefined || address.text() === OWN_ADDRESS) return own;
  return address.read((text) => (text.startsWith("Mx") ? decodeMx(text) : parseHex(text)));
}

/** In Minima, or in tokens if only that is given. */
function readAmount(json: Json, token: Token | null): MiniNumber {
  const amount = json.member("amount");
  if (amount !== undefined) return amount.read(MiniNumber.parse);
  const tokens = json.member("tokenamount");
  if (tokens === undefined || token === null) throw new InputError(`${json.path} needs an amount`);
  return minimaAmount(token, tokens.read(MiniNumber.parse));
}

const TOKEN_MEMBERS = ["coinid", "script", "scale", "amount", "totalamount", "name", "created", "total", "decimals", "tokenid"];

function readToken(json: Json): Token {
  json.only(...TOKEN_MEMBERS);
  const name = json.member("name");
  return {
    coinid: json.member("coinid")?.read(parseHex) ?? CREATE_TOKEN_ID,
    script: json.member("script")?.text() ?? "RETURN TRUE",
    scale: json.member("scale")?.read(MiniNumber.parse) ?? MiniNumber.ZERO,
    amount: (json.member("totalamount") ?? json.member("amount"))?.read(MiniNumber.parse) ?? MiniNumber.ONE,
    name: name === undefined ? "" : typeof name.value === "object" ? JSON.stringify(name.value) : name.text(),
    created: json.member("created")?.read(MiniNumber.parse) ?? MiniNumber.ZERO,
  };
}

function required(json: Json, name: string): Json {
  const member = json.member(name);
  if (member === undefined) throw new InputError(`${json.path} needs a ${name}`);
  return member;
}
