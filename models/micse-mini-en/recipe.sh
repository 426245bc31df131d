#!/usr/bin/env bash
# Rebuilds micse-mini-en from the text of Wikipedia alone, with the project's own commands, and scores it.
#
#   models/micse-mini-en/recipe.sh [--quick] [DATA [OUTPUT]]
#
# DATA (default ../shared/data beside the repository) holds wikipedia/en-sentences.txt.gz and en-articles.tsv.gz, and senteval/ (SentEval's
# downstream folder). OUTPUT (default artifacts/micse-mini-en) must be new. --quick leaves out the training of words alone and takes few steps after it.
# STS-B dev chooses the weights that are kept; no other labelled data is looked at before the end.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -- "$here/../.." && pwd)
layers_on=bag-of-words layer_steps=300
if [[ ${1:-} == --quick ]]; then
    layers_on=words layer_steps=120
    shift
fi
data=${1:-$root/../shared/data}
output=${2:-$root/artifacts/micse-mini-en}
sentences=$data/wikipedia/en-sentences.txt.gz
evaluation=(--eval-data "$data/senteval" --tasks STS12,STS13,STS14,STS15,STSBenchmark --split dev)

for needed in wikipedia/en-sentences.txt.gz wikipedia/en-articles.tsv.gz senteval/STS; do
    if [[ ! -e $data/$needed ]]; then
        echo "$data/$needed is not there: give the folder that holds it as an argument." >&2
        exit 1
    fi
done

micse() {
    printf '\n$ micse %s\n' "${*//$root\//}"
    "$root/micse" "$@"
}

mkdir -p "$output"
awk -f "$here/pairs.awk" <(gzip -dc "$data/wikipedia/en-articles.tsv.gz") <(gzip -dc "$sentences") >"$output/pairs.tsv"

# A vocabulary, and word vectors as a model without layers. It starts as their average.
micse vocabulary "$sentences" --size 8000 --max-characters 200 -o "$output/vocabulary"
micse init --tokenizer "$output/vocabulary" --layers 0 --hidden 384 --heads 6 --intermediate 512 --max-positions 128 \
    --words-from "$sentences" -o "$output/words"
micse evaluate --model "$output/words" "${evaluation[@]}"

# Words alone first: a step costs a thirtieth of one with layers. Places in a sentence, and the type of all tokens, are the same for Wikipedia's
# sentences and would be learnt instead of words; so they stay 0.
shape=(--freeze embeddings.position_embeddings --freeze embeddings.token_type_embeddings)
training=(--data "$output/pairs.tsv" --no-header --method simcse --eval-data "$data/senteval" "${shape[@]}")
if [[ $layers_on == bag-of-words ]]; then
    micse train --model "$output/words" "${training[@]}" --steps 1500 --batch-size 512 --max-tokens 64 --learning-rate 3e-4 --warmup-steps 50 \
        --eval-every 250 -o "$output/bag-of-words"
    micse evaluate --model "$output/bag-of-words" "${evaluation[@]}"
fi

# Then layers on top of it.
micse grow --model "$output/$layers_on" --layers 4 -o "$output/grown"
micse train --model "$output/grown" "${training[@]}" --steps "$layer_steps" --batch-size 256 --like-length --max-tokens 64 --learning-rate 2e-4 \
    --warmup-steps 20 --precision bf16 --eval-every 50 -o "$output/trained"

micse export --model "$output/trained" --weights-precision fp16 --model-card "$here/README.md" -o "$output/model"
micse evaluate --model "$output/model" "${evaluation[@]}"
micse similarity --model "$output/model" "A man is playing a guitar." "Someone plays an instrument." "The stock market fell."
