/** Dependencies point one way: cli -> rpc -> node -> {net, maxima, wallet, store} -> chain -> {kissvm, protocol} -> core. */
const layers = {
  core: [],
  protocol: ["core"],
  kissvm: ["protocol", "core"],
  chain: ["kissvm", "protocol", "core"],
  wallet: ["chain", "kissvm", "protocol", "core"],
  net: ["chain", "protocol", "core"],
  maxima: ["net", "chain", "protocol", "core"],
  store: ["wallet", "maxima", "chain", "protocol", "core"],
  node: ["maxima", "net", "wallet", "store", "chain", "kissvm", "protocol", "core"],
  rpc: ["node", "maxima", "net", "wallet", "store", "chain", "kissvm", "protocol", "core"],
  cli: ["rpc", "node", "maxima", "net", "wallet", "store", "chain", "kissvm", "protocol", "core"],
};

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    ...Object.entries(layers).map(([layer, allowed]) => ({
      name: `${layer}-only-looks-down`,
      severity: "error",
      from: { path: `^host/${layer}/` },
      to: { path: "^host/", pathNot: `^host/(${[layer, ...allowed].join("|")})/` },
    })),
    {
      name: "no-disk-no-sockets-no-threads",
      severity: "error",
      from: { path: "^host/(protocol|kissvm|chain|wallet|maxima)/" },
      to: { path: "^(fs|net|tls|http|https|http2|dns|dgram|child_process|worker_threads)(/|$)" },
    },
    {
      name: "sql-in-store-only",
      severity: "error",
      from: { path: "^host/", pathNot: "^host/store/" },
      to: { path: "node_modules/better-sqlite3/" },
    },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: "tsconfig.json" }, doNotFollow: { path: "node_modules" } },
};
