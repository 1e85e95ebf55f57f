#!/bin/sh
# Runs make targets in an empty Debian 12 that has only git, make and python3.
#
#   sudo scripts/try-fresh.sh [TARGET…]      (default: demo test)
#
# FRESH is a folder in which the empty system is kept for the next try; MIRROR is another Debian
# mirror. Needs root and debootstrap.
set -eu
repository=$(cd "$(dirname "$0")/.." && pwd)
fresh=${FRESH:-$(mktemp -d)}
base=$fresh/base
root=$fresh/try
[ $# -gt 0 ] || set -- demo test

if [ ! -d "$base" ]; then
    debootstrap --variant=minbase --include=git,make,python3 bookworm "$base" \
        "${MIRROR:-http://deb.debian.org/debian}"
fi
for place in proc dev; do umount -q "$root/$place" 2>/dev/null || true; done
rm -rf "$root"
cp -a "$base" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
trap 'umount "$root/proc" "$root/dev"' EXIT
cp /etc/resolv.conf "$root/etc/resolv.conf"

# Behind a proxy that opens TLS, the fresh system must know that proxy's certificate.
if [ -n "${SSL_CERT_FILE:-}" ]; then
    mkdir -p "$root/usr/local/share/proxy"
    cp "$SSL_CERT_FILE" "$root/usr/local/share/proxy/ca.crt"
    proxy_ca=/usr/local/share/proxy/ca.crt
fi

git clone --quiet "$repository" "$root/opt/opis"
for target; do
    echo "== make $target"
    started=$(date +%s)
    env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        LANG=C.UTF-8 ${proxy_ca:+SSL_CERT_FILE=$proxy_ca} \
        chroot "$root" make -C /opt/opis "$target"
    echo "== make $target took $(($(date +%s) - started)) s"
done
