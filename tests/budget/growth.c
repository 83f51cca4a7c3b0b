/* What grows faster than its input would let one message stop a worker. Each unit below, repeated, is made into HTML at one
   size and at four times that size; script/check-budget compares the instructions of both. Run by it, under callgrind.

       growth                  every unit, at 4 and 16 kB
       growth NAME:UNIT...     these units ("markdown_article:39"), at 32 and 128 kB: what grows fast up to a ceiling of
                               the parser's (md4c stops following references then) is linear there */
#include "base/arena.h"
#include "text/markdown.h"
#include "text/sanitize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/callgrind.h>

enum { SMALL = 4000, SMALL_AGAIN = 32000, TIMES = 4 };
#define ARENA_BYTES ((size_t)64 << 20)

/* As many whole units as fit. */
static slice repeat(char *into, size_t size, const char *unit) {
    size_t width = strlen(unit);
    size_t n = size - size % width;
    for (size_t i = 0; i < n; i++) into[i] = unit[i % width];
    return (slice){into, n};
}

typedef enum status (*renderer)(struct arena *arena, slice source, struct html *out);

static enum status comment(struct arena *arena, slice source, struct html *out) {
    const struct markdown_options options = {.language = S_INIT("fr")};
    return markdown_comment(arena, source, &options, out, NULL);
}

static enum status article(struct arena *arena, slice source, struct html *out) {
    const struct markdown_options options = {.language = S_INIT("fr")};
    return markdown_article(arena, source, &options, out, NULL);
}

static enum status sanitize(struct arena *arena, slice source, struct html *out) {
    const struct sanitize_options options = {.language = S_INIT("fr")};
    return sanitize_article_html(arena, source, &options, NULL, out, NULL);
}

static void render(const char *name, renderer make, const char *unit, size_t unit_index, size_t size) {
    static char source[SMALL_AGAIN * TIMES];
    char label[64];
    struct html html;
    slice whole = repeat(source, size, unit);
    struct arena *arena = arena_new(ARENA_BYTES);
    CALLGRIND_ZERO_STATS;
    enum status status = make(arena, whole, &html);
    snprintf(label, sizeof label, "%s:%zu:%zu", name, unit_index, whole.n);
    CALLGRIND_DUMP_STATS_AT(label);
    arena_free(arena);
    if (status == OK || status == LIMIT) return;
    fprintf(stderr, "growth: %s: status %d\n", label, (int)status);
    exit(EXIT_FAILURE);
}

static bool is_named(char **names, const char *name, size_t unit) {
    char label[64];
    snprintf(label, sizeof label, "%s:%zu", name, unit);
    for (; *names; names++)
        if (strcmp(*names, label) == 0) return true;
    return false;
}

/* names: those to compare again; none: all, for the first time. */
static void compare(const char *name, renderer make, const char *const *units, size_t count, char **names) {
    /* tables that are made at first use are made before anything is measured */
    struct html html;
    struct arena *arena = arena_new(ARENA_BYTES);
    if (make(arena, S("Un *mot* et @un autre : http://a.b/ ?"), &html) != OK) exit(EXIT_FAILURE);
    arena_free(arena);
    for (size_t i = 0; i < count; i++) {
        bool again = *names != NULL;
        if (again && !is_named(names, name, i)) continue;
        size_t size = again ? SMALL_AGAIN : SMALL;
        render(name, make, units[i], i, size);
        render(name, make, units[i], i, size * TIMES);
    }
}

