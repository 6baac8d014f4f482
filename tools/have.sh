#!/usr/bin/env bash
# have.sh PACKAGES CHECK — make sure that CHECK succeeds, by installing Debian's PACKAGES where that is allowed.
# Ends with 1, silently, where it is not.
set -u
packages=$1 check=$2
bash -c "$check" >/dev/null 2>&1 && exit 0
command -v apt-get >/dev/null || exit 1
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || exit 1
  as_root="sudo -n"
fi
$as_root apt-get update -qq >/dev/null 2>&1
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq $packages >/dev/null 2>&1
bash -c "$check" >/dev/null 2>&1
