#!/bin/sh
# Installs the Debian packages that building, running or testing Candor needs. Sourced by deploy/run and tests/run.
#
# candor_install PACKAGE...: installs what is missing and nothing else; as root, or through sudo. Without a missing
# package it does not touch apt at all, so a second run is quick and works offline.

CANDOR_BUILD_PACKAGES="g++ cmake ninja-build ccache mold pkg-config libgrpc++-dev libprotobuf-dev protobuf-compiler
  protobuf-compiler-grpc libabsl-dev libsqlite3-dev libssl-dev libsodium-dev libgfshare-dev libcurl4-openssl-dev libboost1.81-dev nlohmann-json3-dev
  libcli11-dev libhwy-dev libeigen3-dev libkainjow-mustache-dev"
CANDOR_TEST_PACKAGES="libgtest-dev libgmock-dev libglpk-dev libpugixml-dev libnghttp2-dev openssl nodejs npm
  chromium-headless-shell weasyprint poppler-utils qpdf"

candor_say() { printf '%s\n' "== $*"; }

candor_install() {
  missing=""
  for package in "$@"; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    case "$status" in
      "install ok installed") ;;
      *) missing="$missing $package" ;;
    esac
  done
  # A Node.js that did not come from Debian (it brings its own npm) serves as well.
  if command -v node >/dev/null 2>&1; then missing=$(printf '%s ' $missing | sed 's/\bnodejs\b//'); fi
  if command -v npm >/dev/null 2>&1; then missing=$(printf '%s ' $missing | sed 's/\bnpm\b//'); fi
  missing=$(echo $missing)
  if [ -z "$missing" ]; then
    candor_say "packages: all there"
    return 0
  fi
  if [ "$(id -u)" = 0 ]; then
    as_root=""
  elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo"
  else
    echo "These packages are missing and installing them needs root: $missing" >&2
    echo "Run this as root, or install sudo, or ask an administrator to run: apt-get install $missing" >&2
    return 1
  fi
  candor_say "packages: installing $missing (one to five minutes)"
  log=$(mktemp)
  if ! { $as_root env DEBIAN_FRONTEND=noninteractive apt-get update &&
         $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
       >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "apt could not install the packages; its last words are above" >&2
    return 1
  fi
  rm -f "$log"
}

# How many compilers at once: as many as cores, but no more than one for each 1.5 GiB of memory.
candor_jobs() {
  cores=$(nproc)
  by_memory=$(awk '/MemAvailable/ {print int($2 / 1572864)}' /proc/meminfo)
  [ "$by_memory" -ge 1 ] || by_memory=1
  if [ "$by_memory" -lt "$cores" ]; then echo "$by_memory"; else echo "$cores"; fi
}
