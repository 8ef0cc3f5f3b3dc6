"""Lints a chart and prints its objects, with Helm's own Go code (helm-sdkpy). It has a separate Python, because it needs 3.12 or later.

helm-sdkpy can lint, but not render. But a lint renders every template, and there the function `fail` only logs its text. So we copy
the chart and add a template that calls `fail` with the output of each other template.
"""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CLUSTER = {  # never called
    "apiVersion": "v1", "kind": "Config", "current-context": "none",
    "clusters": [{"name": "none", "cluster": {"server": "https://127.0.0.1:9"}}],
    "users": [{"name": "none", "user": {}}],
    "contexts": [{"name": "none", "context": {"cluster": "none", "user": "none"}}],
}


def lint(chart):
    """Runs in this process, which does nothing else, because Helm always logs to the standard error that it was started with."""
    from helm_sdkpy import Configuration, Lint

    result = asyncio.run(Lint(Configuration(namespace="dcmms", kubeconfig=json.dumps(CLUSTER))).run(str(chart)))
    # 1 is information, 2 a warning, 3 an error. The binding leaves the messages' text out.
    return [f"helm lint refuses {each['Path']} (run it to see why)" for each in result["Messages"] if each["Severity"] > 1]


def lint_and_log(chart):
    result = subprocess.run([sys.executable, __file__, "--lint", chart], capture_output=True, text=True, check=True)
    texts = re.findall(r'(?:funcMap fail|missing required value) message=("(?:[^"\\]|\\.)*")', result.stderr)
    return json.loads(result.stdout), [json.loads(text) for text in texts]


def main(chart):
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(chart, Path(folder) / "dcmms"))
        templates = sorted(file.name for file in (copy / "templates").glob("*.yaml"))
        tell = '{{ fail (print "rendered" (include (print .Template.BasePath "/%s") .)) }}\n'
        (copy / "templates/zz-tell.yaml").write_text("".join(tell % name for name in templates))
        problems, texts = lint_and_log(copy)
    rendered = [text.removeprefix("rendered") for text in texts if text.startswith("rendered")]
    # Texts of the chart's own `fail` and `required`: Helm would refuse to install it.
    problems += sorted({text for text in texts if not text.startswith("rendered")})
    if not problems and len(rendered) != len(templates):
        problems.append(f"{len(rendered)} of {len(templates)} templates were rendered")
    json.dump({"problems": problems, "rendered": "\n---\n".join(rendered)}, sys.stdout)


if __name__ == "__main__":
    if sys.argv[1] == "--lint":
        print(json.dumps(lint(sys.argv[2])))
    else:
        main(sys.argv[1])
