"""Checks the catalogue of texts (Shared/Localization) and writes what the web apps need of it.

    texts.py CATALOGUE OUTPUT
    texts.py CATALOGUE --check

The catalogue has a folder for each language, with the same files, each a flat object of texts by key. English is the source: every other language has the same keys with the same placeholders, and all
the plural forms that it needs (CLDR). Some files are compiled into daemons (`Plugins/EmbedTexts`): every language has them. A language that has one of the others has all of them, and is a language of
the console.
"""
import json
import pathlib
import re
import sys

CATALOGUE = pathlib.Path(__file__).resolve().parents[2] / "Shared/Localization"
SOURCE = "en"
# The files that daemons need, and not the console.
DAEMONS = {"signin"}
# All that a page needs that is open to everybody, on a phone with a slow network: the whole catalogue is ten times as much.
OPEN = {"ask", "problems", "rules", "ui"}
# The forms of cardinal numbers (CLDR 42), without those that only fractions or compact numbers have.
FORMS = {
    "en": {"one", "other"},
    "de": {"one", "other"},
    "es": {"one", "other"},
    "fr": {"one", "other"},
    "pt": {"one", "other"},
    "hi": {"one", "other"},
    "zh": {"other"},
    "ar": {"zero", "one", "two", "few", "many", "other"},
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def load(folder, is_daemons):
    texts = {}
    for file in sorted(folder.glob("*.json")):
        if (file.stem in DAEMONS) != is_daemons:
            continue
        for key, message in json.loads(file.read_text(encoding="utf-8")).items():
            texts[f"{file.stem}.{key}"] = message
    return texts


def placeholders(message):
    forms = [message] if isinstance(message, str) else message.values()
    return {name for form in forms for name in PLACEHOLDER.findall(form)}


def faults(language, texts, source):
    for key in sorted(source.keys() - texts.keys()):
        yield f"{language}: {key} has no text"
    for key in sorted(texts.keys() - source.keys()):
        yield f"{language}: {key} is in no other language"
    for key, message in texts.items():
        if key not in source:
            continue
        if isinstance(message, str) != isinstance(source[key], str):
            yield f"{language}: {key} has {'one form' if isinstance(message, str) else 'several forms'}, other than in English"
            continue
        forms = {"": message} if isinstance(message, str) else message
        if not isinstance(message, str) and set(message) != FORMS[language]:
            yield f"{language}: {key} needs the forms {', '.join(sorted(FORMS[language]))}"
        if any(not form.strip() for form in forms.values()):
            yield f"{language}: {key} is empty"
        # A form for one thing need not say the number, and one for none says nothing of it. Any other value is in all forms: a name for one thing and a number for several are two texts, since
        # Chinese has one form for both.
        values = placeholders(source[key]) | {"count"}
        if any(placeholders(form) | {"count"} != values for category, form in forms.items() if category != "zero"):
            yield f"{language}: {key} has other values than {sorted(placeholders(source[key]))}"


def main(catalogue, output):
    catalogue = pathlib.Path(catalogue)
    daemons = {language: load(catalogue / language, True) for language in FORMS}
    loaded = {language: load(catalogue / language, False) for language in FORMS}
    languages = {language: texts for language, texts in loaded.items() if texts}
    source = languages[SOURCE]
    found = [fault for every in (languages, daemons) for language, texts in every.items() for fault in faults(language, texts, every[SOURCE])]
    if found:
        sys.exit("\n".join(found))
    if output == "--check":
        print(f"texts: {len(source)} of the console in {len(languages)} languages, {len(daemons[SOURCE])} of daemons in {len(daemons)}")
        return
    output = pathlib.Path(output)
    (output / "text").mkdir(parents=True, exist_ok=True)
    for language, texts in languages.items():
        write(output / "text" / f"{language}.json", json.dumps(texts, ensure_ascii=False))
        write(output / "text" / f"{language}.open.json", json.dumps({key: text for key, text in texts.items() if key.partition(".")[0] in OPEN}, ensure_ascii=False))
    keys = "".join(f"\n  | {json.dumps(key)}" for key in sorted(source))
    loaders = {kind: "".join(f'  {language}: () => import("./text/{language}{kind}.json"),\n' for language in languages) for kind in ("", ".open")}
    write(
        output / "texts.ts",
        "// Written by deploy/web/texts.py from Shared/Localization: changes here are lost.\n\n"
        "/** A text, or its forms by plural category. */\nexport type Message = string | { [category: string]: string };\n\n"
        f"export type Language = {' | '.join(map(json.dumps, languages))};\n\n"
        "export type Catalogues = Record<Language, () => Promise<{ default: Record<string, Message> }>>;\n\n"
        "/** Each language is loaded when somebody reads it. */\n"
        f"export const languages: Catalogues = {{\n{loaders['']}}};\n\n"
        "/** Only what pages need that are open to everybody. */\n"
        f"export const openLanguages: Catalogues = {{\n{loaders['.open']}}};\n\nexport type TextKey ={keys};\n",
    )


def write(file, text):
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
