import { downloadText } from "../../node/download.js";
import { type Bytes, equalBytes, parseHex, toHex0x } from "../../protocol/bytes.js";
import { ProtocolError } from "../../protocol/errors.js";
import { isJsonObject, type JsonObject, type JsonValue, jsonObject, parseJson } from "../../protocol/json.js";
import { signatureRootKey } from "../../protocol/mmr-node.js";
import { decode } from "../../protocol/reader.js";
import { readSignature, type Signature } from "../../protocol/signature.js";
import { type Token, tokenId } from "../../protocol/token.js";
import { verifySignature } from "../../protocol/verify-signature.js";

const PAGE_TIMEOUT_MS = 10_000;
/** A page that vouches for a token holds its id and nothing else. */
const MAX_PAGE_BYTES = 4096;

/** What a token says of itself: its name, if that is JSON. */
export function descriptionOf({ name }: Token): JsonObject {
  try {
    const parsed = parseJson(name);
    return isJsonObject(parsed) ? parsed : jsonObject();
  } catch {
    return jsonObject();
  }
}

/** Whether the token is signed by the key it names (spec 09 §7.6). */
export function signatureOf(token: Token): JsonValue {
  const description = descriptionOf(token);
  const [signedBy, text] = [description.get("signedby"), description.get("signature")];
  if (typeof signedBy !== "string" || typeof text !== "string") return jsonObject(["signed", false]);
  const read = readBoth(signedBy, text);
  if (read === undefined) return failed("Signature fails");
  const { publicKey, signature, root } = read;
  if (!equalBytes(publicKey, root)) return failed(`Public key does not match signedby : ${toHex0x(root)}`);
  const valid = isSigned(publicKey, token.coinid, signature);
  return jsonObject(
    ["signed", true],
    ["signedby", toHex0x(publicKey)],
    ["valid", valid],
    valid ? undefined : ["reason", "Signature fails"],
  );
}

/** A signature that cannot be is none. */
function isSigned(publicKey: Bytes, coinid: Bytes, signature: Signature): boolean {
  try {
    return verifySignature(publicKey, coinid, signature);
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

function failed(reason: string): JsonValue {
  return jsonObject(["signed", true], ["valid", false], ["reason", reason]);
}

interface SignedBy {
  readonly publicKey: Bytes;
  readonly signature: Signature;
  /** The key the signature is by. */
  readonly root: Bytes;
}

function readBoth(signedBy: string, text: string): SignedBy | undefined {
  try {
    const signature = decode(readSignature, parseHex(text));
    return { publicKey: parseHex(signedBy), signature, root: signatureRootKey(signature) };
  } catch {
    return undefined;
  }
}

/**
 * Whether the web page a token names holds its id (spec 09 §7.6). With `publicOnly`, pages of this machine and of local networks are
 * not asked for: whoever made the token must not reach them through the node.
 */
export async function webPageOf(token: Token, publicOnly: boolean): Promise<JsonValue> {
  const url = descriptionOf(token).get("webvalidate");
  if (typeof url !== "string") return jsonObject(["webvalidate", false]);
  const reason = await pageFault(url, toHex0x(tokenId(token)), publicOnly);
  return jsonObject(
    ["webvalidate", true],
    ["url", url],
    ["valid", reason === undefined],
    reason === undefined ? undefined : ["reason", reason],
  );
}

/** Why a page does not vouch for a token id; undefined if it does. */
async function pageFault(url: string, id: string, publicOnly: boolean): Promise<string | undefined> {
  try {
    const text = (await downloadText(url, { timeoutMs: PAGE_TIMEOUT_MS, maxBytes: MAX_PAGE_BYTES, publicOnly })).trim();
    return text === id ? undefined : `Data in file does not match tokenid : ${text.slice(0, id.length)}`;
  } catch (error) {
    return `Could not download web file : ${error instanceof Error ? error.message : String(error)}`;
  }
}
