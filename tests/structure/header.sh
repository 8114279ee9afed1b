#!/usr/bin/env bash
# header.sh plain|bridge HEADER INCLUDE_DIR STAMP COMPILER [FLAG...]
#
# Compiles a public header alone, twice in one file, and fails if it pulls in a library that a user need not have: a bridge may
# include xtensor, and nothing else. Touches STAMP if all is well, and leaves the header's dependencies in STAMP.d.
set -euo pipefail

kind=$1 header=$2 include_dir=$3 stamp=$4
shift 4

mkdir -p -- "$(dirname -- "$stamp")"
rm -f -- "$stamp"
printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
    "$@" -I "$include_dir" -x c++ -fsyntax-only -MD -MF "$stamp.d" -MT "$stamp" -

foreign='/fmt/|/nlohmann/|/Random123/|/CLI/|/boost/|/cblas[^/]*\.h$|/lapacke?[^/]*\.h$'
if [[ $kind == plain ]]; then
    foreign+='|/xtensor(-blas)?/|/xtl/|/xsimd/'
fi
# One dependency a line, without our own, wherever the project lies.
found=$(sed -e 's/\\ /\x01/g' -- "$stamp.d" | tr -s ' \\' '\n\n' | tr '\001' ' ' |
    awk -v own="$include_dir/" 'index($0, own) != 1' | grep -E -- "$foreign" || true)
if [[ -n $found ]]; then
    printf '<%s> pulls in %s: public headers include the standard library and xgrad alone\n' "$header" "${found%%$'\n'*}" >&2
    exit 1
fi
touch -- "$stamp"
