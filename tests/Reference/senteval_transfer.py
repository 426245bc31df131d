"""SentEval's transfer protocol with scikit-learn's logistic regression on letter counts.

Makes tests/Fixtures/metrics/senteval_transfer_letter_counts.json, which TransferParityTests compares with:

    python3 tests/Reference/senteval_transfer.py ../shared/data/senteval tests/Fixtures/metrics/senteval_transfer_letter_counts.json

Needs numpy and scikit-learn (made with 1.24.2 and 1.2.1). The embedding is the number of each letter a..z in the lower-cased sentence.
"""
import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

SEED = 1111
SMALL_GRID = [2.0 ** t for t in range(-2, 4)]
LARGE_GRID = [2.0 ** t for t in range(-1, 6)]


def lines(path):
    data = open(path, "rb").read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.removesuffix("\n").split("\n")


def counts(sentences):
    matrix = np.zeros((len(sentences), 26))
    for row, words in enumerate(sentences):
        for letter in " ".join(words).lower():
            if "a" <= letter <= "z":
                matrix[row, ord(letter) - ord("a")] += 1
    return matrix


def by_length(examples):
    """SentEval's order: by number of words, then label."""
    ordered = sorted(examples, key=lambda e: tuple(len(s) for s in e[:-1]) + (e[-1],))
    return [[e[i] for e in ordered] for i in range(len(ordered[0]))]


def fit(x, y, c):
    # The default stops after 100 iterations, on these features far from the optimum; the solver decides only how fast that is reached.
    solver = "newton-cholesky" if len(set(y)) == 2 else "lbfgs"
    return LogisticRegression(C=c, solver=solver, max_iter=20000).fit(x, y)


def folds(k, x, y):
    return StratifiedKFold(n_splits=k, shuffle=True, random_state=SEED).split(x, y)


def grid_scores(k, grid, x, y):
    return [round(100 * np.mean([fit(x[a], y[a], c).score(x[b], y[b]) for a, b in folds(k, x, y)]), 2) for c in grid]


def nested(k, sentences, labels):
    x, y = counts(sentences), np.array(labels)
    dev, test, chosen = [], [], []
    for a, b in folds(k, x, y):
        scores = grid_scores(k, SMALL_GRID, x[a], y[a])
        chosen.append(SMALL_GRID[int(np.argmax(scores))])
        dev.append(max(scores))
        test.append(100 * fit(x[a], y[a], chosen[-1]).score(x[b], y[b]))
    return {"dev": np.mean(dev), "test": np.mean(test), "c": chosen}


def k_fold(k, x, y, test=None):
    scores = grid_scores(k, LARGE_GRID, x, y)
    c = LARGE_GRID[int(np.argmax(scores))]
    result = {"dev": max(scores), "c": [c]}
    if test:
        result["test"] = 100 * fit(x, y, c).score(*test)
    return result


def binary(folder, positive, negative):
    pairs = [(line.split(), 1) for line in lines(folder + positive)] + [(line.split(), 0) for line in lines(folder + negative)]
    return by_length(pairs)


def trec(path):
    names = {"ABBR": 0, "DESC": 1, "ENTY": 2, "HUM": 3, "LOC": 4, "NUM": 5}
    return by_length([(line.split(":", 1)[1].split(" ", 1)[1].split(), names[line.split(":", 1)[0]]) for line in lines(path)])


def main(folder, output):
    results = {}
    for name, positive, negative in [
        ("MR", "/MR/rt-polarity.pos", "/MR/rt-polarity.neg"), ("CR", "/CR/custrev.pos", "/CR/custrev.neg"),
        ("SUBJ", "/SUBJ/subj.objective", "/SUBJ/subj.subjective"), ("MPQA", "/MPQA/mpqa.pos", "/MPQA/mpqa.neg"),
    ]:
        data = binary(folder, positive, negative)
        results[name] = {str(k): nested(k, *data) for k in (3, 5, 10)}
        print(name, results[name], flush=True)

    parts = [by_length([(line.split("\t")[0].split(), int(line.split("\t")[1])) for line in lines(f"{folder}/SST/binary/sentiment-{part}")])
             for part in ("train", "dev", "test")]
    (train, dev, test) = [(counts(x), np.array(y)) for x, y in parts]
    scores = [round(100 * fit(*train, c).score(*dev), 2) for c in SMALL_GRID]
    c = SMALL_GRID[int(np.argmax(scores))]
    results["SST2"] = {"split": {"dev": max(scores), "test": 100 * fit(*train, c).score(*test), "c": [c]}}
    print("SST2", results["SST2"], flush=True)

    (train, test) = [(counts(x), np.array(y)) for x, y in (trec(folder + "/TREC/train_5500.label"), trec(folder + "/TREC/TREC_10.label"))]
    results["TREC"] = {str(k): k_fold(k, *train, test) for k in (5, 10)}
    print("TREC", results["TREC"], flush=True)

    rows = [line.split("\t") for line in lines(folder + "/MRPC/msr_paraphrase_train.txt")[1:]]
    first, second, label = by_length([(row[3].split(), row[4].split(), int(row[0])) for row in rows])
    a, b, y = counts(first), counts(second), np.array(label)
    results["MRPC"] = {str(k): k_fold(k, np.c_[np.abs(a - b), a * b], y) for k in (5, 10)}
    print("MRPC", results["MRPC"], flush=True)

    with open(output, "w") as file:
        json.dump(results, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
