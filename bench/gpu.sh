#!/usr/bin/env bash
# Measures what a GPU changes: whether vectors and losses agree with the processor's, and how fast it encodes and trains. Prints a Markdown table.
#
#   bench/gpu.sh publish FOLDER     makes a program that needs no .NET and has no libtorch in it, to take to a machine with a GPU
#   bench/gpu.sh [OPTIONS]          builds it and measures here; OPTIONS are those of bench/GpuSpeed, such as --device cpu --layers 4 --hidden 256 --heads 4
#   PROGRAM=FOLDER bench/gpu.sh …   measures with a program that was published before
#
# libtorch 2.10 comes from MICSE_LIBTORCH, else from the torch of python3 (pip install torch==2.10.0), else, where this script publishes the program, from NuGet for the processor.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

publish() { # FOLDER cpu|none
    dotnet publish "$here/GpuSpeed/GpuSpeed.csproj" --configuration Release --runtime linux-x64 --self-contained --output "$1" -p:MiCseTorch="$2" -p:UseArtifactsOutput=true --nologo -v q >&2
}

torch_of_python() {
    python3 -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))' 2>/dev/null || true
}

# Which of the functions of libtorch that TorchSharp's library calls are missing: another version of torch would show here before it crashes.
missing_symbols() { # PROGRAM LIBTORCH
    command -v nm >/dev/null || return 0
    comm -23 \
        <(nm -D --undefined-only "$1/libLibTorchSharp.so" | awk '{ print $NF }' | grep -E '^_ZNK?(2at|3c10|5torch|5caffe)' | sed 's/@.*//' | sort -u) \
        <(nm -D --defined-only "$2"/lib{c10,torch_cpu,torch}.so | awk '{ print $NF }' | sed 's/@.*//' | sort -u)
}

if [[ ${1:-} == publish ]]; then
    publish "${2:?the folder to publish to}" none
    echo "$2"
    exit
fi

MICSE_LIBTORCH=${MICSE_LIBTORCH:-$(torch_of_python)}
program=${PROGRAM:-}
if [[ -z $program ]]; then
    program=$here/../artifacts/gpu-bench/${MICSE_LIBTORCH:+none}
    [[ -n $MICSE_LIBTORCH ]] || program=$here/../artifacts/gpu-bench/cpu
    publish "$program" "$([[ -n $MICSE_LIBTORCH ]] && echo none || echo cpu)"
fi

if [[ -n $MICSE_LIBTORCH ]]; then
    export MICSE_LIBTORCH
    missing=$(missing_symbols "$program" "$MICSE_LIBTORCH")
    [[ -z $missing ]] || { echo "$MICSE_LIBTORCH lacks $(wc -l <<<"$missing") functions that TorchSharp calls:" >&2; head -5 <<<"$missing" >&2; exit 1; }
else
    unset MICSE_LIBTORCH
fi

# cuBLAS adds up in a fixed order only with a workspace of a fixed size.
export CUBLAS_WORKSPACE_CONFIG=${CUBLAS_WORKSPACE_CONFIG:-:4096:8}
command -v nvidia-smi >/dev/null && nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader >&2
exec "$program/GpuSpeed" "$@"
