"""Trains a model as train.py does and stores scikit-learn's own predictions.

forest.py TRAINING_FOLDER OUTPUT_FOLDER: writes table.csv, model.json and expected.json to OUTPUT_FOLDER.
"""
import json
import random
import sys

import sklearn.ensemble

training, output = sys.argv[1:]
sys.path.insert(0, training)
import train  # noqa: E402

NAMES = 15
kept = []


class Kept(sklearn.ensemble.RandomForestClassifier):
    def fit(self, *arguments):
        kept.append(self)
        return super().fit(*arguments)


sklearn.ensemble.RandomForestClassifier = Kept
random.seed(7)
values = [[random.gauss(0, 10) for _ in range(NAMES)] for _ in range(300)]
with open(f"{output}/table.csv", "w") as table:
    table.write(",".join(["asset", "moment"] + [f"f{n}" for n in range(NAMES)] + ["failed"]) + "\n")
    for row in values:
        failed = int(row[5] + 0.5 * row[4] + random.gauss(0, 4) > 6)
        table.write(",".join(["a", "m"] + [repr(cell) for cell in row] + [str(failed)]) + "\n")
sys.argv = ["train.py", f"{output}/table.csv", "-o", f"{output}/model.json"]
train.main()

# Rows of the training set, random rows, and rows with values exactly at the thresholds of the trees.
rows = values[:100] + [[random.gauss(0, 15) for _ in range(NAMES)] for _ in range(100)]
for estimator in kept[0].estimators_[:50]:
    row = [random.gauss(0, 10) for _ in range(NAMES)]
    for feature, threshold in zip(estimator.tree_.feature, estimator.tree_.threshold):
        if feature >= 0:
            row[feature] = float(threshold)
    rows.append(row)
expected = [float(p) for p in kept[0].predict_proba(rows)[:, 1]]
with open(f"{output}/expected.json", "w") as file:
    json.dump({"rows": rows, "probabilities": expected}, file)
