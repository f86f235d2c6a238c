export { formatSize, formatUptime, localZone } from "../protocol/json-views/format.js";
