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
plain=(--epochs 1 --depth 3 --width 8)
small=("${plain[@]}" --seed 1 --threads 1)
{ demo 0 "${small[@]}" --out 'new folder/figures' && [[ -s out ]] && ! grep -q $'[\r\e]' err; } || status=1
verdict 'a small network trains, without a progress bar where stderr is no terminal' "$status"

for type in svg png csv json; do
    status=0
    compgen -G "new folder/figures/*.$type" >/dev/null || status=1
    verdict "it leaves a .$type" "$status"
done

# The table has a line for each hidden layer and the last one, below its header.
status=0
{ [[ $(wc -l <'new folder/figures/layers.csv') == 5 && $(head -n 1 'new folder/figures/layers.csv') == layer,type,gradient_norm,* ]] &&
    [[ $(grep -c '"layer":' 'new folder/figures/layers.json') == 4 ]]; } || status=1
verdict 'the table has depth + 1 layers' "$status"

status=0
{ grep -q '^epoch *1/1  loss .* val_loss .* MAPE ' out && grep -q 'Step 4:' out && grep -q 'The gradient keeps its size' out &&
    grep -q 'new folder/figures/layers.csv' out; } || status=1
verdict 'it prints a line an epoch, the step, the verdict and the paths' "$status"

status=0
{ demo 0 --epochs 0 --depth 1 --width 4 --out untrained && [[ -s untrained/gradients.svg ]]; } || status=1
verdict 'one layer and no epoch' "$status"

if [[ -w /dev/full ]]; then
    status=0
    "$demo" "${small[@]}" --out full >/dev/full 2>err </dev/null || status=$?
    [[ $status == 2 && $(wc -l <err) == 1 && $(<err) == *'standard output'* ]] && status=0 || status=1
    verdict 'it says so where its output cannot be written' "$status"
fi

# The bits depend on the seed, and on nothing else.
status=0
{ demo 0 "${small[@]}" --out again && cmp -s again/layers.csv 'new folder/figures/layers.csv' &&
    demo 0 "${plain[@]}" --seed 1 --threads 2 --out parallel && cmp -s parallel/layers.csv again/layers.csv &&
    cmp -s parallel/layers.json again/layers.json &&
    demo 0 "${plain[@]}" --seed 2 --out other && ! cmp -s other/layers.csv again/layers.csv; } || status=1
verdict 'the same seed gives the same numbers, on one thread and on two' "$status"

hostile='a `touch pwned1` "b" $(touch pwned2) '\''c'\'' ; touch pwned3 #'
status=0
{ demo 0 --epochs 1 --batch 75000 --depth 1 --width 4 --out "$hostile" &&
    [[ -s $hostile/gradients.svg && -s $hostile/layers.csv ]] && [[ -z $(find . -name 'pwned*' ! -path "./$hostile*") ]]; } || status=1
verdict 'a hostile name of a folder runs nothing' "$status"

# diverges NAME ARGUMENT...: the loss is lost; the demo says at which step and still shows the first one.
diverges() {
    local name=$1 status=0
    shift
    { demo 1 --epochs 2 --out lost "$@" && grep -qE '^xgrad_demo: the loss is (-?nan|inf) at step [0-9]+ ' err && grep -q 'Step 1:' out; } || status=1
    verdict "$name" "$status"
}
diverges 'a rate that is too high' --lr 1e9 --depth 2 --width 8
diverges 'He initialisation with a high rate' --init he --lr 1 --depth 12 --width 16

status=0
{ XGRAD_GNUPLOT=/nonexistent demo 0 --epochs 0 --depth 2 --width 4 --out undrawn && [[ -s undrawn/gradients.dat && -s undrawn/gradients.gp ]] &&
    [[ ! -e undrawn/gradients.svg ]] && grep -q 'undrawn/gradients.gp' out && grep -q "no program '/nonexistent'" err; } || status=1
verdict 'without gnuplot it leaves the data and the script, and says so' "$status"

if command -v script >/dev/null; then
    status=0
    script -qec "$(printf '%q ' "$demo" --epochs 1 --batch 10000 --depth 1 --width 4 --out shown)" /dev/null >out 2>err </dev/null || status=1
    grep -q 'epoch 1/1 \[' out || status=1
    verdict 'a progress bar on a terminal' "$status"
fi

refused 'an unknown option' no-such --no-such-option
refused 'a depth of 0' depth --depth 0
refused 'a depth that is no number' depth --depth many
refused 'an unknown initialisation' init --init no-such
refused 'a negative number of epochs' epochs --epochs -3
refused 'a rate below 0' lr --lr -1
refused 'a rate that is no number' lr --lr nan
refused 'an infinite rate' lr --lr inf
refused 'a batch of 0' batch --batch 0
refused 'a width of 0' width --width 0
refused 'a seed that is no number' seed --seed x
refused 'threads below 0' threads --threads -1
refused 'a word too many' word word
refused 'an option without its value' epochs --epochs
touch file
refused 'a file in the way of the output folder' file --out file
refused 'an empty name of the output folder' 'expected a folder' --out ''
if [[ -d /proc/self ]]; then
    refused 'an output folder where none can be made' /proc/no-such --out /proc/no-such/folder
fi
if [[ $EUID != 0 ]]; then
    mkdir locked && chmod a-w locked
    refused 'an output folder that cannot be written' locked --out locked
fi
refused 'an output folder below a file' file --out file/below

exit $((failures > 0))
