"""Makes something happen at a site: readings go in over MQTT with TLS, by the edge agent, as `make demo` sends them.

    CONSOLE_STACK   the folder whose `make demo` runs   this repository
"""
import datetime
import os
import pathlib
import re
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
STACK = pathlib.Path(os.environ.get("CONSOLE_STACK", ROOT))
RULE = "watch: too warm for a test"
TURBINE = "R80711"


def tool(name):
    """A program of ours, where the stack was built or else where the tests were."""
    return next(file for folder in (STACK, ROOT) if (file := folder / ".build/debug" / name).exists())


def rule(api):
    """The rule that the tests of alerts raise alerts with, and its asset."""
    asset = next(one for one in api.get("/assets?limit=200")["items"] if one["code"] == TURBINE)
    known = [one for one in api.get("/alert-rules?limit=200")["items"] if one["name"] == RULE]
    made = known[0] if known else api.post("/alert-rules", {
        "name": RULE, "type": "WATCH_TEST", "assetId": asset["id"], "tag": "outdoor_temperature", "comparison": "above",
        "threshold": 50, "consecutive": 2, "severity": "critical", "createsWorkOrder": True,
    })
    return made, asset


def outdoor_temperature(*values):
    """The sensor takes -50 to 60 °C."""
    readings("Ot", *values)


def active_power(*values):
    """In kW. The sensor takes -100 to 2300."""
    readings("P", *values)


# When the last readings were made: those that are older than what is known decide nothing any more.
last_sent = 0.0


def readings(measured, *values):
    """One reading a second, the last one now, and all of them after those before."""
    global last_sent
    time.sleep(max(0.0, last_sent + len(values) - time.time()))
    begin = datetime.datetime(2014, 1, 1, tzinfo=datetime.timezone.utc)
    moments = [begin + datetime.timedelta(seconds=second) for second in range(len(values))]
    lines = ["Wind_turbine_name,Date_time,Ba_avg,P_avg,Ws_avg,Va_avg,Ot_avg,Ya_avg,Wa_avg"]
    columns = lines[0].split(",")[2:]
    lines += [",".join([TURBINE, moment.isoformat(), *(str(value) if one == f"{measured}_avg" else "" for one in columns)]) for moment, value in zip(moments, values)]
    keys = STACK / ".local/certificates"
    port = re.search(r"^listener (\d+)", (STACK / ".local/run/mosquitto.conf").read_text(encoding="utf-8"), re.M).group(1)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "readings.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        sent = subprocess.run(
            [
                tool("dcmms-edge"), "replay", "--file", file, "--format", "la-haute-borne", "--as-now", "--site", "LHB",
                "--mqtt", f"mqtts://127.0.0.1:{port}", "--ca", keys / "ca.crt", "--cert", keys / "LHB.crt", "--key", keys / "LHB.key",
                "--buffer", f"{folder}/buffer",
            ],
            timeout=60, capture_output=True, text=True,
        )
        assert sent.returncode == 0, sent.stdout + sent.stderr
    last_sent = time.time()
