#!/usr/bin/env python3
"""Writes a C file that holds other files: a table of 'struct embedded_file' (src/base/embedded.h), sorted by
path, and its count. Called by src/meson.build.

    embed.py --name TABLE --output FILE.c --depfile FILE.d --root FOLDER    every file below FOLDER
    embed.py --name TABLE --output FILE.c FILE...                           these files, by their base names

Hidden files, editors' backups, and what is about the folder (*.md, *.py, meson.build) are left out. The depfile names the
files and the folders, so that a file that appears or disappears makes the table again.
"""
import argparse
import os
import sys

# Bytes that stand for themselves in a C string literal; '?' is written escaped so that no trigraph forms.
PLAIN = {b: chr(b) for b in range(0x20, 0x7F) if chr(b) not in '"\\?'}
ESCAPES = [PLAIN.get(b, "\\%03o" % b) for b in range(256)]
ESCAPES[0x0A] = "\\n"
CHUNK = 1 << 12


def wanted(name):
    return not name.startswith(".") and not name.endswith(("~", ".md", ".py")) and name != "meson.build"


def below(root):
    """The folders of a tree, and its files as (path in the table, path on the disk)."""
    folders, files = [root], []
    for folder, names, leaves in os.walk(root):
        names[:] = sorted(n for n in names if wanted(n))
        folders += [os.path.join(folder, n) for n in names]
        for leaf in filter(wanted, leaves):
            path = os.path.join(folder, leaf)
            files.append((os.path.relpath(path, root).replace(os.sep, "/"), path))
    return folders, files


def literal(data):
    lines = []
    for start in range(0, len(data), CHUNK):
        lines.append('"' + "".join([ESCAPES[b] for b in data[start : start + CHUNK]]) + '"')
    return "\n    ".join(lines) or '""'


def generate(table, files):
    out = ['#include "base/embedded.h"\n']
    rows = []
    for index, (name, path) in enumerate(files):
        with open(path, "rb") as f:
            data = f.read()
        out.append("static const unsigned char file_%d[] =\n    %s;\n" % (index, literal(data)))
        rows.append("    {%s, file_%d, %d},\n" % (literal(name.encode()), index, len(data)))
    # C has no empty array: an empty table holds one entry that is not counted.
    out.append("const struct embedded_file %s[] = {\n%s};\n" % (table, "".join(rows) or "    {0, 0, 0},\n"))
    out.append("const size_t %s_count = %d;\n" % (table, len(rows)))
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description="Put files into a C table.")
    parser.add_argument("--name", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--depfile")
    parser.add_argument("--root")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()

    folders, files = below(os.path.normpath(args.root)) if args.root else ([], [])
    files += [(os.path.basename(f), f) for f in args.files]
    files.sort(key=lambda f: f[0].encode())
    names = [name for name, _ in files]
    if len(set(names)) != len(names):
        sys.exit("embed.py: two files have the same path in " + args.name)

    with open(args.output, "w", encoding="ascii") as f:
        f.write(generate(args.name, files))
    if args.depfile:
        escape = lambda p: p.replace("\\", "\\\\").replace(" ", "\\ ").replace("$", "$$").replace("#", "\\#")
        with open(args.depfile, "w", encoding="utf-8") as f:
            f.write("%s: %s\n" % (escape(args.output), " ".join(escape(p) for p in folders + [p for _, p in files])))


if __name__ == "__main__":
    main()
