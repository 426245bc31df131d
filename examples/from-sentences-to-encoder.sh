#!/usr/bin/env bash
# Runs the whole product once: make a model with random weights, score it, train it with the miCSE loss, score it again, use it.
#
#   examples/from-sentences-to-encoder.sh [DATA [OUTPUT]]
#
# DATA (default ../shared/data beside the repository) holds bert-base-uncased/ (tokenizer files), wikipedia/en-sentences.txt.gz and
# en-articles.tsv.gz, and senteval/ (SentEval's downstream folder). OUTPUT (default artifacts/from-sentences-to-encoder) must be new.
# About fifteen minutes on two cores that have nothing else to do.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
data=${1:-$root/../shared/data}
output=${2:-$root/artifacts/from-sentences-to-encoder}
sts=(--eval-data "$data/senteval" --tasks STS12,STS13,STS14,STS15,STSBenchmark --split dev)

for needed in bert-base-uncased/vocab.txt wikipedia/en-sentences.txt.gz wikipedia/en-articles.tsv.gz senteval/STS; do
    if [[ ! -e $data/$needed ]]; then
        echo "$data/$needed is not there: give the folder that holds it as the first argument." >&2
        exit 1
    fi
done

micse() {
    printf '\n$ micse %s\n' "${*//$root\//}"
    "$root/micse" "$@"
}

mkdir -p "$output"

# A model with random weights learns next to nothing from a sentence beside itself: any weights tell sentences apart. So the two
# views are neighbouring sentences of an article, one pair a line. The second column of a csv file with a pair would do the same.
awk -F'\t' -v OFS='\t' -v article=1 '
    NR == FNR { left[NR] = $3; next }
    left[article] == 0 { article++; first = "" }
    { left[article]--; if (first == "") first = $0; else { print first, $0; first = "" } }
' <(gzip -dc "$data/wikipedia/en-articles.tsv.gz") <(gzip -dc "$data/wikipedia/en-sentences.txt.gz") >"$output/pairs.tsv"

micse init --tokenizer "$data/bert-base-uncased" --layers 4 --hidden 256 --heads 4 -o "$output/untrained"
micse evaluate --model "$output/untrained" --pooling mean "${sts[@]}"
micse train --model "$output/untrained" --data "$output/pairs.tsv" --no-header --method micse --pooling mean \
    --learning-rate 5e-4 --warmup-steps 100 --steps 1000 --eval-data "$data/senteval" --eval-every 100 -o "$output/trained"
micse evaluate --model "$output/trained" "${sts[@]}"
micse similarity --model "$output/trained" \
    "A man is playing a guitar." "Someone plays an instrument." "The stock market fell."
