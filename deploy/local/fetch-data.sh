#!/usr/bin/env bash
# Fetches the demo's real measurements from the Python package index into .local/data, once. None of it is committed.
#   pvanalytics 0.2.2 carries nrel_RSF_II.csv (NREL), openoa 3.2 carries la_haute_borne.zip (ENGIE).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=.local/data
if [ -s "$data/nrel_RSF_II.csv" ] && [ -s "$data/la_haute_borne.csv" ]; then exit 0; fi
mkdir -p "$data"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "Fetching real measurements: pvanalytics 0.2.2 (2 MB) and openoa 3.2 (54 MB)"
if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps -d "$work" pvanalytics==0.2.2 openoa==3.2; then
    echo "no measurements: the Python package index can't be reached and nothing is cached" >&2
    exit 3
fi
python3 - "$work" "$data" <<'PYTHON'
import glob, io, sys, zipfile

work, data = sys.argv[1:]
wheel = zipfile.ZipFile(glob.glob(f"{work}/pvanalytics-*.whl")[0])
solar = wheel.read("pvanalytics/data/nrel_RSF_II.csv")
wheel = zipfile.ZipFile(glob.glob(f"{work}/openoa-*.whl")[0])
archive = zipfile.ZipFile(io.BytesIO(wheel.read("examples/data/la_haute_borne.zip")))
with archive.open("la-haute-borne-data-2014-2015.csv") as file:
    # Four turbines, six rows an hour: the header and the first five days.
    wind = b"".join(file.readline() for _ in range(1 + 5 * 24 * 6 * 4))
open(f"{data}/la_haute_borne.csv", "wb").write(wind)
open(f"{data}/nrel_RSF_II.csv", "wb").write(solar)
PYTHON
