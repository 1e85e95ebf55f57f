#!/bin/sh
# Unpack the fonts and texts of Debian packages into a folder; nothing is installed.
# usage: training/fetch.sh FOLDER
set -eu
folder=$1
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder/packages"
cd "$folder/packages"
packages=$(sed -n 's/^ *\["\(fonts-[a-z0-9-]*\)".*/\1/p' "$here/recipes.toml" | sort -u)
# shellcheck disable=SC2086
apt-get download -q $packages fonts-sil-gentium installation-guide-amd64
for package in *.deb; do
    dpkg -x "$package" ..
done
