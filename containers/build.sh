#!/usr/bin/env bash
# Publishes micse as a program that needs no .NET, and builds an image of it.
#
#   containers/build.sh micse                                      without libtorch
#   containers/build.sh micse-train                                with libtorch for processors and Open MPI
#   containers/build.sh micse-train --base IMAGE --libtorch DIR    with the libtorch 2.10 that lies in IMAGE's folder DIR, for GPUs
#
# Other options: --tag NAME (default: the first argument), --program FOLDER (published before), --tool docker|podman|buildah (default: the first that is there),
# and what comes after -- goes to the tool.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
image=${1:?which image: micse or micse-train}
shift
[[ -f $root/containers/$image.Dockerfile ]] || { echo "containers/build.sh: there is no containers/$image.Dockerfile." >&2; exit 2; }

base= libtorch= tag=$image program= tool=
while (($# > 0)); do
    case $1 in
        --base) base=$2 ;;
        --libtorch) libtorch=$2 ;;
        --tag) tag=$2 ;;
        --program) program=$2 ;;
        --tool) tool=$2 ;;
        --) shift; break ;;
        *) echo "containers/build.sh: $1 is not an option." >&2; exit 2 ;;
    esac
    shift 2
done

context=$root/artifacts/containers/$image
mkdir -p "$context"
if [[ -z $program ]]; then
    program=$context/program
    rm -rf "$program"
    torch=none
    [[ $image == micse-train && -z $libtorch ]] && torch=cpu
    dotnet publish "$root/src/MiCse.Cli/MiCse.Cli.csproj" --configuration Release --runtime linux-x64 --self-contained --output "$program" \
        -p:MiCseTorch=$torch -p:CompileAhead=false -p:PublishReadyToRun=false -p:DebugType=none --nologo -v q >&2
elif [[ ! $program -ef $context/program ]]; then
    rm -rf "$context/program"
    cp -al "$program" "$context/program" 2>/dev/null || cp -a "$program" "$context/program"
fi

# The server has an image of its own, with ASP.NET Core.
rm -rf "$context/program/serve"
# Libraries of libtorch that nothing here uses: tests, Python, mobile.
rm -f "$context"/program/lib{jitbackend_test,torchbind_test,backend_with_compiler,nnapi_backend,aoti_custom_ops,torch_python,shm}.so

[[ -n $tool ]] || tool=$(command -v docker || command -v podman || command -v buildah) || { echo "containers/build.sh: docker, podman or buildah is needed." >&2; exit 1; }
arguments=(--file "$root/containers/$image.Dockerfile" --tag "$tag")
[[ -z $base ]] || arguments+=(--build-arg "BASE=$base")
[[ -z $libtorch ]] || arguments+=(--build-arg "LIBTORCH=$libtorch")
case $(basename "${tool%% *}") in
    buildah) $tool bud "${arguments[@]}" "$@" "$context" ;;
    *) $tool build "${arguments[@]}" "$@" "$context" ;;
esac
