#!/usr/bin/env bash
# The trainings of docs/low-shot.md: all-MiniLM-L6-v2 on 64 and 1,000 titles of news and on 64 sentences of Wikipedia, five seeds, with SimCSE, miCSE and the controls, on 10,000 sentences of Wikipedia, two seeds; and the built-in model on 64, three seeds.
#   bench/low-shot.sh [TEACHER [OUTPUT]]
# TEACHER is a model folder or an id (default sentence-transformers/all-MiniLM-L6-v2), OUTPUT (default artifacts/low-shot) gets a folder for each study with report.md and the plots; what is
# there already is not trained again. About four hours of one core with bfloat16 instructions, many times as much without them. Needs ../shared/data.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
model=${1:-sentence-transformers/all-MiniLM-L6-v2} output=${2:-artifacts/low-shot} data=../shared/data
mkdir -p "$output"

# Every fifth title of AG News' test set with its topic is scored; the others are trained on.
titles() { awk -F'","' -v topics="$1" '(NR % 5 == 0) == topics { gsub(/""/, "\"", $2); print (topics ? substr($1, 2) "\t" : "") $2 }' "$data/ag_news/test.csv"; }
{
    printf 'label\ttext\n'
    titles 1
} >"$output/titles.tsv"
titles 0 >"$output/titles.txt"

study() {
    local name=$1 sentences=$2
    shift 2
    printf '\n$ %s: %s\n' "$name" "$*"
    ./micse lowshot --model "$model" --data "$sentences" --steps "${steps:-16}" --select last --precision bf16 --threads 1 \
        --tasks STS13,STSBenchmark --retrieval "$output/titles.tsv" --eval-data "$data/senteval" "$@" -o "$output/$name"
}

controls=(--strong-dropout 0.2 --self-ranking 1)
study titles-64 "$output/titles.txt" --shots 64 --seeds 48..52 --methods simcse,micse --lambda 0.001,0.01,0.1,1 "${controls[@]}" --learning-rate 3e-5
study titles-64-exact "$output/titles.txt" --shots 64 --seeds 48..52 --methods simcse,micse --lambda 0.001,0.1 --ami sampled,exact --learning-rate 3e-5
study titles-64-slow "$output/titles.txt" --shots 64 --seeds 48..52 --methods simcse --learning-rate 1e-5
study titles-64-warm "$output/titles.txt" --shots 64 --seeds 48..52 --methods simcse,micse --lambda 0.1,1 --temperature 0.2 --learning-rate 3e-5
study wikipedia-64 "$data/wikipedia/lowshot" --shots 64 --seeds 48..52 --methods simcse,micse --lambda 0.1 "${controls[@]}" --learning-rate 3e-5
study titles-1000 "$output/titles.txt" --shots 1000 --seeds 48..52 --methods simcse,micse --lambda 0.001,0.1 --learning-rate 3e-5
steps=157 study wikipedia-10000 "$data/wikipedia/lowshot" --shots 10000 --seeds 48..49 --methods simcse,micse --lambda 0.0001,0.1 --learning-rate 3e-5
model=models/micse-small-en study small-en-titles-64 "$output/titles.txt" --shots 64 --seeds 48..50 --methods simcse,micse --lambda 0.001,0.1 --learning-rate 3e-5
model=models/micse-small-en study small-en-wikipedia-64 "$data/wikipedia/lowshot" --shots 64 --seeds 48..50 --methods simcse,micse --lambda 0.001,0.1 --learning-rate 3e-5
