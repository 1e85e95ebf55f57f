#!/bin/sh
# A PostgreSQL on loopback for Prefect's server.
#
#     sh scripts/postgres.sh start FOLDER    creates a database there, if there is none; starts it
#     sh scripts/postgres.sh stop FOLDER
#     sh scripts/postgres.sh test            runs the tests of the flows with a temporary database
#
# `start` prints the line to put into the environment of the server. The database is only for
# display: it may be lost at any time, all results are in output/.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "postgres: $*" >&2; }

# PostgreSQL refuses to run as root; Debian's package has a user for it.
as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

binaries() {
    found=$(find /usr/lib/postgresql -name initdb 2>/dev/null | sort -V | tail -1)
    if [ -z "$found" ]; then
        say "installing postgresql with apt"
        run=""
        [ "$(id -u)" -eq 0 ] || run="sudo"
        $run apt-get update -qq >&2
        # No default cluster: it would take the usual port.
        $run mkdir -p /etc/postgresql-common/createcluster.d
        echo "create_main_cluster = false" |
            $run tee /etc/postgresql-common/createcluster.d/opis.conf >/dev/null
        $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            postgresql >&2
        found=$(find /usr/lib/postgresql -name initdb | sort -V | tail -1)
    fi
    dirname "$found"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    folder=$1
    bin=$(binaries)
    mkdir -p "$folder"
    if [ ! -e "$folder/port" ]; then
        python3 -c 'import secrets; print(secrets.token_urlsafe(18))' >"$folder/password"
        free_port >"$folder/port"
        chmod 600 "$folder/password"
        [ "$(id -u)" -ne 0 ] || chown -R postgres "$folder"
        as_owner "$bin/initdb" --pgdata "$folder/data" --username prefect --encoding UTF8 \
            --auth scram-sha-256 --pwfile "$folder/password" >/dev/null
    fi
    port=$(cat "$folder/port")
    as_owner "$bin/pg_ctl" --pgdata "$folder/data" --log "$folder/log.txt" --wait \
        --options "-h 127.0.0.1 -p $port -k $folder" start >/dev/null
    url="prefect:$(cat "$folder/password")@127.0.0.1:$port/postgres"
    echo "PREFECT_SERVER_DATABASE_CONNECTION_URL=postgresql+asyncpg://$url"
}

stop() {
    as_owner "$(binaries)/pg_ctl" --pgdata "$1/data" --mode fast stop >/dev/null
}

case "${1:-}" in
start) start "$(realpath -m "${2:?which folder?}")" ;;
stop) stop "$(realpath -m "${2:?which folder?}")" ;;
test)
    folder=$(mktemp -d /tmp/opis-postgres-XXXXXX)
    chmod 755 "$folder"
    trap 'stop "$folder" || true; rm -rf "$folder"' EXIT
    TEST_POSTGRES=$(start "$folder" | cut -d= -f2-)
    export TEST_POSTGRES
    shift
    [ "$#" -gt 0 ] || set -- tests/test_flow.py tests/test_serve.py tests/test_dask.py
    uv run --frozen --group dev pytest "$@"
    ;;
*)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
