import type { Signer } from "../../wallet/payment.js";
import type { Wallet } from "../../wallet/wallet.js";

/** Runs work that signs with the wallet, or with the password of a locked one, which stays locked for all others. Throws `WalletError`. */
export function unlockedFor<T>(password: string | undefined, wallet: Wallet, work: (signer: Signer) => Promise<T>): Promise<T> {
  return password === undefined ? work(wallet) : wallet.withUnlocked(password, work);
}
