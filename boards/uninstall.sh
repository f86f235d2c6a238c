#!/bin/sh
# Takes away what install.sh put on a board: service, program and command. The wallet, the chain and the settings stay: it says where they are.
set -eu

[ "$(id -u)" = 0 ] || { printf 'uninstall: run it as root: sudo %s\n' "$0" >&2; exit 1; }
if [ -f /etc/systemd/system/minimote.service ]; then
  systemctl disable --now minimote.service
  rm -f /etc/systemd/system/minimote.service
  systemctl daemon-reload
fi
rm -f /usr/local/bin/minimote
rm -rf /opt/minimote
cat <<'END'
minimote is gone. What stays: the wallet and the chain in /var/lib/minimote, the settings in /etc/minimote, the user minimote.
Once the 24 words are written down and nothing is to be kept: rm -r /var/lib/minimote /etc/minimote; userdel minimote
END
