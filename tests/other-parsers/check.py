#!/usr/bin/env python3
"""Checks generated reports with parsers that are not Rust: cmark-gfm (apt install cmark-gfm), and markdown-it and
micromark (npm install markdown-it micromark micromark-extension-gfm; NODE_PATH says where).

    mkdir /tmp/gen
    CAUSELINE_REPORTS_TO=/tmp/gen cargo test --test it hostile_logs
    NODE_PATH=/tmp/npm/node_modules tests/other-parsers/check.py /tmp/gen
"""
import glob, html.parser, json, os, subprocess, sys

NODE = r"""
const fs = require('fs'), readline = require('readline');
(async () => {
  const it = require('markdown-it')('default', { html: true, linkify: false });
  const { micromark } = await import(process.env.NODE_PATH + '/micromark/index.js');
  const { gfm, gfmHtml } = await import(process.env.NODE_PATH + '/micromark-extension-gfm/index.js');
  for await (const path of readline.createInterface({ input: process.stdin })) {
    const text = fs.readFileSync(path, 'utf8');
    const dangerous = { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] };
    console.log(JSON.stringify([it.render(text), micromark(text, dangerous)]));
  }
})();
"""


class Seen(html.parser.HTMLParser):
    """What a page is made of."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.headings, self.tables, self.records, self.wrong, self.pre = [], [], [], [], None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self.headings.append(int(tag[1]))
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append(0)
        elif tag in ("td", "th"):
            self.tables[-1][-1] += 1
        elif tag == "pre":
            self.pre = ""
        elif tag == "a":
            href = attrs.get("href", "")
            if href != "#clocks" and not href.startswith("#evidence-"):
                self.wrong.append(href)
        elif tag not in "p ul ol li strong em code br blockquote details summary thead tbody".split():
            self.wrong.append(tag)

    def handle_endtag(self, tag):
        if tag == "pre":
            self.records.append(self.pre)
            self.pre = None

    def handle_data(self, data):
        if self.pre is not None:
            self.pre += data


def check(name, page, meant, path):
    seen = Seen()
    seen.feed(page)
    errors = []
    if seen.wrong:
        errors.append(f"active: {seen.wrong[:3]}")
    if seen.headings != meant["headings"]:
        errors.append("headings")
    if [r + "\n" for r in meant["records"]] != seen.records:
        errors.append("records")
    for rows, width in meant["tables"]:
        if [width] * rows not in seen.tables:
            errors.append(f"no table of {rows} rows of {width}")
    if any(len(set(rows)) != 1 for rows in seen.tables):
        errors.append("a row is not as wide as its table")
    for e in errors:
        print(f"{path}: {name}: {e}")
    return not errors


def main():
    paths = sorted(glob.glob(os.path.join(sys.argv[1], "*.md")))
    node = subprocess.Popen(["node", "-e", NODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    good = {"cmark-gfm": 0, "markdown-it": 0, "micromark": 0}
    flags = [f for e in "table autolink tagfilter strikethrough tasklist".split() for f in ("-e", e)]
    for path in paths:
        meant = json.load(open(path[:-2] + "json"))
        page = subprocess.run(["cmark-gfm", "--unsafe", *flags, path], capture_output=True, check=True).stdout.decode()
        node.stdin.write(path + "\n")
        node.stdin.flush()
        it, micromark = json.loads(node.stdout.readline())
        for name, page in (("cmark-gfm", page), ("markdown-it", it), ("micromark", micromark)):
            good[name] += check(name, page, meant, path)
    for name, n in good.items():
        print(f"{name}: {n} of {len(paths)} reports are as they are meant to be")
    return 0 if all(n == len(paths) for n in good.values()) else 1


sys.exit(main())
