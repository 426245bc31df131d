#!/usr/bin/env bash
# Rebuilds micse-small-en: a student of all-MiniLM-L6-v2 on texts without labels, with the project's own commands, and scores it.
#
#   models/micse-small-en/recipe.sh [--quick] [TEACHER [DATA [OUTPUT]]]
#
# TEACHER (default sentence-transformers/all-MiniLM-L6-v2, fetched from the Hub) is a model folder or an id. DATA (default ../shared/data beside the repository) holds
# wikipedia/en-sentences.txt.gz, ag_news/test.csv and senteval/ (SentEval's downstream folder). OUTPUT (default artifacts/micse-small-en) must be new. --quick takes a sixth of the texts
# and 200 steps three times. Held-out texts choose the weights that are kept: no labels are looked at but to be reported, and no text of STS, SICK or MRPC is trained on.
set -euo pipefail
export LC_ALL=C
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -- "$here/../.." && pwd)
take=1 steps=3500 more=4000
if [[ ${1:-} == --quick ]]; then
    take=6 steps=200 more=200
    shift
fi
teacher=${1:-sentence-transformers/all-MiniLM-L6-v2}
data=${2:-$root/../shared/data}
output=${3:-$root/artifacts/micse-small-en}
senteval=$data/senteval

for needed in wikipedia/en-sentences.txt.gz ag_news/test.csv senteval/STS senteval/TREC; do
    if [[ ! -e $data/$needed ]]; then
        echo "$data/$needed is not there: give the folder that holds it as the second argument." >&2
        exit 1
    fi
done

micse() {
    printf '\n$ micse %s\n' "${*//$root\//}"
    "$root/micse" "$@"
}

cropped() { awk -v whole="$1" -v long="$2" -v parts="$3" -f "$here/cropped.awk"; }
latin1() { iconv -f latin1 -t utf8 "$@"; }

# Texts: sentences of Wikipedia, short ones and parts of long ones; titles and descriptions of news; what people ask (TREC) and say (reviews, SST, CR, MPQA, SUBJ: the training texts of
# SentEval's transfer tasks, without their labels); texts of our own writing.
if [[ -e $output ]]; then
    echo "$output is there already: name a new folder as the third argument." >&2
    exit 1
fi
mkdir -p "$output"
wikipedia() { gzip -dc "$data/wikipedia/en-sentences.txt.gz" | cropped 50 14 24; }
news() {
    awk -F'","' '{ gsub(/^"|"$/, ""); gsub(/\\n|\\/, " ", $0); gsub(/""/, "\"", $0); print $2; print $3 }' "$data/ag_news/test.csv" |
        sed 's/ *#36;/$/g; s/ *#39;/'"'"'/g; s/&[a-z]*;/ /g; s/"$//' | cropped 100 60 60
}
sentiment() { cut -f1 "$senteval/SST/binary/sentiment-train" | cropped 45 30 5; }
questions() { sed 's/^[A-Z]*:[a-z]* //' "$senteval/TREC/train_5500.label"; }
reviews() { cat "$senteval/CR/custrev.pos" "$senteval/CR/custrev.neg" "$senteval/SUBJ/subj.objective" | latin1 | cropped 90 40 60; }
opinions() { cat "$senteval/MPQA/mpqa.pos" "$senteval/MPQA/mpqa.neg" | latin1; }
written() { awk -v count=115000 -f "$here/written.awk"; }
others() { for kind in news sentiment questions reviews opinions written; do $kind | awk -v rest="$1" 'NR % 2 == rest'; done; } # 0 or 1: one half of them
kept() { sed 's/^ *//; s/ *$//' | awk -v take="$take" 'length($0) > 3 && !seen[$0]++ && n++ % take == 0'; }
{
    wikipedia | awk 'NR % 4 == 1'
    others 1
} | kept >"$output/texts.txt"
{
    wikipedia | awk 'NR % 4 == 3'
    others 0
} | kept >"$output/more.txt"
# Word order: texts with subject and object, giver and taker, winner and loser, or two names exchanged, among others.
{
    wikipedia | awk 'NR % 2 == 0'
    others 0
    gzip -dc "$data/wikipedia/en-sentences.txt.gz" | awk -f "$here/named.awk"
    awk -v count=60000 -f "$here/exchanged.awk"
} | kept >"$output/order.txt"

# What says which pieces and neurons matter: the same kinds of text in more equal shares, so that everyday words are not left out for an encyclopedia's names.
repeated() { for ((time = 0; time < $1; time++)); do $2; done; }
{
    wikipedia | awk 'NR % 4 == 0'
    repeated 2 news
    repeated 2 sentiment
    repeated 6 questions
    repeated 4 reviews
    repeated 6 opinions
    written
} | awk 'length($0) > 3' >"$output/shares.txt"

# A student: the teacher's six layers with half of the neurons in their feed-forward parts, which take over what they can of the other half, and 11,800 pieces of its vocabulary.
micse shrink --model "$teacher" --intermediate 768 --vocabulary-from "$output/shares.txt" --vocabulary-size 11800 --max-tokens 256 -o "$output/student"
distill() { # MODEL STEPS RATE OUTPUT TEXTS...
    micse distill --teacher "$teacher" --model "$output/$1" --data "${@:5}" --cache "$output/teacher-$4.npy" --loss cosine:1,similarity:1 --queue 8192 --steps "$2" --learning-rate "$3" \
        --max-tokens 64 --precision auto --eval-data "$senteval" --eval-every 700 --select label-free --save-every 100 -o "$output/$4"
}
distill student "$steps" 3e-4 first "$output/texts.txt"
# Again from there, on twice the texts and at a lower rate; and again, on other texts of Wikipedia and those about word order.
distill first "$more" 2e-4 second "$output/texts.txt" "$output/more.txt"
distill second "$more" 2e-4 third "$output/order.txt"

micse export --model "$output/third" --weights-precision fp16 --model-card "$here/README.md" -o "$output/model"
micse evaluate --model "$output/model" --eval-data "$senteval" --tasks STS12,STS13,STS14,STS15,STSBenchmark --split dev
micse evaluate --model "$output/model" --eval-data "$senteval" --tasks SICKRelatedness --split dev
micse evaluate --model "$output/model" --triplets "$root/tests/MiCse.Tests/Behaviour/triplets.tsv" --label-column kind
micse similarity --model "$output/model" "How do I reset my password?" "I forgot my login credentials." "What are your opening hours?"
