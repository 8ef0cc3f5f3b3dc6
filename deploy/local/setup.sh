#!/usr/bin/env bash
# Prepares everything that `make demo` and `make test` need: the system's packages, the Python tools, and one debug build for both.
# Safe to repeat: what is installed already is not changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/local/progress.sh
. deploy/local/progress.sh

# --- one at a time
mkdir -p .local 2>/dev/null || fail "$PWD can't be written to"
exec 9>.local/setup.lock
if ! flock -n 9; then
    echo "Another make is setting up this folder: waiting until it has finished"
    flock 9
fi

# --- the compiler
command -v swift >/dev/null || fail "no Swift compiler on the PATH: install Swift 6.2 or later (https://swift.org/install)"
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1) || true
[ -n "$version" ] || fail "the Swift compiler $(command -v swift) does not run: see what \`swift --version\` says"
[ "$(printf '%s\n6.2\n' "$version" | sort -V | head -n 1)" = 6.2 ] || fail "Swift $version is too old: 6.2 or later is needed"

# --- room for the build
needed=300
[ -d .build/debug ] || needed=5000
free=$(df -Pm . | awk 'NR == 2 {print $4}')
[ "$free" -ge "$needed" ] || fail "only $free MB of disk are free here: the build needs $needed"

# --- the system's packages
packages=(
    librdkafka-dev libpq-dev libssl-dev libmosquitto-dev libhiredis-dev libcurl4-openssl-dev libfido2-dev libxml2-dev libxmlsec1-dev pkg-config
    postgresql pgbouncer redis-server mosquitto kcat openssl curl python3 python3-venv python3-pip python3-aiosmtpd
    python3-zxcvbn python3-lasso libimage-exiftool-perl libvips-tools
    # The web apps.
    esbuild node-typescript node-react node-react-dom node-leaflet libjs-leaflet brotli
    # What others have written, against our servers.
    nginx-light nghttp2-client slowhttptest slapd ldap-utils clamav-daemon
    # For pip, which builds the provider's LDAP client.
    gcc libc6-dev libldap2-dev libsasl2-dev python3-dev
)
# Ubuntu has the decoder of HEIC in a package of its own, Debian 12 in the library itself.
if grep -qx ID=ubuntu /etc/os-release 2>/dev/null; then packages+=(libheif-plugin-libde265); fi
command -v dpkg-query >/dev/null || fail "this is neither Debian nor Ubuntu: install the packages that correspond to ${packages[*]} by hand"
missing=()
for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "as root, run: apt-get install ${missing[*]}"
        root=(sudo)
        # If nobody can type a password, sudo must not ask for one.
        [ -t 0 ] || root=(sudo -n)
        "${root[@]}" true || fail "sudo refuses; as root, run: apt-get install ${missing[*]}"
    fi
    echo "Installing what the build and the servers need${root[*]:+, with sudo}: ${missing[*]}"
    echo "  (Debian starts PostgreSQL, PgBouncer, Redis, Mosquitto and nginx on their own ports as well; dCMMS does not touch those)"
    get=("${root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -o DPkg::Lock::Timeout=120)
    install=("${get[@]}" install -y --no-install-recommends "${missing[@]}")
    # Nobody needs a directory on the machine itself.
    [[ " ${missing[*]} " != *" slapd "* ]] ||
        "${root[@]}" debconf-set-selections <<<"slapd slapd/no_configuration boolean true"
    # The scanner of the tests has a signature of its own: nobody needs to download those of ClamAV, hundreds of megabytes, and keep them up to date.
    [[ " ${missing[*]} " != *" clamav-daemon "* ]] ||
        "${root[@]}" debconf-set-selections <<<"clamav-freshclam clamav-freshclam/autoupdate_freshclam select manual"
    # The package lists are empty on a fresh machine and can be outdated on others: then update them and try again.
    patiently .local/apt.log "${install[@]}" ||
        { patiently .local/apt.log "${get[@]}" update && patiently .local/apt.log "${install[@]}"; } ||
        fail "apt-get can't install ${missing[*]}: $(grep -E '^E:' .local/apt.log | tail -n 1 || tail -n 1 .local/apt.log)"
fi

# --- the Python tools of the tests
# tools FOLDER REQUIREMENTS PYTHON
tools() {
    if cmp -s "$2" "$1/requirements.txt"; then return; fi
    echo "Installing the tests' Python tools into $1"
    rm -rf "$1"
    if "$3" -m venv "$1" && patiently .local/pip.log \
        "$1/bin/pip" install --progress-bar off --disable-pip-version-check --retries 1 --timeout 15 -r "$2"; then
        cp "$2" "$1/requirements.txt"
    else
        echo "dCMMS: no Python tools in $1 ($(tail -n 1 .local/pip.log 2>/dev/null | cut -c 1-120)): the tests that need them are skipped" >&2
    fi
}
# Debian's own Python: another one that is first on the PATH might lack venv.
tools .local/venv deploy/local/requirements.txt /usr/bin/python3
# Helm's engine needs Python 3.12. Ubuntu 24.04 has it, Debian 12 does not.
for python in /usr/bin/python3 python3.14 python3.13 python3.12 ~/.pyenv/versions/3.1[2-9]*/bin/python; do
    if "$python" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        tools .local/venv-helm deploy/local/requirements-helm.txt "$python"
        break
    fi
done

# --- the web apps
patiently .local/web.log python3 deploy/web/build.py || {
    tail -n 20 .local/web.log >&2
    fail "the web apps can't be built; the whole output is in .local/web.log"
}
grep '^web: no outline' .local/web.log >&2 || true

# --- the build
[ -d .build/debug ] && echo "Building" || echo "Building (the first time takes about five minutes on two cores)"
patiently .local/build.log swift build --build-tests || {
    grep -E 'error:|No space left' .local/build.log | sort -u | head -n 20 >&2
    fail "the build failed; the whole output is in .local/build.log"
}
