#!/bin/sh
# embed-files.sh OUTPUT FILE...: writes Swift source with the text of the files, byte for byte.
set -eu
output=$1
shift
{
    echo "/// Files that are compiled in, in the order of their names, each without its ending."
    echo "enum EmbeddedFiles {"
    echo "    static let all: [(name: String, text: String)] = ["
    for file; do
        name=${file##*/}
        printf '(name: "%s", text: ##"""\n' "${name%.*}"
        cat "$file"
        # A newline before the closing quotes is not part of the text.
        printf '\n"""##),\n'
    done
    echo "    ]"
    echo "}"
} >"$output.new"
mv "$output.new" "$output"
