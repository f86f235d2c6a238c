#!/bin/sh
# Puts minimote on a board with systemd (Raspberry Pi OS, Debian, Ubuntu, Armbian): program, user, settings, service. Run it as root from a
# folder with minimote.mjs and better_sqlite3.node (npm run bundle), or give that folder: install.sh build. Run it again to update: settings,
# wallet and chain stay as they are.
#
# To take it away again: boards/uninstall.sh.
#
# START=no leaves the service off, for example to restore a wallet first: sudo minimote init --restore
# DESTDIR=/some/where stages the files below that folder instead, without user and service: for images.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
from=${1:-$here}
root=${DESTDIR:-}
program=$root/opt/minimote
settings=$root/etc/minimote
unit=$root/etc/systemd/system/minimote.service
data=$root/var/lib/minimote

say() { printf '%s\n' "$*"; }
stop() { printf 'install: %s\n' "$*" >&2; exit 1; }

for file in minimote.mjs better_sqlite3.node; do
  [ -f "$from/$file" ] || stop "there is no $from/$file: make it with npm run bundle, on a machine of this kind"
done
# Where services look for programs.
system_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

if [ -z "$root" ]; then
  [ "$(id -u)" = 0 ] || stop "run it as root: sudo $0"
  command -v node >/dev/null || stop "Node.js is missing: install version 20.19 or newer (apt-get install nodejs, or nodejs.org)"
  (PATH=$system_path; command -v node) >/dev/null ||
    stop "the service does not find $(command -v node): install Node.js for all users, or link it: ln -s $(command -v node) /usr/local/bin/node"
  PATH=$system_path
  command -v systemctl >/dev/null || stop "there is no systemd here: see README.md for Alpine and OpenWrt"
fi
if command -v node >/dev/null; then
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    stop "Node.js $(node --version) is too old: install version 20.19 or newer"
  # What does not run is not put in place of what does.
  node "$from/minimote.mjs" --help >/dev/null || stop "$from/minimote.mjs does not run here"
  if [ -z "$root" ]; then
    node -e 'process.dlopen({ exports: {} }, process.argv[1])' "$(CDPATH='' cd -- "$from" && pwd)/better_sqlite3.node" ||
      stop "better_sqlite3.node is for another machine or version of Node.js: see README.md"
  fi
fi

# Files appear at once: a running node or a power cut never meets half of one.
put() { # mode, source, target
  install -D -m "$1" "$2" "$3.new"
  mv -f "$3.new" "$3"
}
put 644 "$from/better_sqlite3.node" "$program/better_sqlite3.node"
put 755 "$from/minimote.mjs" "$program/minimote.mjs"
# For minimote bench only.
if [ -f "$from/benny.cjs" ]; then put 644 "$from/benny.cjs" "$program/benny.cjs"; fi
put 644 "$here/minimote.service" "$unit"
if [ -f "$settings/minimote.conf" ]; then
  say "settings are kept: $settings/minimote.conf"
else
  put 640 "$here/minimote.conf" "$settings/minimote.conf"
  say "settings: $settings/minimote.conf"
fi
mkdir -p "$root/usr/local/bin"
cat >"$root/usr/local/bin/minimote.new" <<'END'
#!/bin/sh
# The minimote program; root runs it as the node's user, with the node's settings and data: sudo minimote status
if [ "$(id -u)" = 0 ] && id minimote >/dev/null 2>&1; then
  export MINIMOTE_CONF="${MINIMOTE_CONF-/etc/minimote/minimote.conf}" MINIMOTE_DATA="${MINIMOTE_DATA-/var/lib/minimote}"
  exec setpriv --reuid minimote --regid minimote --init-groups node /opt/minimote/minimote.mjs "$@"
fi
exec node /opt/minimote/minimote.mjs "$@"
END
chmod 755 "$root/usr/local/bin/minimote.new"
mv -f "$root/usr/local/bin/minimote.new" "$root/usr/local/bin/minimote"
if [ -n "$root" ]; then
  say "staged below $root"
  exit 0
fi

if ! id minimote >/dev/null 2>&1; then
  useradd --system --home-dir "$data" --shell /usr/sbin/nologin minimote
fi
chgrp minimote "$settings/minimote.conf"
install -d -m 700 -o minimote -g minimote "$data"
systemctl daemon-reload
systemctl enable minimote.service
if [ "${START:-yes}" = no ]; then
  say "installed; start it with: systemctl start minimote"
  exit 0
fi
systemctl restart minimote.service
# Whether it does: a first start makes a key, which takes a small board some seconds. Without RPC nothing answers.
waited=0
until minimote status >/dev/null 2>&1 || [ "$waited" -ge 60 ]; do
  if ! systemctl is-active --quiet minimote.service; then
    journalctl -u minimote -n 10 --no-pager -o cat >&2 || true
    stop "the service does not start; above is its log. What may be wrong: sudo minimote doctor"
  fi
  waited=$((waited + 1))
  sleep 1
done
say "minimote runs. Its state: sudo minimote status; its log: journalctl -u minimote; its phrase, to write down: sudo minimote vault"
