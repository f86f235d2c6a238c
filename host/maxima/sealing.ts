import { type Bytes, equalBytes } from "../protocol/bytes.js";
import {
  aesDecrypt,
  encryptFor,
  type RandomBytes,
  type RSAKeyPair,
  readCryptoPackage,
  rsaDecrypt,
  rsaSign,
  rsaVerify,
  writeCryptoPackage,
} from "../protocol/encryption.js";
import { ProtocolError } from "../protocol/errors.js";
import { hashWith } from "../protocol/hash.js";
import {
  MAXIMA_VERSION,
  type MaximaMessage,
  type MaximaPackage,
  readMaximaInternal,
  readMaximaMessage,
  writeMaximaInternal,
  writeMaximaMessage,
} from "../protocol/messages/maxima.js";
import { decode } from "../protocol/reader.js";
import { encode } from "../protocol/writer.js";

/** Every public key of the network is a 1024-bit RSA key with exponent 65537 (spec 08 §1). */
export const PUBLIC_KEY_BYTES = 162;
const AES_KEY_BYTES = 16;

/** Somebody signed another's message, or not this one (spec 08 §7, steps 7 and 8). */
export class ForgedError extends Error {
  override readonly name = "ForgedError";
}

/** A message that was opened. */
export interface OpenedMessage {
  readonly message: MaximaMessage;
  /** Over the bytes that were signed (spec 08 §3). */
  readonly id: Bytes;
}

/** Signs a message and encrypts it for its recipient (spec 08 §3, layers 2 to 4). Throws `ProtocolError` for a recipient key that is none. */
export function sealMessage(message: MaximaMessage, sender: RSAKeyPair, random: RandomBytes): MaximaPackage {
  const data = encode(writeMaximaMessage, message);
  const internal = { from: sender.publicKey, data, signature: rsaSign(sender.privateKey, data) };
  const sealed = encryptFor(message.to, encode(writeMaximaInternal, internal), random);
  return { version: MAXIMA_VERSION, to: message.to, data: encode(writeCryptoPackage, sealed) };
}

/**
 * Opens a package (spec 08 §7, steps 6 to 8). Throws `ProtocolError` for what nobody is answered for, `ForgedError` for a signature that
 * is not its sender's.
 */
export function openPackage(item: MaximaPackage, privateKey: Bytes, random: RandomBytes): OpenedMessage {
  const sealed = decode(readCryptoPackage, item.data);
  const key = secretOr(random(AES_KEY_BYTES), privateKey, sealed.secret);
  const { from, data, signature } = decode(readMaximaInternal, aesDecrypt(key, sealed.iv, sealed.data));
  if (from.length !== PUBLIC_KEY_BYTES) throw new ProtocolError("malformed", "not a signed message");
  if (!rsaVerify(from, data, signature)) throw new ForgedError("the signature is not the sender's");
  const message = decode(readMaximaMessage, data);
  if (!equalBytes(message.from, from)) throw new ForgedError("the message is another's");
  return { message, id: hashWith((writer) => writer.data(data)) };
}

/** A secret that cannot be opened counts as another key: how long it takes does not tell which it was. */
function secretOr(other: Bytes, privateKey: Bytes, secret: Bytes): Bytes {
  try {
    const key = rsaDecrypt(privateKey, secret);
    return key.length === AES_KEY_BYTES ? key : other;
  } catch (error) {
    if (error instanceof ProtocolError) return other;
    throw error;
  }
}
