import fc from "fast-check";
import { expect, test } from "vitest";
import { hasKey, keyCount, packKeys } from "../../../host/chain/mmr/key-set.js";

const key = fc.oneof(fc.nat({ max: 2000 }), fc.maxSafeNat());

test("a packed set has its keys and no others", () => {
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 60 }), fc.array(key, { maxLength: 60 }), (keys, others) => {
      const packed = packKeys(keys);
      expect(keyCount(packed)).toBe(keys.length);
      for (const one of [...keys, ...others]) {
        for (const near of [one - 1, one, one + 1]) expect(hasKey(packed, near)).toBe(keys.includes(near));
      }
    }),
  );
});
