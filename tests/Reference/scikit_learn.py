"""Shuffles, folds and logistic regressions of NumPy and scikit-learn.

Makes tests/Fixtures/metrics/scikit_learn.json, which the tests of MiCse.Evaluation.Classification compare with:

    python3 tests/Reference/scikit_learn.py tests/Fixtures/metrics/scikit_learn.json

Made with NumPy 1.24.2 and scikit-learn 1.2.1.
"""
import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

SEED = 1111


def shuffled(count):
    values = np.arange(count)
    np.random.RandomState(SEED).shuffle(values)
    return values.tolist()


def folds(random, rows, k, classes):
    labels = random.randint(0, classes, rows)
    fold_of = np.zeros(rows, int)
    for fold, (_, test) in enumerate(StratifiedKFold(n_splits=k, shuffle=True, random_state=SEED).split(np.zeros(rows), labels)):
        fold_of[test] = fold
    return {"labels": labels.tolist(), "folds": k, "foldOf": fold_of.tolist()}


def fit(random, rows, columns, classes, c):
    x = np.round(random.randn(rows, columns) * [1, 3, 0.2, 10, 1][:columns], 3)
    y = (x @ random.randn(columns, classes) + 2 * random.randn(rows, classes)).argmax(1)
    model = LogisticRegression(C=c, tol=1e-10, max_iter=10000).fit(x, y)
    loss = -model.predict_log_proba(x)[np.arange(rows), y].sum()
    return {"features": x.tolist(), "labels": y.tolist(), "c": c, "coefficients": model.coef_.tolist(), "intercepts": model.intercept_.tolist(),
            "objective": float(c * loss + 0.5 * (model.coef_ ** 2).sum()), "predictions": model.predict(x).tolist()}


def main(output):
    random = np.random.RandomState(5)
    results = {
        "shuffled": {"10": shuffled(10), "2000": shuffled(2000)[:12]},
        "folds": [folds(random, rows, k, classes) for rows, k, classes in [(22, 3, 4), (61, 5, 2), (200, 10, 6)]],
        "fits": [fit(random, *case) for case in [(60, 4, 2, 1.0), (90, 5, 3, 4.0), (80, 3, 4, 0.25)]],
    }
    with open(output, "w") as file:
        json.dump(results, file)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
