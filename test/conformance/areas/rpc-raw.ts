import { parseJson } from "../../../host/protocol/json.js";
import type { Case } from "../area.js";
import { same } from "../checks.js";
import { compareJson } from "../rpc/compare-json.js";
import { IdMap } from "../rpc/id-map.js";
import { NodeUnderTest } from "../rpc/node-under-test.js";
import { exchange, splitHttp } from "../rpc/raw-http.js";

/** The bytes of one request and its response, as Latin-1 text. */
interface RawCase {
  readonly name: string;
  readonly requestLatin1: string;
  readonly responseLatin1: string;
  readonly end: "closed" | "timeout";
}

const PATIENCE_MS = 30_000;
const SILENCE_MS = 1500;
const MINING_HEIGHT = 6;

/** Raw requests to a node without password. */
export function checkHttp(data: unknown): Iterable<Case> {
  return replay(data as readonly RawCase[], () => NodeUnderTest.start({}));
}

/** Raw requests to a node with a password, in order. */
export function checkAuth(data: unknown): Iterable<Case> {
  const items = data as readonly RawCase[];
  return replay(items, () => NodeUnderTest.start({ rpcPassword: passwordOf(items), rpcCrlf: true }));
}

function* replay(items: readonly RawCase[], start: () => Promise<NodeUnderTest>): Iterable<Case> {
  let started: Promise<NodeUnderTest> | undefined;
  const node = (): Promise<NodeUnderTest> => {
    started ??= start().then(async (under) => {
      await under.mineTo(MINING_HEIGHT);
      return under;
    });
    return started;
  };
  const ids = new IdMap();
  for (const item of items) yield { name: item.name, run: async () => check(await node(), ids, item, items) };
  yield { name: "stop", run: async () => (await node()).stop() };
}

/** The password of user `minima` that the recorded node accepted. */
function passwordOf(items: readonly RawCase[]): string {
  for (const { requestLatin1, responseLatin1 } of items) {
    const credentials = /^Authorization: Basic (\S+)\r?$/m.exec(requestLatin1)?.[1];
    if (credentials === undefined || !responseLatin1.includes(" 200 ")) continue;
    const [user, password] = Buffer.from(credentials, "base64").toString("utf8").trim().split(":");
    if (user === "minima" && password !== undefined) return password;
  }
  throw new Error("no request has the right password");
}

async function check(under: NodeUnderTest, ids: IdMap, item: RawCase, all: readonly RawCase[]): Promise<void> {
  const { requestLatin1: request } = item;
  const expected = await expectation(under, item, all);
  const answer = await exchange(under.rpcPort, request, expected.end === "timeout" ? SILENCE_MS : PATIENCE_MS);
  same(answer.end, expected.end, "end");
  const theirs = splitHttp(expected.responseLatin1);
  const ours = splitHttp(answer.text);
  if (theirs === null || ours === null) {
    same(ours, theirs, "response");
    return;
  }
  same(ours.statusLine, theirs.statusLine, "status line");
  same(ours.headers.map(masked), theirs.headers.map(masked), "headers");
  const announced = /^Content-length: (\d+)$/m.exec(ours.headers.join("\n"))?.[1];
  if (announced !== undefined) same(ours.body.length - 1, Number(announced), "length of the body without its line end");
  sameBody(ids, ours.body, theirs.body);
}

/** A header line without what varies. */
function masked(line: string): string {
  return line.replace(/^(Date: ).*/, "$1...").replace(/^(Content-length: )\d+$/, "$1n");
}

function sameBody(ids: IdMap, ours: string, theirs: string): void {
  same(ours.endsWith("\n"), theirs.endsWith("\n"), "line end after the body");
  const recorded = parseJson(utf8(theirs));
  const answer = parseJson(utf8(ours));
  if (theirs === '{"status":false}\n') {
    same(answer instanceof Map && answer.get("status"), false, "status");
    return;
  }
  const { differences, pairs } = compareJson(recorded, answer, { ids, exact: false, consistent: false });
  for (const [recordedId, ourId] of pairs) ids.learn(recordedId, ourId);
  if (differences.length > 0) throw new Error(differences.join(" | "));
}

const utf8 = (latin1: string): string => Buffer.from(latin1, "latin1").toString("utf8");

/**
 * What must come back. Where the reference reads a request in a way of its own that is not to be reproduced (spec 09 §20: names of
 * headers only in one case, lengths in characters), it is the answer to the same request in the form that means the same to both.
 */
async function expectation(under: NodeUnderTest, item: RawCase, all: readonly RawCase[]): Promise<RawCase> {
  const { head, body } = split(item.requestLatin1);
  const canonical = head.replace(/^content-length:/im, "Content-Length:").replace(/^authorization:/im, "Authorization:");
  const characters = utf8(body).length;
  if (canonical === head && characters === body.length) return item;
  const counted = canonical.replace(new RegExp(`^Content-Length: ${body.length}$`, "m"), `Content-Length: ${characters}`);
  const recorded = all.find(({ requestLatin1 }) => requestLatin1 === counted + body);
  if (recorded !== undefined && recorded !== item) return recorded;
  const length = Number(/^Content-Length: (\d+)/m.exec(canonical)?.[1] ?? body.length);
  const { text, end } = await exchange(under.rpcPort, canonical + body.slice(0, length), PATIENCE_MS);
  return { ...item, responseLatin1: text, end };
}

function split(request: string): { readonly head: string; readonly body: string } {
  const end = request.indexOf("\r\n\r\n") + 4;
  return end < 4 ? { head: request, body: "" } : { head: request.slice(0, end), body: request.slice(end) };
}
