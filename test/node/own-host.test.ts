import { networkInterfaces } from "node:os";
import { expect, test, vi } from "vitest";
import { defaultConfig } from "../../host/node/config.js";
import { localHost } from "../../host/node/own-host.js";

vi.mock("node:os", async (original) => ({ ...(await original<typeof import("node:os")>()), networkInterfaces: vi.fn() }));

const config = { ...defaultConfig("main"), listenHost: "0.0.0.0" };

test("a node tells the address of its machine in the network", () => {
  const address = { family: "IPv4", internal: false, address: "192.0.2.4" } as const;
  vi.mocked(networkInterfaces).mockReturnValue({ eth0: [{ ...address, netmask: "255.255.255.0", mac: "", cidr: null }] });
  expect(localHost(config)).toBe("192.0.2.4");
  expect(localHost({ ...config, host: "node.example" })).toBe("node.example");
});

test("and what it listens on where a service may not see the network's interfaces", () => {
  vi.mocked(networkInterfaces).mockImplementation(() => {
    throw new Error("uv_interface_addresses returned Unknown system error 97");
  });
  expect(localHost(config)).toBe("0.0.0.0");
});