static const char *const MARKDOWN_UNITS[] = {
    "[",
    "]",
    "![",
    "[a](",
    "[a](b",
    "[a](b \"",
    "[](",
    "[](<a",
    "[]( ",
    "*a _a ",
    "a**b",
    "*a ",
    "_a ",
    "**a*b",
    "_*a",
    "`a``b```",
    "`",
    "` ",
    "a ` b `` ",
    "> ",
    ">",
    "- ",
    "1. ",
    "+ - * ",
    "<",
    "<a ",
    "<!--",
    "<?",
    "<![CDATA[",
    "</",
    "[a]: u\n",
    "[a]: b (\n",
    "[^a]: b\n[",
    "[a\n",
    "[a",
    "[a]\n",
    "![a]\n",
    "[a][b]\n",
    "[a](b)\n",
    "[[a]\n",
    "> [a]\n",
    "2. [a]\n",
    "    - [a]\n",
    "- [a]\n",
    "> [a]\n> ",
    " [a]\n",
    "[[a]",
    "[a][b]",
    "&",
    "&a",
    "&#x1;",
    "\\",
    "http://a.b ",
    "http://a.b/(",
    "http://",
    "https://a.b/",
    "http://a.b(",
    "www.",
    "www.a.b ",
    "a@b.",
    "a@",
    "@",
    "a@b.cc ",
    "*http://a.b* ",
    "|a",
    "a|",
    "|a|b|\n|-|-|\n",
    "a\n",
    "- a\n",
    "> a\n",
    "> a\nb\n",
    "- a\n\n",
    "~",
    "~a ",
    "~~a ",
    "(",
    ")",
    "# ",
    "a\n=\n",
    "a\n-\n",
    "\n",
    "\t",
    "    a\n",
    "```\n",
    "~~~\n",
    "- ```\n",
    "1) a\n2. b\n",
    "\"",
    "'",
    "\"a ",
    "' a",
    "«",
    "»",
    ": ",
    "!",
    " !",
    "...",
    ". ",
    "\u00A0",
    "é",
    ":-) ",
    ":a",
    " :a:",
    "@a ",
    "<http://a.b>",
    "<a@b.c>",
    "![a](http://b.c)",
    "![a](/b)\n\n",
};
static const char *const HTML_UNITS[] = {
    "<div>",
    "<b>",
    "<b>a\n\n",
    "<a href=/x>",
    "<a href=/x>a\n\n",
    "<p>",
    "<ul>",
    "<ul><li>",
    "<table>",
    "<table><tr><td>",
    "<blockquote>",
    "<svg>",
    "<svg></svg>",
    "<object>",
    "<script>",
    "<style>",
    "<script></script>",
    "<",
    "</",
    "<a",
    "<a ",
    "<a b",
    "<a b=",
    "<a b=\"",
    "<a b='",
    "<a b=\">",
    "<!--",
    "<!",
    "<?",
    "<!-->",
    "&",
    "&a",
    "&#",
    "&#x",
    "&amp;",
    "[",
    "[gallery ",
    "[gallery]",
    "[code]",
    "[/code]",
    "[caption]",
    "[caption caption=\"a\"]",
    "[a b=\"",
    "http://",
    "http://a.b ",
    "a@b.cc ",
    "www.",
    "\n",
    "\n\n",
    "a\n",
    "a\n\n",
    "a<br>",
    "<br>",
    "<hr>",
    "<img src=/i>",
    "<pre>",
    "<pre>\n",
    "</p>",
    "</div>",
    "</b>",
    "</table>",
    "<i></b>",
    "<b><i></b>",
    "<dl><dt><dd>",
    "<li>",
    "<td>",
    "<h2>",
    "<figure>",
    "<figure><figcaption>",
    "\"",
    "' ",
    "<b><p>",
    "<font color=a><p>",
    "<noscript>",
    "<textarea>",
    "<select><option>",
    "<iframe src=http://a.b>",
    "\xC2\x85",
};

int main(int argc, char **argv) {
    char **names = argv + (argc > 0);
    compare("markdown_comment", comment, MARKDOWN_UNITS, ARRAY_COUNT(MARKDOWN_UNITS), names);
    compare("markdown_article", article, MARKDOWN_UNITS, ARRAY_COUNT(MARKDOWN_UNITS), names);
    compare("sanitize_article", sanitize, HTML_UNITS, ARRAY_COUNT(HTML_UNITS), names);
    return 0;
}
