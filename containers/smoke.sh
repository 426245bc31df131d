#!/usr/bin/env bash
# Builds both images on a Debian made here and runs them: on Debian or Ubuntu, as root, with mmdebstrap and buildah (apt-get install mmdebstrap buildah). Takes some minutes.
# Nothing is fetched but Debian's packages, and nothing stays but artifacts/containers.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
tool="buildah --storage-driver vfs --root $work/images --runroot $work/run"
trap '$tool unmount --all >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

suite=$(. /etc/os-release; echo "${VERSION_CODENAME:-bookworm}")
mmdebstrap --quiet --variant=minbase --include=ca-certificates "$suite" "$work/base.tar"
container=$($tool from scratch)
$tool add --quiet "$container" "$work/base.tar" / >/dev/null
$tool config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
$tool commit --quiet --rm "$container" localhost/debian >/dev/null
rm "$work/base.tar"

run() { # IMAGE COMMAND…
    local container
    container=$($tool from "localhost/$1")
    $tool run --isolation chroot "$container" -- "${@:2}"
    $tool rm "$container" >/dev/null
}

check() { # NAME EXPECTED FOUND
    if [[ $3 == *"$2"* ]]; then echo "ok    $1"; else echo "WRONG $1: expected $2, found: $3"; exit 1; fi
}

for image in micse micse-train; do
    "$root/containers/build.sh" "$image" --base localhost/debian --tag "localhost/$image" --tool "$tool" -- --isolation chroot --pull-never --quiet >/dev/null
    size=$(du -sm "$root/artifacts/containers/$image/program" | cut -f1)
    echo "      $image: program of $size MB"
    check "$image encodes" "Someone plays an instrument." "$(run "$image" micse similarity "A man is playing a guitar." "Someone plays an instrument.")"
done

check "micse says what training needs" "MICSE_LIBTORCH" "$(run micse micse info --device cpu 2>&1 || true)"
check "micse-train has libtorch" "2.10" "$(run micse-train micse info --device auto)"
check "micse-train has Open MPI" "Open MPI" "$(run micse-train mpirun --version)"
check "micse-train trains" "steps" "$(run micse-train sh -c 'cd /tmp && i=0; while [ $i -lt 40 ]; do echo "text number $i about things"; i=$((i+1)); done > texts.txt && micse train --model micse-small-en --data texts.txt --batch-size 8 --steps 2 --threads 1 --output trained --quiet')"
