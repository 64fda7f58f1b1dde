#!/bin/sh
# Brings the source of BearSSL 0.6 (MIT licence, https://bearssl.org) into third_party/bearssl: from the cache, from
# Debian's source package, or from its home page; what comes is checked against a known SHA-256.
set -eu
cd "$(dirname "$0")"

target=third_party/bearssl-0.6
cache=${SLIPWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}/bearssl
debian=bearssl_0.6+dfsg.1.orig.tar.xz
debian_sha256=102a625bd8f6155260867a50c508df8d8c3f796985dd744df1a68e5cd1a79004
upstream=bearssl-0.6.tar.gz
upstream_sha256=6705bba1714961b41a728dfc5debbe348d2966c117649392f8c8139efc83ff14

[ -e "$target/inc/bearssl.h" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

digest() { # FILE; macOS has shasum
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

matches() { # FILE SHA256
  [ -f "$1" ] && [ "$(digest "$1")" = "$2" ]
}

# apt with lists of its own: needs no root, and leaves the machine's configuration alone.
from_debian() {
  command -v apt-get >/dev/null || return 1
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -f "$keyring" ] || return 1
  mkdir -p "$work/lists/partial" "$work/archives/partial"
  echo "deb-src [signed-by=$keyring] http://deb.debian.org/debian bookworm main" >"$work/sources.list"
  set -- -qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work" -o "Dir::Cache::Archives=$work/archives" \
    -o APT::Sandbox::User=
  (cd "$work" && apt-get "$@" update && apt-get "$@" source --download-only bearssl) >/dev/null 2>&1 || return 1
  matches "$work/$debian" "$debian_sha256" && mkdir -p "$cache" && cp "$work/$debian" "$cache/"
}

from_home() {
  curl -fsSL --max-time 120 -o "$work/$upstream" "https://bearssl.org/$upstream" || return 1
  matches "$work/$upstream" "$upstream_sha256" && mkdir -p "$cache" && cp "$work/$upstream" "$cache/"
}

# Beside its place, and renamed when it is whole: what is cut off leaves nothing that looks finished.
unpack() {
  rm -rf "$target" third_party/new
  mkdir -p third_party/new
  tar xof "$1" -C third_party/new # as whoever runs this: a container's root may give nothing away
  mv third_party/new/bearssl-0.6 "$target"
  rmdir third_party/new
}

if ! matches "$cache/$debian" "$debian_sha256" && ! matches "$cache/$upstream" "$upstream_sha256"; then
  echo 'Fetching BearSSL …' >&2
  from_debian || from_home || {
    echo "Can't fetch BearSSL 0.6: there is neither Debian's source archive nor https://bearssl.org in reach." >&2
    echo "Put $upstream into $cache, and try again." >&2
    exit 1
  }
fi
if matches "$cache/$debian" "$debian_sha256"; then unpack "$cache/$debian"; else unpack "$cache/$upstream"; fi
