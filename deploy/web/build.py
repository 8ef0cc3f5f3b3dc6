#!/usr/bin/env python3
"""Builds the web apps into .build/web/site, as the gateway serves them (GATEWAY_WEB_ROOT).

    build.py [--development] [--output FOLDER]

With --development, the page /design is there, and nothing is minified.
"""
import argparse
import gzip
import html
import json
import pathlib
import shutil
import subprocess
import sys

import land
import texts

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEB = ROOT / "Services/Gateway/Web"
BUILD = ROOT / ".build/web"
# Where Debian keeps JavaScript's packages.
PACKAGES = "/usr/share/nodejs"


def run(*command, **options):
    subprocess.run(command, check=True, **options)


def generate():
    """The parts of the source that come from the API's documents, the catalogue of texts and a package with maps."""
    generated = BUILD / "generated"
    generated.mkdir(parents=True, exist_ok=True)
    tools = ROOT / "deploy/web"
    documents = sorted(file for file in (ROOT / "docs/api").glob("*.json") if file.name != "released.json")
    types = subprocess.run([sys.executable, tools / "api_types.py", *documents], check=True, capture_output=True, text=True)
    for name, text in (("api.ts", types.stdout), ("land.ts", land.module())):
        file = generated / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    run(sys.executable, tools / "texts.py", texts.CATALOGUE, generated)


def bundle(assets, is_development):
    """Bundles the console; what was made of what."""
    facts = BUILD / "meta.json"
    mode = "development" if is_development else "production"
    run(
        "esbuild", "main=console/main.tsx", "style=console/style.css", "ask=ask/main.tsx", "ask-style=ask/style.css",
        "--bundle", "--splitting", "--format=esm", "--sourcemap", "--jsx=automatic", "--target=es2022", "--log-level=warning",
        "--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]", "--loader:.png=file",
        f"--outdir={assets}", f"--metafile={facts}", f'--define:process.env.NODE_ENV="{mode}"',
        *([] if is_development else ["--minify"]),
        cwd=WEB, env={"PATH": "/usr/bin:/bin", "NODE_PATH": PACKAGES},
    )
    return json.loads(facts.read_text(encoding="utf-8"))["outputs"]


def entries(outputs, app="console"):
    """The names of the script and the style sheet that the page loads first, and of the scripts that the first one needs."""
    named = {facts["entryPoint"]: path for path, facts in outputs.items() if "entryPoint" in facts}
    script = named[f"{app}/main.tsx"]
    needed = [part["path"] for part in outputs[script]["imports"] if part["kind"] == "import-statement"]
    return [pathlib.Path(path).name for path in (script, named[f"{app}/style.css"], *needed)]


def page(outputs, app="console"):
    script, style, *needed = entries(outputs, app)
    text = (WEB / app / "index.html").read_text(encoding="utf-8")
    preloads = "\n    ".join(f'<link rel="modulepreload" href="/assets/{name}">' for name in needed)
    parts = {"script": script, "style": style, "preloads": preloads, "script_needed": script_needed()}
    for part, content in parts.items():
        text = text.replace(f"{{{{{part}}}}}", content)
    return text


def script_needed():
    """Without a script nobody can choose among the languages: so it is said in all of them."""
    lines = []
    for language in texts.FORMS:
        file = texts.CATALOGUE / language / "signin.json"
        said = html.escape(json.loads(file.read_text(encoding="utf-8"))["script_needed"])
        lines.append(f'<p lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">{said}</p>')
    return "".join(lines)


def compress(site):
    """Each file also as the browser takes it over the network, beside itself."""
    for file in [*site.rglob("*.js"), *site.rglob("*.css"), *site.rglob("*.html"), *site.rglob("*.svg")]:
        (file.parent / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))
        if shutil.which("brotli"):
            run("brotli", "--force", "--best", "--keep", file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--generate", action="store_true", help="only what comes from other sources")
    parser.add_argument("--output", type=pathlib.Path, default=BUILD / "site")
    options = parser.parse_args()
    generate()
    if options.generate:
        return
    # Made beside the old one and then put in its place: nobody starts with half of it.
    new = options.output.with_name(f"{options.output.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    outputs = bundle(new / "assets", options.development)
    (new / "index.html").write_text(page(outputs), encoding="utf-8")
    # Short, since a code on a sign has to hold it.
    (new / "r").mkdir()
    (new / "r/index.html").write_text(page(outputs, "ask"), encoding="utf-8")
    for file in (WEB / "console/public").iterdir():
        shutil.copy(file, new / file.name)
    compress(new)
    shutil.rmtree(options.output, ignore_errors=True)
    new.rename(options.output)
    first = sum((new_file.stat().st_size for name in entries(outputs) if name.endswith(".js") for new_file in [options.output / "assets" / f"{name}.gz"]))
    print(f"web: {len(outputs) // 2} files, {first / 1024:.0f} KB of script for the first page (gzip)")


if __name__ == "__main__":
    main()
