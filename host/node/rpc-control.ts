/** A user beside the default one (spec 09 §2.3). */
export interface RpcUser {
  readonly username: string;
  readonly mode: "read" | "write";
}

/** The RPC server of a node, as its `rpc` command sees it (spec 09 §5). */
export interface RpcControl {
  readonly isEnabled: boolean;
  readonly port: number;
  /** DER of the public key of the server's certificate, if it speaks TLS. */
  readonly tlsKey: Uint8Array | undefined;
  /** Whether a password is needed. */
  readonly isPasswordRequired: boolean;
  users(): readonly RpcUser[];
  /** Throws for a name that is taken by the node itself. */
  checkName(username: string): void;
  addUser(username: string, password: string, mode: RpcUser["mode"]): Promise<void>;
  removeUser(username: string): void;
  setPassword(password: string): Promise<void>;
  /** Stops listening once the answer under way is out, or listens again. */
  enable(on: boolean): Promise<void>;
}
