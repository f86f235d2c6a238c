#!/bin/sh
# Compiles better_sqlite3.node, the native part of SQLite, for boards with another processor or version of Node.js, so that no board compiles:
#   boards/addon.sh arm64 22 build      after npm ci and npm run bundle
# Needs a compiler for that processor (Debian: g++-aarch64-linux-gnu), of a system no newer than the board's. The headers of Node.js come out
# of its npm package.
set -eu

[ $# = 3 ] || { printf 'usage: %s x64|arm64 MAJOR-VERSION-OF-NODE FOLDER\n' "$0" >&2; exit 1; }
arch=$1 version=$2 folder=$3
case $arch in
  x64) tools=x86_64-linux-gnu ;;
  arm64) tools=aarch64-linux-gnu ;;
  *) printf 'addon: 64-bit only: x64 or arm64\n' >&2; exit 1 ;;
esac
command -v "$tools-g++" >/dev/null || { printf 'addon: there is no %s-g++: apt-get install g++-%s\n' "$tools" "$(printf %s "$tools" | tr _ -)" >&2; exit 1; }
sources=$(CDPATH='' cd -- "$(dirname -- "$0")/../node_modules/better-sqlite3" && pwd)
[ -d "$folder" ] || { printf 'addon: there is no folder %s: npm run bundle makes one\n' "$folder" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "node-linux-$arch@$version" >/dev/null
mkdir "$work/node"
tar -xzf "$work"/node-linux-*.tgz -C "$work/node" --strip-components 1 package/include
cp -R "$sources" "$work/addon"
rm -rf "$work/addon/build"
CC=$tools-gcc CXX=$tools-g++ LINK=$tools-g++ AR=$tools-ar \
  npm run --silent --prefix "$work/addon" build-release -- --arch="$arch" --nodedir="$work/node" --loglevel=error >&2
"$tools-strip" --strip-unneeded "$work/addon/build/Release/better_sqlite3.node"
install -m 644 "$work/addon/build/Release/better_sqlite3.node" "$folder/better_sqlite3.node"
printf '%s/better_sqlite3.node is for %s and Node.js %s\n' "$folder" "$arch" "$version"
