import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { MaximaDatabase } from "../../host/store/maxima-db.js";

const folder = mkdtempSync(join(tmpdir(), "minimote-maxima-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pair = (fill: number) => ({ publicKey: new Uint8Array(162).fill(fill), privateKey: new Uint8Array(600).fill(fill) });

test("keys, hosts and values are kept, for the owner's eyes only", () => {
  const path = join(folder, "maxima.db");
  const first = new MaximaDatabase(path);
  expect(first.identity("maxima")).toBeUndefined();
  first.addIdentity("maxima", pair(1));
  expect(() => first.addIdentity("maxima", pair(2))).toThrow();
  first.putHost({ address: "1.2.3.4:9001", keys: pair(3), lastSeen: 1000 });
  first.putHost({ address: "1.2.3.5:9001", keys: pair(4), lastSeen: 2000 });
  first.putHost({ address: "1.2.3.5:9001", keys: pair(5), lastSeen: 3000 });
  first.seeHost("1.2.3.5:9001", 4000);
  first.setText("name", "somebody");
  first.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);

  const again = new MaximaDatabase(path);
  expect(again.identity("maxima")).toEqual(pair(1));
  expect(again.identity("mls")).toBeUndefined();
  again.removeHost("1.2.3.4:9001");
  expect(again.hosts()).toEqual([{ address: "1.2.3.5:9001", keys: pair(5), lastSeen: 4000 }]);
  expect(again.text("name")).toBe("somebody");
  again.removeText("name");
  expect(again.text("name")).toBeUndefined();
  again.close();
});
