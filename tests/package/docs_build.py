#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The documentation builds without a warning, and the reference contains the headers' comments: every header that
declares something has a page, with the comment at its top and each comment right above a function, class or enum.

    docs_build.py ROOT FOLDER
"""
import html
import re
import subprocess
import sys
from pathlib import Path

SKIPPED = 77
PURPOSE = re.compile(r"\A// SPDX[^\n]*\n// (.*)")
# A comment at the left margin and the declaration below it. Doxygen omits templates that are only declared.
DOCUMENTED = re.compile(r"""(?mx)^//\ (.*)\n (?://.*\n)* (?!template\ <.*\nstruct\ \w+;)
                            (?=(?:template|struct|class|enum|typedef|GUMBELCUDA_\w+|void|inline|std::)\b)""")
DETAILS = re.compile(r"(?ms)^namespace detail \{.*?^\}  // namespace detail$")


def words(text):
    """The text without markup and typography."""
    return "".join(re.findall(r"\w", text))


def page_text(path):
    article = path.read_text(encoding="utf-8").split("<article", 1)[1].split("</article>", 1)[0]
    return words(html.unescape(re.sub(r"<[^>]+>", "", article)))


def main():
    root, out = Path(sys.argv[1]), Path(sys.argv[2])
    built = subprocess.run([root / "scripts" / "docs", out], text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT)
    print(built.stdout, end="")
    if built.returncode:
        return SKIPPED if built.returncode == SKIPPED else 1
    comments, missing = 0, []
    include = root / "include"
    headers = [path for kind in ("*.hpp", "*.h") for path in sorted((include / "gumbelcuda").rglob(kind))
               if path.name not in ("gumbelcuda.hpp", "device.hpp") and "detail" not in path.parts]
    for header in headers:
        name = re.sub(r"\W", "-", header.relative_to(include).as_posix())
        page = out / "html" / "reference" / f"{name}.html"
        text, said = page_text(page) if page.exists() else "", header.read_text(encoding="utf-8")
        purpose, wanted = PURPOSE.match(said)[1], DOCUMENTED.findall(DETAILS.sub("", said))
        comments += 1 + len(wanted)
        missing += [f"{header}: {line}" for line in wanted if words(line) not in text]
        if words(purpose) not in text.split("namespacegumbelcuda")[0]:
            missing.append(f"{header}: {purpose}")
    print(f"{len(headers)} headers, {comments} comments, {len(missing)} not in the reference", *missing, sep="\n")
    return 1 if missing or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
