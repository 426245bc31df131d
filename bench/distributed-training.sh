#!/usr/bin/env bash
# What slices and processes cost a training: median times of steps, side by side, in rounds.
#   bench/distributed-training.sh [ROUNDS [STEPS]] > bench/results/distributed-training.md
# Needs Open MPI's mpirun, two cores and ../shared/data. A model of 4 layers of 256, as in bench/TrainingSpeed, batches of 128 sentences of up to 32 tokens.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
rounds=${1:-3} steps=${2:-30}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build -c Release -v q --nologo bench/TrainingSpeed >&2
dotnet build -c Release -v q --nologo src/MiCse.Cli >&2
micse=(dotnet artifacts/bin/MiCse.Cli/release/MiCse.Cli.dll)
speed=(dotnet artifacts/bin/TrainingSpeed/release/TrainingSpeed.dll sliced --model "$work/base" --data ../shared/data/wikipedia/simcse-head.txt --batch-size 128 --steps "$steps")
"${micse[@]}" init --tokenizer ../shared/data/bert-base-uncased --layers 4 --hidden 256 --heads 4 --max-positions 128 -o "$work/base" -q >/dev/null
# TERM=dumb: mpirun gives processes a terminal, to which .NET would send a control sequence before the number.
ranks=(env TERM=dumb mpirun --allow-run-as-root --oversubscribe --bind-to none --mca mpi_yield_when_idle 1 -n 2)

names=("1 process, 2 threads, 1 slice" "1 process, 2 threads, 2 slices" "1 process, 2 threads, 4 slices" "1 process, 2 threads, 8 slices" "2 processes of 1 thread, 2 slices" "2 processes of 1 thread, 4 slices" "2 processes of 1 thread, 8 slices")
run() {
    case $1 in
        0) "${speed[@]}" --method "$2" --threads 2 --slices 1 ;;
        1) "${speed[@]}" --method "$2" --threads 2 --slices 2 ;;
        2) "${speed[@]}" --method "$2" --threads 2 --slices 4 ;;
        3) "${speed[@]}" --method "$2" --threads 2 --slices 8 ;;
        4) OMP_NUM_THREADS=1 "${ranks[@]}" "${speed[@]}" --method "$2" --threads 1 --slices 2 ;;
        5) OMP_NUM_THREADS=1 "${ranks[@]}" "${speed[@]}" --method "$2" --threads 1 --slices 4 ;;
        6) OMP_NUM_THREADS=1 "${ranks[@]}" "${speed[@]}" --method "$2" --threads 1 --slices 8 ;;
    esac
}
for ((round = 0; round < rounds; round++)); do
    for method in SimCse MiCse; do
        for variant in "${!names[@]}"; do
            run "$variant" $method 2>/dev/null | tail -1 >>"$work/$method-$variant"
        done
    done
done
median() { sort -n "$1" | awk '{ values[NR] = $1 } END { print (values[int((NR + 1) / 2)] + values[int(NR / 2) + 1]) / 2 }'; }

echo "# Slices and processes"
echo
echo "    bench/distributed-training.sh $rounds $steps"
echo
echo "4 layers of 256, 4 heads, batches of 128 sentences; $(nproc) processors; milliseconds a step, medians of $steps steps and of $rounds rounds, and how many steps of one slice in one process that is."
echo
echo "| | SimCSE | ratio | miCSE | ratio |"
echo "|---|---|---|---|---|"
for variant in "${!names[@]}"; do
    line="| ${names[variant]}"
    for method in SimCse MiCse; do
        line+=" | $(median "$work/$method-$variant") | $(awk -v a="$(median "$work/$method-$variant")" -v b="$(median "$work/$method-0")" 'BEGIN { printf "%.2f", a / b }')"
    done
    echo "$line |"
done
