import { afterAll, afterEach, describe, expect, test } from "vitest";
import { CAPTURES, type Scene, Stage } from "./replay-peer/stage.js";

const stage = new Stage();
afterEach(() => stage.clear());
afterAll(() => stage.close());

describe("a recorded conversation", () => {
  test.each(CAPTURES)("%s: the node as the one that is dialled", async (file) => play(await stage.asAcceptor(file)));
  test.each(CAPTURES)("%s: the node as the dialler", async (file) => play(await stage.asDialler(file)));
});

async function play({ peer, client }: Scene): Promise<void> {
  const { said, checked } = await peer.play();
  expect(said).toBeGreaterThan(20);
  expect(checked).toBeGreaterThan(20);
  expect(client.closed).toBe(false);
}
