import fc from "fast-check";
import type { Bytes } from "../../host/protocol/bytes.js";
import { MiniNumber } from "../../host/protocol/number.js";

export const bytes = (maxLength = 100): fc.Arbitrary<Bytes> => fc.uint8Array({ maxLength });

const MAX = 2n ** 64n - 1n;

/** Numbers as arithmetic makes them: scale 0..44, within ±(2^64 - 1). Small scales and values are common. */
export const numbers: fc.Arbitrary<MiniNumber> = fc
  .tuple(
    fc.oneof(fc.constantFrom(0, 1, 2), fc.integer({ min: 0, max: 44 })),
    fc.bigInt({ min: -MAX, max: MAX }),
    fc.nat(63),
    fc.bigInt(0n, 10n ** 44n),
  )
  .map(([scale, whole, shift, fraction]) => {
    const unit = 10n ** BigInt(scale);
    const unscaled = (whole >> BigInt(shift)) * unit;
    return new MiniNumber(unscaled + (unscaled < 0n ? fraction % unit : -(fraction % unit)) * (whole === 0n ? 0n : 1n), scale);
  });

/** Numbers as they come from the wire: any scale of a byte, up to 64 digits, no limits. */
export const wireNumbers: fc.Arbitrary<MiniNumber> = fc
  .tuple(fc.bigInt({ min: -(10n ** 64n) + 1n, max: 10n ** 64n - 1n }), fc.nat(210), fc.integer({ min: -128, max: 127 }))
  .map(([unscaled, shift, scale]) => new MiniNumber(unscaled >> BigInt(shift), scale));
