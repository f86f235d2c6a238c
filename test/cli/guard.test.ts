import { expect, test } from "vitest";
import { lostMoney } from "../../host/cli/rpc/guard.js";
import { encodeMx } from "../../host/protocol/mx.js";

const WHOLE = `0x${"AB".repeat(32)}`;

test("money is not sent to addresses nobody can have", () => {
  expect(lostMoney("send address:0xFF amount:1")).toMatch(/1 bytes long/);
  expect(lostMoney(`block;send amount:1 address:${WHOLE.slice(0, -2)}`)).toMatch(/31 bytes long/);
  expect(lostMoney(`send multi:["${WHOLE}:1","0xFF00:2"]`)).toMatch(/0xFF00/);
  expect(lostMoney(`send address:${encodeMx(new Uint8Array(20))} amount:1`)).toMatch(/20 bytes long/);
});

test("all else is left to the node", () => {
  for (const line of [
    `send address:${WHOLE} amount:1`,
    `send address:${encodeMx(new Uint8Array(32))} amount:1`,
    `send multi:["${WHOLE}:1"]`,
    "send address:nonsense amount:1",
    "send amount:1",
    "checkaddress address:0xFF",
    'send {"',
    "",
  ])
    expect(lostMoney(line)).toBeUndefined();
});
