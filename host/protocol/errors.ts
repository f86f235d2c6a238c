/**
 * Why a value was refused. One class for everything a hostile peer or a careless caller can cause,
 * so that callers catch one type and act on `code`.
 *
 * - `truncated`: the input ended inside an object
 * - `limit`: a length or count is outside what the protocol allows
 * - `malformed`: the bytes or text are of no valid form
 * - `range`: a number is outside what the protocol can hold, or an operation has no result
 */
export type ProtocolErrorCode = "truncated" | "limit" | "malformed" | "range";

export class ProtocolError extends Error {
  override readonly name = "ProtocolError";

  constructor(
    readonly code: ProtocolErrorCode,
    message: string,
  ) {
    super(message);
  }
}
