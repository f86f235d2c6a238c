import type { Area } from "../area.js";

/** Base types (spec 01). */
export const base: Area = {};
