#!/usr/bin/env python3
"""Trains the failure model on the feature table that the system itself exported.

    curl -H "Authorization: Bearer $TOKEN" \
        "$GATEWAY/api/v1/predictions/training-set?horizonDays=1" > features.csv
    python3 train.py features.csv -o failure.json

The table's last column says whether an emergency or corrective work order followed within the horizon. The output file has
150 trees and a description of their training data; dcmms-ml-scoring reads it (ML_MODEL_FILE).
"""
import argparse
import csv
import datetime
import hashlib
import json
import sys


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    header, rows = rows[0], rows[1:]
    if header[:2] != ["asset", "moment"] or header[-1] != "failed":
        sys.exit(f"{path} is not a training set: its columns are {', '.join(header)}")
    values = [[float(cell) for cell in row[2:-1]] for row in rows]
    labels = [int(row[-1]) for row in rows]
    return header[2:-1], values, labels


def tree(estimator):
    """One tree's arrays; the share of failures at every node."""
    grown = estimator.tree_
    classes = list(estimator.classes_)
    shares = []
    for counts in grown.value:
        total = counts[0].sum()
        failures = counts[0][classes.index(1.0)] if 1.0 in classes else 0.0
        shares.append(float(failures / total))
    return {
        "feature": [int(f) for f in grown.feature],
        "threshold": [float(t) for t in grown.threshold],
        "left": [int(c) for c in grown.children_left],
        "right": [int(c) for c in grown.children_right],
        "share": shares,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("table")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--horizon-days", type=int, default=1)
    parser.add_argument("--trees", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    from sklearn.ensemble import RandomForestClassifier

    features, values, labels = read(arguments.table)
    if len(set(labels)) < 2:
        sys.exit(f"{arguments.table} has {len(labels)} rows of one kind only: there is nothing to tell apart")
    forest = RandomForestClassifier(
        n_estimators=arguments.trees, random_state=arguments.seed, class_weight="balanced", oob_score=True,
        min_samples_leaf=2,
    ).fit(values, labels)
    now = datetime.datetime.now(datetime.timezone.utc)
    with open(arguments.table, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    model = {
        "format": "dcmms-forest-1",
        "name": "failure",
        "version": now.strftime("%Y%m%d%H%M%S"),
        "features": features,
        "horizonDays": arguments.horizon_days,
        "trainedAt": now.isoformat(),
        "trainingData": digest,
        "metrics": {"rows": len(labels), "failures": sum(labels), "outOfBagAccuracy": float(forest.oob_score_)},
        "trees": [tree(estimator) for estimator in forest.estimators_],
    }
    with open(arguments.output, "w") as file:
        json.dump(model, file)
    print(f"{arguments.output}: {len(model['trees'])} trees over {len(labels)} rows, {sum(labels)} of them failures")


if __name__ == "__main__":
    main()
