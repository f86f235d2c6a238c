import { toHex0x } from "../bytes.js";
import { type JsonObject, jsonObject, RawJson } from "../json.js";
import { type MaximaMessage, maximaMessageId } from "../messages/maxima.js";
import { javaDateText } from "./java-date.js";

/** A message as applications get it (spec 08 §3). */
export function maximaMessageToJSON(message: MaximaMessage, timeZone: string): JsonObject {
  return jsonObject(
    ["from", toHex0x(message.from)],
    ["to", toHex0x(message.to)],
    ["time", javaDateText(message.time.toInt64(), timeZone)],
    ["timemilli", new RawJson(message.time.toString())],
    ["random", toHex0x(message.random)],
    ["application", message.application],
    ["data", toHex0x(message.data)],
    ["msgid", toHex0x(maximaMessageId(message))],
  );
}
