import type { Area } from "./area.js";
import { base } from "./areas/base.js";

/** All areas by folder name; a name may be a path, such as `consensus/chain`. */
export const areas: Readonly<Record<string, Area>> = {
  base,
};
