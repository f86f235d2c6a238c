import { randomBytes } from "node:crypto";
import {
  aesDecrypt,
  aesEncrypt,
  decryptPackage,
  decryptWithPassword,
  encryptFor,
  encryptWithPassword,
  passwordKey,
  readCryptoPackage,
  rsaSign,
  rsaVerify,
  writeCryptoPackage,
} from "../../../host/protocol/encryption.js";
import { decode } from "../../../host/protocol/reader.js";
import { encode } from "../../../host/protocol/writer.js";
import type { Case } from "../area.js";
import { each, refused, same } from "../checks.js";
import { fromHex, lowerHex } from "./base-bytes.js";

interface EncryptionFile {
  readonly pbkdf2: readonly { readonly password: string; readonly salt: string; readonly key: string }[];
  readonly passwordCrypto: readonly { readonly password: string; readonly data: string; readonly encrypted: string }[];
  readonly aesCbc: readonly { readonly iv: string; readonly key: string; readonly plain: string; readonly cipher: string }[];
  readonly cryptoPackage: readonly {
    readonly public: string;
    readonly private: string;
    readonly plain: string;
    readonly package: string;
  }[];
  readonly signature: readonly {
    readonly public: string;
    readonly private?: string;
    readonly message: string;
    readonly signature: string;
    readonly valid?: boolean;
  }[];
}

export function* encryption(data: unknown): Iterable<Case> {
  const file = data as EncryptionFile;
  yield* each("pbkdf2", file.pbkdf2, async (c) => same(lowerHex(await passwordKey(c.password, fromHex(c.salt))), c.key));
  yield* each("passwordCrypto", file.passwordCrypto, async (c) => {
    same(lowerHex(await decryptWithPassword(c.password, fromHex(c.encrypted))), c.data);
    const again = await encryptWithPassword(c.password, fromHex(c.data), randomBytes);
    same(lowerHex(await decryptWithPassword(c.password, again)), c.data, "round trip");
  });
  yield* each("aesCbc", file.aesCbc, (c) => {
    const [key, iv] = [fromHex(c.key), fromHex(c.iv)];
    same(lowerHex(aesEncrypt(key, iv, fromHex(c.plain))), c.cipher);
    same(lowerHex(aesDecrypt(key, iv, fromHex(c.cipher))), c.plain);
  });
  yield* each("cryptoPackage", file.cryptoPackage, (c) => {
    const item = decode(readCryptoPackage, fromHex(c.package));
    same(lowerHex(encode(writeCryptoPackage, item)), c.package, "encoding");
    same(lowerHex(decryptPackage(fromHex(c.private), item)), c.plain);
    const again = encryptFor(fromHex(c.public), fromHex(c.plain), randomBytes);
    same(lowerHex(decryptPackage(fromHex(c.private), again)), c.plain, "round trip");
  });
  yield* each("signature", file.signature, (c) => {
    const check = (): boolean => rsaVerify(fromHex(c.public), fromHex(c.message), fromHex(c.signature));
    if (c.valid === undefined) refused(check, "no signature at all");
    else same(check(), c.valid);
    if (c.private !== undefined) same(lowerHex(rsaSign(fromHex(c.private), fromHex(c.message))), c.signature, "signed again");
  });
}
