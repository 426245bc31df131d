#!/usr/bin/env bash
# Builds the server's image from its Dockerfile and with `dotnet publish /t:PublishContainer`, on a Debian and a .NET made here, and runs both without root on a read-only file
# system: on Debian or Ubuntu, as root, with mmdebstrap, buildah, skopeo, umoci and docker-registry (apt-get install them). Takes some minutes; nothing stays.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
tool="buildah --storage-driver vfs --root $work/images --runroot $work/run"
dotnet=$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")
port=5055 registry='' server=''
cleanup() {
    [[ -z $server ]] || kill -- "-$server" 2>/dev/null || true
    [[ -z $registry ]] || kill "$registry" 2>/dev/null || true
    $tool unmount --all >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT

# A Debian, on it ASP.NET Core's runtime, on that the SDK: what the published images are.
suite=$(. /etc/os-release; echo "${VERSION_CODENAME:-bookworm}")
mmdebstrap --quiet --variant=minbase --include=ca-certificates,libstdc++6,libgomp1 "$suite" "$work/base.tar"
version=$(dotnet --list-runtimes | awk '$1 == "Microsoft.AspNetCore.App" { version = $2 } END { print version }')
container=$($tool from scratch)
$tool add --quiet "$container" "$work/base.tar" / >/dev/null
rm "$work/base.tar"
for part in dotnet host "shared/Microsoft.NETCore.App/$version" "shared/Microsoft.AspNetCore.App/$version"; do
    $tool copy --quiet "$container" "$dotnet/$part" "/usr/share/dotnet/$part" >/dev/null
done
$tool run --isolation chroot "$container" -- sh -c 'ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet && useradd --uid 1654 --create-home app'
$tool config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 --env DOTNET_NOLOGO=1 "$container"
$tool commit --quiet "$container" localhost/aspnet >/dev/null
$tool copy --quiet "$container" "$dotnet" /usr/share/dotnet >/dev/null
$tool commit --quiet --rm "$container" localhost/sdk >/dev/null

check() { # NAME EXPECTED FOUND
    if [[ $3 == *"$2"* ]]; then echo "ok    $1"; else echo "WRONG $1: expected $2, found: $3"; exit 1; fi
}

# Runs a command in the file system of an image, which cannot be written but for /tmp, as its user; the network is this machine's.
inside() { # FOLDER COMMAND…
    unshare --mount --pid --fork --kill-child bash -c '
        mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/tmp"
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DOTNET_EnableDiagnostics=0 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 chroot --userspec=1654:1654 "$0" "$@"' "$@"
}

try() { # NAME IMAGE
    local folder
    container=$($tool from "$2")
    folder=$($tool mount "$container")
    check "$1: no root" 1654 "$($tool inspect --format '{{.OCIv1.Config.User}}' "$container" | sed 's/^app$/1654/')"
    if inside "$folder" touch /app/written 2>/dev/null; then echo "WRONG $1: its file system was written"; exit 1; fi
    rm -f "$work/out"
    set -m
    inside "$folder" dotnet /app/MiCse.Serve.dll --port 8099 >"$work/out" 2>"$work/err" &
    server=$!
    set +m
    for ((i = 0; i < 300; i++)); do [[ ! -s $work/out ]] || break; sleep 0.2; done
    check "$1: ready" http "$(cat "$work/out" "$work/err")"
    check "$1: answers" '[[' "$(curl -sS http://127.0.0.1:8099/embed -d '{"inputs": "A man plays the guitar."}')"
    check "$1: health" healthy "$(inside "$folder" dotnet /app/MiCse.Serve.dll --check-health --port 8099 && echo healthy)"
    kill -- "-$server"
    wait "$server" 2>/dev/null || true
    server=''
    if inside "$folder" dotnet /app/MiCse.Serve.dll --check-health --port 8099; then echo "WRONG $1: healthy without a server"; exit 1; fi
    echo "      $1: $(du -sm "$folder/app" | cut -f1) MB of program, $(du -sm "$folder" | cut -f1) MB of image"
    $tool unmount "$container" >/dev/null
    $tool rm "$container" >/dev/null
}

# The restored packages stand in for a registry that an image might not reach.
$tool bud --isolation chroot --format docker --pull-never --volume "${NUGET_PACKAGES:-$HOME/.nuget/packages}:/root/.nuget/packages" \
    --build-arg SDK=localhost/sdk --build-arg RUNTIME=localhost/aspnet --tag localhost/micse-serve --file "$root/containers/micse-serve.Dockerfile" "$root" >"$work/bud" 2>&1 \
    || { tail -20 "$work/bud"; exit 1; }
try "Dockerfile" localhost/micse-serve
check "Dockerfile: health check" --check-health "$($tool inspect --format '{{.Docker.Config.Healthcheck}}' localhost/micse-serve)"

# The SDK's own containers come from a registry.
printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: %s/registry}}\nhttp: {addr: 127.0.0.1:%s}\n' "$work" "$port" >"$work/registry.yml"
docker-registry serve "$work/registry.yml" >/dev/null 2>&1 &
registry=$!
$tool push --quiet --tls-verify=false --format oci localhost/aspnet "docker://127.0.0.1:$port/aspnet:10.0"
dotnet publish "$root/src/MiCse.Serve/MiCse.Serve.csproj" -c Release --nologo -v q -p:CompileAhead=false /t:PublishContainer -p:RunAnalyzers=false -p:ContainerBaseImage="localhost:$port/aspnet:10.0" \
    -p:ContainerArchiveOutputPath="$work/micse-serve.tar.gz" >"$work/publish" 2>&1 || { tail -20 "$work/publish"; exit 1; }
echo "      PublishContainer: archive of $(du -m "$work/micse-serve.tar.gz" | cut -f1) MB"
try "PublishContainer" "oci-archive:$work/micse-serve.tar.gz"
