import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { NodeUnderTest } from "./node-under-test.js";

/** A MAXIMA event (spec 09 §16.1). */
export interface MaximaEvent {
  readonly from: string;
  readonly application: string;
  readonly data: string;
  readonly msgid: string;
}

export interface HostJson {
  readonly host: string;
  readonly connected: boolean;
}

/** Takes in what nodes tell their web hooks. */
export class Hooks {
  readonly #servers: Server[] = [];

  /** The Maxima messages that come for applications of a node, from now on. */
  async messagesOf(node: NodeUnderTest): Promise<readonly MaximaEvent[]> {
    const events: MaximaEvent[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const { event, data } = JSON.parse(body) as { event: string; data: MaximaEvent };
        if (event === "MAXIMA") events.push(data);
        response.end("ok");
      });
    });
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await node.call(`webhooks action:add hook:http://127.0.0.1:${(server.address() as AddressInfo).port}/ filter:MAXIMA`);
    return events;
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }
}

/** Whether a node is reached through another one; a reference that still makes its keys is not. */
export async function hasHost(node: NodeUnderTest): Promise<boolean> {
  const answer = await node.tryCall<{ hosts: readonly HostJson[] }>("maxima action:hosts");
  return answer?.hosts.some(({ connected }) => connected) === true;
}
