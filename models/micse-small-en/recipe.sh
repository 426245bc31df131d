#!/usr/bin/env bash
# Rebuilds micse-small-en: a student of all-MiniLM-L6-v2 on texts without labels, with the project's own commands, and scores it.
#
#   models/micse-small-en/recipe.sh [--quick] [TEACHER [DATA [OUTPUT]]]
#
# TEACHER (default sentence-transformers/all-MiniLM-L6-v2, fetched from the Hub) is a model folder or an id. DATA (default ../shared/data beside the repository) holds
# wikipedia/en-sentences.txt.gz, ag_news/test.csv and senteval/ (SentEval's downstream folder). OUTPUT (default artifacts/micse-small-en) must be new. --quick takes a sixteenth of the texts
# and 200 steps. Held-out texts choose the weights that are kept: no labels are looked at but to be reported, and no text of STS, SICK or MRPC is trained on.
set -euo pipefail
export LC_ALL=C
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -- "$here/../.." && pwd)
take=1 steps=9600
if [[ ${1:-} == --quick ]]; then
    take=16 steps=200
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
mkdir -p "$output"
{
    gzip -dc "$data/wikipedia/en-sentences.txt.gz" | cropped 50 14 24
    awk -F'","' '{ gsub(/^"|"$/, ""); gsub(/\\n|\\/, " ", $0); gsub(/""/, "\"", $0); print $2; print $3 }' "$data/ag_news/test.csv" |
        sed 's/ *#36;/$/g; s/ *#39;/'"'"'/g; s/&[a-z]*;/ /g; s/"$//' | cropped 100 60 60
    cut -f1 "$senteval/SST/binary/sentiment-train" | cropped 45 30 5
    sed 's/^[A-Z]*:[a-z]* //' "$senteval/TREC/train_5500.label"
    cat "$senteval/CR/custrev.pos" "$senteval/CR/custrev.neg" "$senteval/SUBJ/subj.objective" | latin1 | cropped 90 40 60
    cat "$senteval/MPQA/mpqa.pos" "$senteval/MPQA/mpqa.neg" | latin1
    awk -v count=115000 -f "$here/written.awk"
} | sed 's/^ *//; s/ *$//' | awk -v take="$take" 'length($0) > 3 && !seen[$0]++ && n++ % take == 0' >"$output/texts.txt"

# A student: four of the teacher's six layers, and the 11,900 pieces of its vocabulary that the texts use most.
micse shrink --model "$teacher" --layers 0,2,4,5 --vocabulary-from "$output/texts.txt" --vocabulary-size 11900 --max-tokens 256 -o "$output/student"
micse distill --teacher "$teacher" --model "$output/student" --data "$output/texts.txt" --cache "$output/teacher.npy" --loss cosine:1,similarity:1 --queue 8192 \
    --steps "$steps" --learning-rate 3e-4 --max-tokens 64 --precision auto --eval-data "$senteval" --eval-every 600 --select label-free --save-every 300 -o "$output/distilled"

micse export --model "$output/distilled" --weights-precision fp16 --model-card "$here/README.md" -o "$output/model"
micse evaluate --model "$output/model" --eval-data "$senteval" --tasks STS12,STS13,STS14,STS15,STSBenchmark --split dev
micse similarity --model "$output/model" "How do I reset my password?" "I forgot my login credentials." "What are your opening hours?"
