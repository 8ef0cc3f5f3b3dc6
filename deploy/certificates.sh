#!/usr/bin/env bash
# Creates the certificates for MQTT: an authority, and certificates for the MQTT broker, telemetry-ingest and each site. A client's
# common name is its user name at the broker, and a site can write only under its own code. The name of telemetry-ingest has a
# dot, which no site's code has. Safe to repeat: existing files are kept.
#
#   deploy/certificates.sh FOLDER HOST SITE...     HOST: the broker's DNS name, as clients know it
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: certificates.sh FOLDER HOST SITE..." >&2; exit 64; }
folder=$1 host=$2
shift 2
umask 077
mkdir -p "$folder"
cd "$folder"
key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
days=825

if [ ! -s ca.crt ]; then
    openssl req -x509 "${key[@]}" -days 3650 -subj "/CN=dCMMS MQTT" -keyout ca.key -out ca.crt 2>/dev/null
fi
chmod 644 ca.crt

# issue NAME SUBJECT-ALTERNATIVE-NAMES USAGE OWNER: creates NAME.crt and NAME.key, owned by OWNER if we are allowed to set that
issue() {
    if [ ! -s "$1.crt" ]; then
        openssl req "${key[@]}" -subj "/CN=$1" -addext "subjectAltName=$2" -addext "extendedKeyUsage=$3" -keyout "$1.key" -out "$1.csr" 2>/dev/null
        openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days "$days" -copy_extensions copyall -out "$1.crt.new" 2>/dev/null
        mv "$1.crt.new" "$1.crt"
        rm "$1.csr"
        echo "made $1.crt"
    fi
    chmod 644 "$1.crt"
    if [ "$(id -u)" -eq 0 ]; then chown "$4" "$1.key"; fi
}

emqx=1000 dcmms=10001 # the user ids of the two images
chmod 755 .
issue "$host" "DNS:$host,DNS:localhost,IP:127.0.0.1" serverAuth "$emqx"
issue telemetry-ingest.daemon DNS:telemetry-ingest clientAuth "$dcmms"
for site in "$@"; do issue "$site" "DNS:$site" clientAuth "$dcmms"; done
