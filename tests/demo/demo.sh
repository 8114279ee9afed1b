#!/usr/bin/env bash
# demo.sh PROGRAM: what the demo prints and leaves, for a small network, and what it says to bad input.
set -euo pipefail

demo=$1
scratch=$(mktemp -d)
trap 'chmod -R u+w -- "$scratch"; rm -rf -- "$scratch"' EXIT
cd -- "$scratch"
failures=0

# verdict NAME STATUS: STATUS 0 is a pass.
verdict() {
    if [[ $2 == 0 ]]; then
        echo "ok: $1"
    else
        echo "FAILED: $1"
        sed 's/^/    stdout: /' out
        sed 's/^/    stderr: /' err
        failures=$((failures + 1))
    fi
}

# demo EXPECTED_STATUS ARGUMENT...
demo() {
    local expected=$1 status=0
    shift
    "$demo" "$@" >out 2>err </dev/null || status=$?
    [[ $status == "$expected" ]]
}

# refused NAME WORD ARGUMENT...: exit code 2 and one line on stderr, which has WORD in it.
refused() {
    local name=$1 word=$2 status=0
    shift 2
    { demo 2 "$@" && [[ ! -s out && $(wc -l <err) == 1 && $(<err) == *"$word"* ]]; } || status=1
    verdict "$name" "$status"
}

status=0
{ demo 0 --help && grep -q -e --epochs out; } || status=1
verdict 'help' "$status"

status=0
small=(--epochs 1 --depth 3 --width 8 --seed 1 --threads 1)
{ demo 0 "${small[@]}" --out 'new folder/figures' && [[ -s out && ! -s err ]]; } || status=1
verdict 'a small network trains, and stderr stays empty where it is no terminal' "$status"

for type in svg png csv json; do
    status=0
    compgen -G "new folder/figures/*.$type" >/dev/null || status=1
    verdict "it leaves a .$type" "$status"
done

refused 'an unknown option' no-such --no-such-option
refused 'a depth of 0' depth --depth 0
refused 'a depth that is no number' depth --depth many
refused 'an unknown initialisation' init --init no-such
refused 'a negative number of epochs' epochs --epochs -3
touch file
refused 'an output folder below a file' file --out file/below

exit $((failures > 0))
