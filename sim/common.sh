# Shared by sim/run and tests/run: installs what is missing, configures and builds. Sourced, not run.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '== %s\n' "$*"; }

install_missing() {
    local missing=()
    local wanted
    wanted=$(sed 's/#.*//' "$top/sim/packages")
    for p in $wanted; do
        dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing+=("$p")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    say "installing ${#missing[@]} packages: ${missing[*]}"
    local sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    $sudo apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends "${missing[@]}" >/tmp/liqu-install.log 2>&1 || {
        tail -20 /tmp/liqu-install.log
        say "the packages could not be installed"
        exit 1
    }
}

# build PRESET [TARGET...]
build() {
    local preset=$1
    shift
    export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    [ -f "$top/build/$preset/build.ninja" ] || (cd "$top" && cmake --preset "$preset" >"/tmp/liqu-cmake-$preset.log" 2>&1) || {
        tail -30 "/tmp/liqu-cmake-$preset.log"
        exit 1
    }
    ninja -C "$top/build/$preset" "$@"
}
