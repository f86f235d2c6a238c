/** Why a resync did not succeed. The node goes on with what it has. */
export class ResyncError extends Error {
  override readonly name = "ResyncError";
}
