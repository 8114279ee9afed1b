#!/usr/bin/env bash
# prints.sh PARITY COMPILER [FLAG...]
#
# Compiles some of the programs that parity prints, all in one file.
set -euo pipefail
parity=$1
shift
dir=$(mktemp -d)
trap 'rm -rf -- "$dir"' EXIT

"$parity" --seed 2 --programs 20 --print | awk '/^int main/ { sub(/main/, "main_" ++n) } { print }' >"$dir/all.cpp"
grep -q 'const auto seconds' "$dir/all.cpp" || {
    echo 'none of the programs has second derivatives' >&2
    exit 1
}
"$@" -fsyntax-only "$dir/all.cpp"
