#!/bin/sh
# Installs what is missing: Tesseract with its languages (apt), uv, and the locked environment.
# With "tests", also what the tests look through. Does nothing, quickly, where all is there. Asks
# for sudo only where apt has something to do.
set -eu
cd "$(dirname "$0")/.."

UV_VERSION=0.13.9
LANGUAGES="rus eng osd"

say() { printf '%s\n' "setup: $*"; }

# What apt must bring, as package names; nothing is asked for that is there already.
missing_packages() {
    if command -v tesseract >/dev/null 2>&1; then
        have=$(tesseract --list-langs 2>/dev/null || true)
    else
        have=""
        echo tesseract-ocr
    fi
    for code in $LANGUAGES; do
        printf '%s\n' "$have" | grep -qx "$code" || echo "tesseract-ocr-$code"
    done
    # git and make alone do not bring the certificates that any download needs.
    [ -e "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" ] || echo ca-certificates
}

# The tests look at PDFs and at the UI through the eyes of other programs; without them some skip.
wanted_packages() {
    command -v qpdf >/dev/null 2>&1 || echo qpdf
    command -v pdftotext >/dev/null 2>&1 || echo poppler-utils
    command -v chromium >/dev/null 2>&1 || echo chromium
}

may_install() {
    command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }
}

install_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        say "there is no apt-get here. Please install by hand: $*"
        exit 1
    fi
    run=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            say "this needs an administrator once: apt-get install $*"
            exit 1
        fi
        run="sudo"
    fi
    say "installing with apt${run:+ (sudo)}: $*"
    $run apt-get update -qq
    $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

find_uv() {
    if command -v uv >/dev/null 2>&1; then
        command -v uv
    elif [ -x .tools/bin/uv ]; then
        echo .tools/bin/uv
    fi
}

packages=$(missing_packages)
if [ "${1:-}" = tests ] && others=$(wanted_packages) && [ -n "$others" ]; then
    if may_install; then
        packages="$packages $others"
    else
        # shellcheck disable=SC2086
        say "without these some tests are skipped:" $others
    fi
fi
# shellcheck disable=SC2086  # a list of names
[ -z "${packages# }" ] || install_packages $packages

python3 scripts/libraries.py

uv=$(find_uv)
if [ -z "$uv" ]; then
    say "fetching uv $UV_VERSION from PyPI into .tools/"
    python3 scripts/fetch_uv.py "$UV_VERSION" .tools/bin
    uv=.tools/bin/uv
fi

# Bytecode now: where Python may write none, Prefect would take twice as long to start each time.
"$uv" sync --frozen --quiet --compile-bytecode
