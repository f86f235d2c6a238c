import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addTargetOptions, type TargetOptions, targetOf } from "../../host/cli/target.js";
import { askNode, RpcConnectionError, type RpcTarget } from "../../host/rpc/client.js";
import { type RunningServer, startHttpServer } from "../../host/rpc/http-server.js";
import { CERTIFICATE_FILE, KEY_FILE, openIdentity, type TlsIdentity } from "../../host/rpc/tls/identity.js";
import { makeSelfSigned } from "../../host/rpc/tls/self-signed.js";
import { ECHO_SERVER, exchange } from "./raw.js";

let folder = "";
let identity: TlsIdentity;
let server: RunningServer;
let seen: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tls-"));
  identity = openIdentity(folder, null, "192.0.2.7");
  seen = [];
  const authorize = async ({ headers }: { readonly headers: ReadonlyMap<string, string> }): Promise<"write"> => {
    seen.push(headers.get("authorization") ?? "nothing");
    return "write";
  };
  server = await startHttpServer({ ...ECHO_SERVER, tls: identity, authorize });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const target = (changes: Partial<RpcTarget>): RpcTarget => ({ host: "127.0.0.1", port: server.port, password: "secret", ...changes });
const failureOf = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => "none",
    (error: unknown) => (error instanceof RpcConnectionError ? error.failure : String(error)),
  );

describe("the certificate a node makes for itself", () => {
  test("is one that others can read, for its own names and addresses", () => {
    const { cert, key } = makeSelfSigned({
      hosts: ["localhost", "127.0.0.1", "2001:db8::7", "::1"],
      serial: new Uint8Array(16).fill(0xff),
    });
    const certificate = new X509Certificate(cert);
    expect(certificate.subject).toBe("CN=minimote");
    expect(certificate.issuer).toBe("CN=minimote");
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.serialNumber).toBe(`01${"FF".repeat(16)}`);
    expect(Date.parse(certificate.validFrom)).toBe(Date.UTC(2020, 0, 1));
    expect(Date.parse(certificate.validTo)).toBe(Date.UTC(2099, 11, 31, 23, 59, 59));
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.checkIP("2001:db8::7")).toBeDefined();
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.checkHost("example.org")).toBeUndefined();
    expect(key).toContain("PRIVATE KEY");
  });

  test("is made once, its key for the owner's eyes only", () => {
    expect(statSync(join(folder, KEY_FILE)).mode & 0o777).toBe(0o600);
    expect(openIdentity(folder, null, "192.0.2.7").fingerprint).toBe(identity.fingerprint);
    expect(new X509Certificate(identity.cert).checkIP("192.0.2.7")).toBe("192.0.2.7");
  });

  test("may be another one in files; what is no certificate, or has no key, is refused", () => {
    const { cert, key } = makeSelfSigned({ hosts: ["localhost"], serial: Uint8Array.of(1) });
    const both = join(folder, "both.pem");
    writeFileSync(both, cert + key);
    expect(openIdentity(folder, { cert: both, key: both }, "").fingerprint).toBe(new X509Certificate(cert).fingerprint256);
    expect(() => openIdentity(folder, { cert: both, key: join(folder, KEY_FILE) }, "")).toThrow("no good");
    expect(() => openIdentity(folder, { cert: join(folder, KEY_FILE), key: both }, "")).toThrow("no good");
    expect(() => openIdentity(folder, { cert: join(folder, "none"), key: both }, "")).toThrow("cannot be read");
  });
});

describe("a server with TLS", () => {
  test("answers those who speak it, as without", async () => {
    const options = { host: "127.0.0.1", port: server.port, path: "/status", ca: identity.cert };
    const answer = await new Promise<string>((resolve, reject) => {
      request(options, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
        response.on("end", () => resolve(text));
      })
        .on("error", reject)
        .end();
    });
    expect(answer).toBe('{"line":"status","mode":"write"}');
  });

  test("says nothing to those who do not, and nothing older than TLS 1.2", async () => {
    expect(await exchange(server.port, "GET /status HTTP/1.1\r\n\r\n")).not.toContain("line");
    const old = connectTls({ port: server.port, host: "127.0.0.1", ca: identity.cert, minVersion: "TLSv1", maxVersion: "TLSv1.1" });
    await expect(new Promise((resolve, reject) => old.once("secureConnect", resolve).once("error", reject))).rejects.toThrow();
    expect(seen).toEqual([]);
  });

  test("closes while somebody does not go on with the handshake", async () => {
    const silent = connect(server.port, "127.0.0.1");
    silent.on("error", () => undefined);
    await new Promise((resolve) => silent.once("connect", resolve));
    const ended = new Promise((resolve) => silent.once("close", resolve));
    await server.close();
    await ended;
  });
});

describe("a client", () => {
  test("knows the server by its certificate, whatever its name, or by the fingerprint", async () => {
    expect(await askNode(target({ tls: { ca: identity.cert } }), "block")).toContain('"line":"block"');
    const { fingerprint } = identity;
    for (const text of [fingerprint, fingerprint.replaceAll(":", "").toLowerCase()])
      expect(await askNode(target({ tls: { fingerprint: text } }), "block")).toContain('"line":"block"');
    expect(seen).toEqual(new Array(3).fill(`Basic ${Buffer.from("minima:secret").toString("base64")}`));
  });

  test("tells nobody else the password", async () => {
    const other = makeSelfSigned({ hosts: ["127.0.0.1"], serial: Uint8Array.of(2) });
    for (const tls of [{}, { ca: other.cert }, { fingerprint: new X509Certificate(other.cert).fingerprint256 }, { fingerprint: "" }])
      expect(await failureOf(askNode(target({ tls }), "block"))).toBe("untrusted");
    expect(await failureOf(askNode(target({}), "block"))).toBe("unreachable");
    expect(seen).toEqual([]);
  });

  test("says so when nobody is there", async () => {
    const { port } = server;
    await server.close();
    expect(await failureOf(askNode(target({ port, tls: { ca: identity.cert } }), "block"))).toBe("unreachable");
  });
});

describe("the options of a client", () => {
  const targetFor = (...args: readonly string[]): RpcTarget => {
    const command = addTargetOptions(new Command("minimote").exitOverride());
    command.parse(["--data", folder, ...args], { from: "user" });
    return targetOf(command.opts<TargetOptions>());
  };
  const file = (): string => join(folder, CERTIFICATE_FILE);
  const cert = (): string => readFileSync(file(), "utf8");

  test("say whom to trust", () => {
    expect(targetFor().tls).toBeUndefined();
    expect(targetFor("--rpc-tls").tls).toEqual({ ca: cert() });
    expect(targetFor("--rpc-tls", "--rpc-host", "192.0.2.7").tls).toEqual({});
    expect(targetFor("--rpc-ca", file(), "--rpc-host", "192.0.2.7").tls).toEqual({ ca: cert() });
    expect(targetFor("--rpc-fingerprint", "AB:CD").tls).toEqual({ fingerprint: "AB:CD" });
    expect(targetFor("--rpc-tls-cert", file()).tls).toEqual({ ca: cert() });
    expect(() => targetFor("--rpc-ca", "/nowhere/ca.pem")).toThrow("/nowhere/ca.pem cannot be read");
  });
});
