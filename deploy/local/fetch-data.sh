#!/usr/bin/env bash
# Downloads the demo's real measurements once, from the Python package index into .local/data. None of it is committed.
#   pvanalytics 0.2.2 contains nrel_RSF_II.csv (NREL), openoa 3.2 contains la_haute_borne.zip (ENGIE).
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/local/progress.sh
. deploy/local/progress.sh
data=.local/data
if [ -s "$data/nrel_RSF_II.csv" ] && [ -s "$data/la_haute_borne.csv" ] && [ -s "$data/la_haute_borne_assets.csv" ]; then exit 0; fi
mkdir -p "$data"
work=$(mktemp -d .local/fetch.XXXXXX)
trap 'rm -rf "$work"' EXIT
echo "Fetching real measurements: pvanalytics 0.2.2 (2 MB) and openoa 3.2 (54 MB)"
patiently "$work/log" /usr/bin/python3 -m pip download --progress-bar off --disable-pip-version-check --retries 1 --timeout 15 \
    --no-deps -d "$work" pvanalytics==0.2.2 openoa==3.2 ||
    fail "no measurements: nothing is cached, and the Python package index can't be reached ($(tail -n 1 "$work/log" | cut -c 1-120))"
/usr/bin/python3 - "$work" "$data" <<'PYTHON'
import glob, io, os, sys, zipfile

work, data = sys.argv[1:]


def keep(name, content):
    # A file appears only when it is complete, because an existing file is never downloaded again.
    with open(f"{work}/{name}", "wb") as file:
        file.write(content)
    os.replace(f"{work}/{name}", f"{data}/{name}")


wheel = zipfile.ZipFile(glob.glob(f"{work}/pvanalytics-*.whl")[0])
keep("nrel_RSF_II.csv", wheel.read("pvanalytics/data/nrel_RSF_II.csv"))
wheel = zipfile.ZipFile(glob.glob(f"{work}/openoa-*.whl")[0])
archive = zipfile.ZipFile(io.BytesIO(wheel.read("examples/data/la_haute_borne.zip")))
keep("la_haute_borne_assets.csv", archive.read("la-haute-borne_asset_table.csv"))
with archive.open("la-haute-borne-data-2014-2015.csv") as file:
    # Four turbines, six rows per hour: the header and the first five days.
    keep("la_haute_borne.csv", b"".join(file.readline() for _ in range(1 + 5 * 24 * 6 * 4)))
PYTHON
