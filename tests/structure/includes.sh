#!/usr/bin/env bash
# includes.sh ROOT
#
# Reads the #includes of the tree and fails, naming file and line, where a folder includes another that it must not know.
set -euo pipefail
cd -- "$1"

# What each folder of the library may include besides itself. Programs (tests, bench, docs) may include any.
rules='
core:
autograd: core
nn: core autograd
optim: core autograd
data: core autograd
plot: core autograd
inspect: core autograd nn optim plot
train: core autograd nn optim data inspect plot
tests: any
bench: any
docs: any
examples: any
'

folders=()
while IFS=: read -r folder _; do
    if [[ -n $folder && -d $folder ]]; then folders+=("$folder"); fi
done <<<"$rules"
if [[ ${#folders[@]} == 0 ]]; then
    echo "$1: no folder of xgrad is here" >&2
    exit 2
fi

find "${folders[@]}" -type f \( -name '*.hpp' -o -name '*.cpp' -o -name '*.h' -o -name '*.in' \) -print0 |
    xargs -0 -r awk -v rules="$rules" '
function fail(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why
    bad = 1
}
# Whether a file can be read.
function exists(path,    line, got) {
    got = (getline line < path)
    close(path)
    return got >= 0
}
BEGIN {
    n = split(rules, lines, "\n")
    for (i = 1; i <= n; i++) {
        if (split(lines[i], side, ":") != 2) continue
        known[side[1]] = 1
        m = split(side[2], names, " ")
        for (j = 1; j <= m; j++) may[side[1], names[j]] = 1
        may[side[1], side[1]] = 1
    }
}
FNR == 1 {
    split(FILENAME, parts, "/")
    from = parts[1]
    dir = FILENAME
    sub("[^/]*$", "", dir)
    public = FILENAME ~ /\.hpp$/ && FILENAME !~ /\/detail\// && !((from, "any") in may)
}
/^[ \t]*#[ \t]*include[ \t]*</ {
    name = $0
    sub(/^[^<]*</, "", name)
    sub(/>.*$/, "", name)
    if (name !~ /^xgrad\//) next
    if ((from, "any") in may) next
    parts_of_name = split(name, parts, "/")
    to = parts[2]
    if (parts_of_name < 3) fail("the library includes its own parts, not <" name ">")
    else if (!(to in known)) fail("<" name "> is in no folder of xgrad")
    else if (!((from, to) in may)) fail(from " must not include " to ": <" name ">")
    else if (public && name ~ /\/detail\//) fail("a public header includes <" name ">, which is not installed")
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
    name = $0
    sub(/^[^"]*"/, "", name)
    sub(/".*$/, "", name)
    if (!((from, "any") in may)) fail("\"" name "\": write <xgrad/folder/file.hpp>")
    else if (name ~ /^\// || name ~ /\.\./ || !exists(dir name)) fail("\"" name "\" is not beside this file: write <xgrad/folder/file.hpp>")
}
END { exit bad }
' >&2
