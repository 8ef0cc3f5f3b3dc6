"""Writes random tables with Python's csv module, and what they contain as JSON: the judge of our reader."""

import csv
import json
import pathlib
import random
import sys

folder = pathlib.Path(sys.argv[1])
random.seed(7)
letters = ["a", "é", ",", '"', "\n", " ", "😀", "x", "7", "\t"]
for number in range(200):
    columns = random.randint(2, 5)
    rows = [["".join(random.choices(letters, k=random.randint(0, 6))) for _ in range(columns)] for _ in range(random.randint(1, 8))]
    rows.insert(0, [f"c{index}" for index in range(columns)])
    with open(folder / f"{number}.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator=random.choice(["\n", "\r\n"])).writerows(rows)
    (folder / f"{number}.json").write_text(json.dumps(rows))
