import type { Endpoint } from "../../net/endpoint.js";
import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import type { Greeting } from "../../protocol/messages/greeting.js";
import { forWriters, type RpcCommand, response } from "../command.js";
import { CommandError } from "../params.js";

type Command = RpcCommand<MinimoteNode>;

const LONGEST_MESSAGE = 4096;

/** `ping`: ask another node who it is (spec 09 §7.9). */
export const ping: Command = {
  name: "ping",
  summary: "Ask another node who it is",
  details: `ping host:HOST:PORT

host: the other node. valid is false when there is no answer.

ping host:203.0.113.7:9001`,
  params: ["host"],
  write: false,
  run: async (params, { network }) => {
    const { host, port } = hostParam(params.string("host"));
    const greeting = await network.oneShot.singlePing({ host, port }).catch((): Greeting | undefined => undefined);
    return response(
      jsonObject(
        ["host", host],
        ["port", port],
        ["valid", greeting !== undefined],
        greeting && ["version", greeting.version],
        greeting && ["extradata", greeting.extra],
      ),
    );
  },
};

function hostParam(text: string): Endpoint {
  const colon = text.lastIndexOf(":");
  if (colon < 0) throw new CommandError(`Invalid host, must be HOST:PORT : ${text}`);
  const port = text.slice(colon + 1).trim();
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) throw new CommandError(`Invalid port : ${port}`);
  return { host: text.slice(0, colon).trim(), port: Number(port) };
}

/** `message`: a text for the logs of peers (spec 09 §7.9). */
export const message: Command = {
  name: "message",
  summary: "Send a text to peers, which shows in their logs",
  details: `message data:TEXT (uid:)

data: the text, at most ${LONGEST_MESSAGE} characters.
uid: only to this connection, as network lists it.

message data:"hello to all"`,
  params: ["uid", "data"],
  write: false,
  run: (params, { network }, mode) => {
    forWriters(mode);
    if (!params.has("data")) throw new CommandError("No data specified");
    const text = params.string("data");
    if (text.length > LONGEST_MESSAGE) throw new CommandError(`The text is too long : ${text.length} characters`);
    const uid = params.optionalString("uid");
    network.sendText(text, uid);
    return [["message", `Message sent to ${uid ?? "all"}`]];
  },
};
