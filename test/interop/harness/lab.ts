import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kind, NodeUnderTest } from "./node-under-test.js";

const FIRST_PORT = Number(process.env.MINIMA_INTEROP_PORT ?? 22000);
/** A node uses its port and the few after it. */
const PORTS_PER_NODE = 10;
const NODES_PER_FILE = 20;

export interface LabNode {
  readonly founder?: boolean;
  readonly connect?: readonly NodeUnderTest[];
  readonly p2p?: boolean;
  readonly args?: readonly string[];
}

/** Nodes of one test file, with their folders; whatever happens, they end with it. */
export class Lab {
  #folder: string | undefined;
  readonly #nodes: NodeUnderTest[] = [];
  #failed = false;

  /** A node that is known by its kind and number. It is not started yet. */
  async make(kind: Kind, { founder = false, connect = [], p2p = false, args = [] }: LabNode = {}): Promise<NodeUnderTest> {
    this.#folder ??= mkdtempSync(join(tmpdir(), "minimote-interop-"));
    const name = `${kind}-${this.#nodes.length + 1}`;
    const node = new NodeUnderTest({
      kind,
      name,
      folder: join(this.#folder, name),
      port: await nextPorts(),
      founder,
      connect: connect.map(({ port }) => port),
      p2p,
      args,
    });
    this.#nodes.push(node);
    return node;
  }

  /** A node that runs. */
  async start(kind: Kind, options: LabNode = {}): Promise<NodeUnderTest> {
    const node = await this.make(kind, options);
    await node.start();
    return node;
  }

  /** The logs stay when a test has failed. */
  keep(): void {
    this.#failed = true;
  }

  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop("SIGKILL")));
    if (this.#failed) console.log(`logs are in ${this.#folder}`);
    else if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

let taken = 0;

/** The first of some ports in a row that nobody listens on. Test files run in processes of their own, each with a range of its own. */
async function nextPorts(): Promise<number> {
  const range = FIRST_PORT + (Number(process.env.VITEST_POOL_ID ?? 1) - 1) * PORTS_PER_NODE * NODES_PER_FILE;
  for (;;) {
    const port = range + PORTS_PER_NODE * (taken++ % NODES_PER_FILE);
    if ((await isFree(port)) && (await isFree(port + 4))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "0.0.0.0", () => server.close(() => resolve(true)));
  });
}
