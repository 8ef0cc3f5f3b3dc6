#!/bin/sh
# embed-texts.sh OUTPUT LANGUAGE/AREA.json...: writes Swift source with the text of the files, byte for byte, and the keys of the English ones.
set -eu
output=$1
shift
{
    echo "/// A text of the catalogue, by its area and key."
    echo "public enum TextKey: String, CaseIterable, Sendable {"
    for file; do
        case $file in
        */en/*)
            area=${file##*/}
            # A key stands at the beginning of its line; the forms of a plural are further in.
            awk -v area="${area%.json}" '
                match($0, /^  "[a-z0-9_.]+":/) {
                    key = substr($0, 4, RLENGTH - 5)
                    count = split(key, words, /[._]/)
                    name = words[1]
                    for (i = 2; i <= count; i++) name = name toupper(substr(words[i], 1, 1)) substr(words[i], 2)
                    printf "    case `%s` = \"%s.%s\"\n", name, area, key
                }' "$file"
            ;;
        esac
    done
    echo "}"
    echo
    echo "enum EmbeddedTexts {"
    echo "    static let all: [(language: String, area: String, text: String)] = ["
    for file; do
        area=${file##*/}
        folder=${file%/*}
        printf '(language: "%s", area: "%s", text: ##"""\n' "${folder##*/}" "${area%.json}"
        cat "$file"
        # A newline before the closing quotes is not part of the text.
        printf '\n"""##),\n'
    done
    echo "    ]"
    echo "}"
} >"$output.new"
mv "$output.new" "$output"
