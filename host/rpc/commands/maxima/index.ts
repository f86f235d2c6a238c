import type { Command } from "./common.js";
import { maxcontacts } from "./contacts.js";
import { maxextra } from "./extra.js";
import { maxcreate, maxdecrypt, maxencrypt, maxsign, maxverify } from "./keys.js";
import { maxima } from "./maxima.js";
import { maxmessage } from "./message.js";

/** The commands about Maxima. */
export const MAXIMA_COMMANDS: readonly Command[] = [
  maxima,
  maxcontacts,
  maxextra,
  maxcreate,
  maxsign,
  maxverify,
  maxencrypt,
  maxdecrypt,
  maxmessage,
];
