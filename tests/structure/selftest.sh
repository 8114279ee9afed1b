#!/usr/bin/env bash
# selftest.sh COMPILER [FLAG...]
#
# Plants what the structure tests forbid in a tree of its own and checks that each is found.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
tree="$scratch/a tree"
failures=0

fresh_tree() {
    rm -rf -- "$tree"
    mkdir -p -- "$tree"/{core,autograd,nn,optim,data,inspect,plot,tests/nn}/detail "$tree/include/xgrad/core"
    printf '#include <vector>\n#include <xgrad/core/error.hpp>\n' >"$tree/nn/module.cpp"
    printf '#include <xgrad/nn/module.hpp>\n#include <xgrad/plot/figure.hpp>\n' >"$tree/inspect/monitor.cpp"
    printf '#include "local.hpp"\n#include <xgrad/xgrad.hpp>\n' >"$tree/tests/nn/module.cpp"
    touch "$tree/tests/nn/local.hpp"
}

# verdict NAME EXPECTED COMMAND...: EXPECTED is "ok" or a piece of the message of a failure.
verdict() {
    local name=$1 expected=$2 message status=0
    shift 2
    message=$("$@" 2>&1) || status=$?
    if [[ $expected == ok && $status == 0 ]] || [[ $expected != ok && $status != 0 && $message == *"$expected"* ]]; then
        printf 'ok: %s\n' "$name"
    else
        printf 'FAILED: %s: expected "%s", got status %d and: %s\n' "$name" "$expected" "$status" "$message"
        failures=$((failures + 1))
    fi
}

# include NAME FILE LINE EXPECTED: plants LINE in FILE of a clean tree.
include() {
    fresh_tree
    printf '%s\n' "$3" >>"$tree/$2"
    verdict "$1" "$4" bash "$here/includes.sh" "$tree"
}

include 'a clean tree' core/path.cpp '#include <xgrad/core/detail/task.hpp>' ok
include 'upwards' core/path.cpp '#include <xgrad/autograd/tensor.hpp>' 'core/path.cpp:1: core must not include autograd'
include 'sideways' nn/module.cpp '  #  include <xgrad/optim/sgd.hpp>' 'nn/module.cpp:3: nn must not include optim'
include 'data and nn' data/batches.cpp '#include <xgrad/nn/module.hpp>' 'data must not include nn'
include 'plot and inspect' plot/figure.cpp '#include <xgrad/inspect/monitor.hpp>' 'plot must not include inspect'
include 'the umbrella inside' nn/module.cpp '#include <xgrad/xgrad.hpp>' 'not <xgrad/xgrad.hpp>'
include 'an unknown folder' nn/module.cpp '#include <xgrad/misc/a.hpp>' 'in no folder'
include 'detail in a public header' nn/module.hpp '#include <xgrad/autograd/detail/node.hpp>' 'not installed'
include 'detail in a private header' nn/detail/a.hpp '#include <xgrad/autograd/detail/node.hpp>' ok
include 'a bare include' nn/module.cpp '#include "module.hpp"' 'write <xgrad/'
include 'a bare include from a test' tests/nn/module.cpp '#include "nn/module.hpp"' 'not beside'
include 'a bare include upwards' tests/nn/module.cpp '#include "../../nn/module.hpp"' 'not beside'
verdict 'no tree at all' 'no folder' bash "$here/includes.sh" "$scratch"

# header NAME KIND CODE EXPECTED: CODE is the text of a public header.
header() {
    fresh_tree
    printf '#pragma once\n%s\n' "$3" >"$tree/include/xgrad/core/a.hpp"
    verdict "$1" "$4" bash "$here/header.sh" "$2" xgrad/core/a.hpp "$tree/include" "$scratch/a.stamp" "${compiler[@]}"
}

compiler=("$@" -I "$scratch/foreign")
mkdir -p "$scratch/foreign/"{xtensor,xsimd,fmt}
touch "$scratch/foreign/"{xtensor/xarray.hpp,xsimd/xsimd.hpp,fmt/core.h,cblas.h}

header 'a header that stands alone' plain '#include <string>
inline std::string a() { return {}; }' ok
header 'a header that misses an include' plain 'inline std::string a() { return {}; }' 'error'
header 'a header that pulls in xtensor' plain '#include <xtensor/xarray.hpp>' 'xtensor/xarray.hpp'
header 'a header that pulls in CBLAS' plain '#include <cblas.h>' 'cblas.h'
header 'a bridge that pulls in xtensor' bridge '#include <xtensor/xarray.hpp>
#include <xsimd/xsimd.hpp>' ok
header 'a bridge that pulls in fmt' bridge '#include <fmt/core.h>' 'fmt/core.h'

exit $((failures > 0))
