import { X509Certificate } from "node:crypto";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

/** Whom a client takes for the right server. Without either of the two: whom the machine's own certificate authorities vouch for. */
export interface TlsTrust {
  /** PEM text: certificates of authorities, or the very certificate of the server. */
  readonly ca?: string;
  /** SHA-256 of the server's certificate in hexadecimal, with or without colons. */
  readonly fingerprint?: string;
}

/** A server that does not prove who it is. */
export class UntrustedServerError extends Error {
  override readonly name = "UntrustedServerError";
}

const CONNECT_TIMEOUT_MS = 15_000;

/**
 * Connects with an RPC server, over TLS if `trust` is given. Nothing was sent to a server that is not trusted: its promise is rejected
 * with `UntrustedServerError`.
 */
export function openSocket(host: string, port: number, trust: TlsTrust | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket =
      trust === undefined
        ? connectPlain({ host, port })
        : connectTls({
            host,
            port,
            minVersion: "TLSv1.2",
            rejectUnauthorized: false,
            ...name,
            ...(trust.ca === undefined ? {} : { ca: trust.ca }),
          });
    const settle = (): void => {
      clearTimeout(timer);
      socket.off("error", fail).off("close", closed).off(ready, checked);
    };
    const fail = (error: Error): void => {
      settle();
      socket.on("error", () => undefined).destroy();
      reject(error);
    };
    const closed = (): void => fail(new Error("closed by the other side"));
    const checked = (): void => {
      const distrust = trust === undefined ? undefined : reasonForDistrust(socket as TLSSocket, trust);
      if (distrust !== undefined) fail(new UntrustedServerError(distrust));
      else {
        settle();
        resolve(socket);
      }
    };
    const ready = trust === undefined ? "connect" : "secureConnect";
    const timer = setTimeout(() => fail(new Error("no answer in time")), CONNECT_TIMEOUT_MS);
    socket.once("error", fail).once("close", closed).once(ready, checked);
  });
}

/** Why a server is not taken for the right one. Decided here and not by TLS, as a certificate that is known needs no right name. */
function reasonForDistrust(socket: TLSSocket, { ca, fingerprint }: TlsTrust): string | undefined {
  const shown = socket.getPeerCertificate().fingerprint256;
  if (fingerprint !== undefined)
    return plain(fingerprint) === plain(shown) ? undefined : `its certificate has the fingerprint ${shown}, not the expected one`;
  if (ca !== undefined && certificatesIn(ca).some((known) => known.fingerprint256 === shown)) return undefined;
  return socket.authorized
    ? undefined
    : `its certificate is not trusted: ${socket.authorizationError?.message ?? "unknown"}; its fingerprint is ${shown}`;
}

const plain = (fingerprint: string): string => fingerprint.replace(/[^0-9a-f]/gi, "").toUpperCase();

function certificatesIn(text: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
