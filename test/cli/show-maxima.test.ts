import { expect, test } from "vitest";
import { answerLines } from "../../host/cli/show/answers.js";

const PREFIX = "0x30819F300D06092A864886F70D010101050003818D00308189028181";

test("contacts are a table, with the number that other commands take", () => {
  const contact = {
    id: 3,
    publickey: `${PREFIX}00BE4B9E49B7921D6F6593EF6B`,
    currentaddress: "MxG18HGG@10.0.0.7:9001",
    myaddress: "Mx00",
    lastseen: 1,
    date: "Sat Nov 21 05:12:14 UTC 2026",
    extradata: { name: "la\u001b[2Jmp" },
    chaintip: "5",
    samechain: true,
  };
  expect(answerLines("maxcontacts", { allowallcontacts: true, contacts: [contact] })).toEqual([
    "ID  NAME      SAME CHAIN  LAST SEEN                     REACHED AT     PUBLIC KEY",
    " 3  la\uFFFD[2Jmp  yes         Sat Nov 21 05:12:14 UTC 2026  10.0.0.7:9001  ..BE4B9E49B7921D6F..",
  ]);
  expect(answerLines("maxcontacts", { allowallcontacts: true, contacts: [] })[0]).toMatch(/^No contacts yet/);
});

test("hosts are a table, too", () => {
  const host = { host: "1.2.3.4:9001", public: "0x30", lastseen: "Sat Nov 21 05:12:14 UTC 2026", connected: true, address: "Mx" };
  expect(answerLines("maxima", { hosts: [host] })).toEqual([
    "HOST          CONNECTED  LAST SEEN",
    "1.2.3.4:9001  yes        Sat Nov 21 05:12:14 UTC 2026",
  ]);
  expect(answerLines("maxima", { hosts: [] })).toEqual(["No hosts yet."]);
  expect(answerLines("maxima", { name: "lamp" })).toEqual(["name  lamp"]);
});
