#!/bin/sh
# Installs what is missing: Tesseract with its languages (apt), uv, and the locked environment;
# with the argument "tests" also the programs and models that tests use. Uses sudo only if apt has to install
# something.
set -eu
cd "$(dirname "$0")/.."

UV_VERSION=0.13.9
LANGUAGES="rus eng osd"
TEST_LANGUAGES="bul ces chi-sim chi-sim-vert chi-tra chi-tra-vert dan deu fra hun jpn jpn-vert nor
pol ron slk srp srp-latn swe ukr"

say() { printf '%s\n' "setup: $*"; }

# Prints the Debian packages that are needed and missing.
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
    # git and make do not depend on the certificates that downloads need.
    [ -e "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" ] || echo ca-certificates
}

# Prints the missing Debian packages that tests of PDFs and of the UI use; without them some skip.
wanted_packages() {
    command -v qpdf >/dev/null 2>&1 || echo qpdf
    command -v pdftotext >/dev/null 2>&1 || echo poppler-utils
    # A third less work than the whole browser.
    command -v chromium-headless-shell >/dev/null 2>&1 || echo chromium-headless-shell
}

# Downloads the packages in $missing into a folder.
download_packages() {
    # shellcheck disable=SC2086  # a list of names
    (cd "$1" && apt-get download -qq $missing >/dev/null 2>&1)
}

update_lists() {
    [ "$(id -u)" -eq 0 ] && apt-get update -qq
}

# Puts models that only tests use into .tools/tessdata, beside copies of the installed ones. They
# are not installed, so that the machine reads no other languages because of a test.
fetch_test_models() {
    models=$PWD/.tools/tessdata
    mkdir -p "$models"
    installed=$(tesseract --list-langs | sed -n 's/.*"\(.*\)".*/\1/p')
    for code in $LANGUAGES; do
        cp -u "$installed/$code.traineddata" "$models/"
    done
    missing=""
    for code in $TEST_LANGUAGES; do
        [ -e "$models/$(echo "$code" | tr - _).traineddata" ] || missing="$missing tesseract-ocr-$code"
    done
    [ -n "$missing" ] || return 0
    say "fetching models for tests with apt into .tools/tessdata"
    fetched=$(mktemp -d)
    if download_packages "$fetched" || { update_lists && download_packages "$fetched"; }; then
        for package in "$fetched"/*.deb; do
            dpkg-deb -x "$package" "$fetched"
        done
        find "$fetched" -name "*.traineddata" -exec cp {} "$models/" \;
    else
        say "without these some tests are skipped:$missing"
    fi
    rm -r "$fetched"
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

if [ "${1:-}" = tests ]; then
    fetch_test_models
fi

python3 scripts/libraries.py

uv=$(find_uv)
if [ -z "$uv" ]; then
    say "fetching uv $UV_VERSION from PyPI into .tools/"
    python3 scripts/fetch_uv.py "$UV_VERSION" .tools/bin
    uv=.tools/bin/uv
fi

# --inexact: what is there beside, such as the packages of tests, stays.
install_python_packages() {
    if "$uv" sync --frozen --quiet --inexact --check "$@" 2>/dev/null; then
        return
    fi
    say "installing Python packages into .venv"
    "$uv" sync --frozen --inexact "$@"
}

install_python_packages
[ "${1:-}" != tests ] || install_python_packages --group dev
PYTHONPATH=. .venv/bin/python scripts/compile_modules.py
