import type { Area } from "./area.js";
import { base } from "./areas/base.js";
import { consensus } from "./areas/consensus.js";
import { consensusRules } from "./areas/consensus-rules.js";
import { keys } from "./areas/keys.js";
import { kissvm } from "./areas/kissvm.js";
import { mmr } from "./areas/mmr.js";
import { network, networkCaptures } from "./areas/network.js";
import { objects } from "./areas/objects.js";
import { rpc } from "./areas/rpc.js";

/** All areas by folder name; a name may be a path, such as `consensus/chain`. */
export const areas: Readonly<Record<string, Area>> = {
  base,
  consensus,
  "consensus/chain": consensusRules,
  kissvm,
  keys,
  mmr,
  network,
  "network/captures": networkCaptures,
  objects,
  rpc,
};
