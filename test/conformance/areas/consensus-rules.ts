import type { Area } from "../area.js";
import { cascadeChecks, cascades, heavier, superParents } from "./consensus-cascade.js";
import { difficulties, magicChains, superLevels, trees } from "./consensus-tree.js";

/** Vectors of the chain rules (spec 06). */
export const consensusRules: Area = {
  superlevel: superLevels,
  magic_chain: magicChains,
  tree: trees,
  "difficulty_*": difficulties,
  "cascade_*": cascades,
  cascade_check: cascadeChecks,
  superparents_check: superParents,
  heavier,
};
