#include "text/html_tag.h"

#include "base/attributes.h"

#include <stdlib.h>

#define KEPT(name, class, tag, comment)                                                                                \
    { S_INIT(name), class, tag, comment, false }
#define GONE(name, class)                                                                                              \
    { S_INIT(name), class, TAG_NONE, TAG_NONE, false }
#define QUIET(name, class)                                                                                             \
    { S_INIT(name), class, TAG_NONE, TAG_NONE, true }

/* In order of their names. */
/* long: a table */
static const struct tag_info TAGS[] = {
    KEPT("a", CLASS_INLINE, TAG_A, TAG_A),
    KEPT("abbr", CLASS_INLINE, TAG_ABBR, TAG_NONE),
    KEPT("acronym", CLASS_INLINE, TAG_ABBR, TAG_NONE),
    QUIET("address", CLASS_BOUNDARY),
    GONE("applet", CLASS_DROP),
    GONE("area", CLASS_DROP_TAG),
    QUIET("article", CLASS_BOUNDARY),
    QUIET("aside", CLASS_BOUNDARY),
    GONE("audio", CLASS_MEDIA),
    KEPT("b", CLASS_INLINE, TAG_B, TAG_B),
    GONE("base", CLASS_DROP_TAG),
    KEPT("blockquote", CLASS_BLOCK, TAG_BLOCKQUOTE, TAG_BLOCKQUOTE),
    QUIET("body", CLASS_BOUNDARY),
    KEPT("br", CLASS_VOID, TAG_BR, TAG_BR),
    GONE("button", CLASS_DROP),
    GONE("canvas", CLASS_DROP),
    KEPT("caption", CLASS_BLOCK, TAG_CAPTION, TAG_NONE),
    QUIET("center", CLASS_BOUNDARY),
    KEPT("cite", CLASS_INLINE, TAG_CITE, TAG_NONE),
    KEPT("code", CLASS_INLINE, TAG_CODE, TAG_CODE),
    GONE("col", CLASS_DROP_TAG),
    GONE("datalist", CLASS_DROP),
    KEPT("dd", CLASS_BLOCK, TAG_DD, TAG_NONE),
    KEPT("del", CLASS_INLINE, TAG_DEL, TAG_DEL),
    QUIET("details", CLASS_BOUNDARY),
    KEPT("dfn", CLASS_INLINE, TAG_DFN, TAG_NONE),
    GONE("dialog", CLASS_BOUNDARY),
    KEPT("dir", CLASS_BLOCK, TAG_UL, TAG_UL),
    QUIET("div", CLASS_BOUNDARY),
    KEPT("dl", CLASS_BLOCK, TAG_DL, TAG_NONE),
    KEPT("dt", CLASS_BLOCK, TAG_DT, TAG_NONE),
    KEPT("em", CLASS_INLINE, TAG_EM, TAG_EM),
    GONE("embed", CLASS_DROP_TAG),
    GONE("fieldset", CLASS_BOUNDARY),
    KEPT("figcaption", CLASS_BLOCK, TAG_FIGCAPTION, TAG_NONE),
    KEPT("figure", CLASS_BLOCK, TAG_FIGURE, TAG_NONE),
    QUIET("footer", CLASS_BOUNDARY),
    GONE("form", CLASS_BOUNDARY),
    GONE("frame", CLASS_DROP_TAG),
    GONE("frameset", CLASS_DROP),
    KEPT("h1", CLASS_BLOCK, TAG_H1, TAG_NONE),
    KEPT("h2", CLASS_BLOCK, TAG_H2, TAG_NONE),
    KEPT("h3", CLASS_BLOCK, TAG_H3, TAG_NONE),
    KEPT("h4", CLASS_BLOCK, TAG_H4, TAG_NONE),
    KEPT("h5", CLASS_BLOCK, TAG_H5, TAG_NONE),
    KEPT("h6", CLASS_BLOCK, TAG_H6, TAG_NONE),
    GONE("head", CLASS_DROP),
    QUIET("header", CLASS_BOUNDARY),
    QUIET("hgroup", CLASS_BOUNDARY),
    KEPT("hr", CLASS_VOID, TAG_HR, TAG_NONE),
    QUIET("html", CLASS_BOUNDARY),
    KEPT("i", CLASS_INLINE, TAG_I, TAG_I),
    GONE("iframe", CLASS_MEDIA),
    KEPT("image", CLASS_VOID, TAG_IMG, TAG_IMG), /* HTML §13.2.6.4.7: "Don't ask." */
    KEPT("img", CLASS_VOID, TAG_IMG, TAG_IMG),
    GONE("input", CLASS_DROP_TAG),
    KEPT("ins", CLASS_INLINE, TAG_INS, TAG_NONE),
    KEPT("kbd", CLASS_INLINE, TAG_KBD, TAG_CODE),
    KEPT("li", CLASS_BLOCK, TAG_LI, TAG_LI),
    GONE("link", CLASS_DROP_TAG),
    KEPT("listing", CLASS_BLOCK, TAG_PRE, TAG_PRE),
    QUIET("main", CLASS_BOUNDARY),
    KEPT("mark", CLASS_INLINE, TAG_MARK, TAG_NONE),
    GONE("math", CLASS_DROP),
    KEPT("menu", CLASS_BLOCK, TAG_UL, TAG_UL),
    GONE("meta", CLASS_DROP_TAG),
    QUIET("nav", CLASS_BOUNDARY),
    GONE("noembed", CLASS_DROP_RAW),
    GONE("noframes", CLASS_DROP_RAW),
    GONE("noscript", CLASS_DROP),
    GONE("object", CLASS_DROP),
    KEPT("ol", CLASS_BLOCK, TAG_OL, TAG_OL),
    GONE("optgroup", CLASS_DROP),
    GONE("option", CLASS_DROP),
    KEPT("p", CLASS_BLOCK, TAG_P, TAG_P),
    GONE("param", CLASS_DROP_TAG),
    KEPT("pre", CLASS_BLOCK, TAG_PRE, TAG_PRE),
    KEPT("q", CLASS_INLINE, TAG_Q, TAG_NONE),
    KEPT("s", CLASS_INLINE, TAG_S, TAG_DEL),
    KEPT("samp", CLASS_INLINE, TAG_SAMP, TAG_CODE),
    GONE("script", CLASS_DROP_RAW),
    QUIET("section", CLASS_BOUNDARY),
    GONE("select", CLASS_DROP),
    KEPT("small", CLASS_INLINE, TAG_SMALL, TAG_NONE),
    GONE("source", CLASS_DROP_TAG),
    QUIET("span", CLASS_TEXT),
    KEPT("strike", CLASS_INLINE, TAG_S, TAG_DEL),
    KEPT("strong", CLASS_INLINE, TAG_STRONG, TAG_STRONG),
    GONE("style", CLASS_DROP_RAW),
    KEPT("sub", CLASS_INLINE, TAG_SUB, TAG_NONE),
    QUIET("summary", CLASS_BOUNDARY),
    KEPT("sup", CLASS_INLINE, TAG_SUP, TAG_NONE),
    GONE("svg", CLASS_DROP),
    KEPT("table", CLASS_BLOCK, TAG_TABLE, TAG_NONE),
    KEPT("tbody", CLASS_BLOCK, TAG_TBODY, TAG_NONE),
    KEPT("td", CLASS_BLOCK, TAG_TD, TAG_NONE),
    GONE("template", CLASS_DROP),
    GONE("textarea", CLASS_DROP_RAW),
    KEPT("tfoot", CLASS_BLOCK, TAG_TBODY,
         TAG_NONE), /* stands before the rows in old pages, where HTML has it no more */
    KEPT("th", CLASS_BLOCK, TAG_TH, TAG_NONE),
    KEPT("thead", CLASS_BLOCK, TAG_THEAD, TAG_NONE),
    KEPT("time", CLASS_INLINE, TAG_TIME, TAG_NONE),
    GONE("title", CLASS_DROP_RAW),
    KEPT("tr", CLASS_BLOCK, TAG_TR, TAG_NONE),
    GONE("track", CLASS_DROP_TAG),
    KEPT("tt", CLASS_INLINE, TAG_CODE, TAG_CODE),
    KEPT("u", CLASS_INLINE, TAG_U, TAG_NONE),
    KEPT("ul", CLASS_BLOCK, TAG_UL, TAG_UL),
    KEPT("var", CLASS_INLINE, TAG_VAR, TAG_CODE),
    GONE("video", CLASS_MEDIA),
    QUIET("wbr", CLASS_DROP_TAG),
    KEPT("xmp", CLASS_BLOCK, TAG_PRE, TAG_PRE),
};

static const struct tag_info UNKNOWN = GONE("", CLASS_TEXT);

static int compare(const void *name, const void *info) {
    return slice_compare(*(const slice *)name, ((const struct tag_info *)info)->name);
}

const struct tag_info *tag__find(slice name) {
    enum { LONGEST = 10 }; /* blockquote, figcaption */
    char lower[LONGEST];
    if (name.n == 0 || name.n > LONGEST) return &UNKNOWN;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    slice key = {lower, name.n};
    const struct tag_info *found = bsearch(&key, TAGS, ARRAY_COUNT(TAGS), sizeof TAGS[0], compare);
    return found ? found : &UNKNOWN;
}

slice tag__name(enum tag tag) {
    static const slice NAMES[TAG_COUNT] = {
        [TAG_A] = S_INIT("a"),
        [TAG_ABBR] = S_INIT("abbr"),
        [TAG_B] = S_INIT("b"),
        [TAG_BLOCKQUOTE] = S_INIT("blockquote"),
        [TAG_BR] = S_INIT("br"),
        [TAG_CAPTION] = S_INIT("caption"),
        [TAG_CITE] = S_INIT("cite"),
        [TAG_CODE] = S_INIT("code"),
        [TAG_DD] = S_INIT("dd"),
        [TAG_DEL] = S_INIT("del"),
        [TAG_DFN] = S_INIT("dfn"),
        [TAG_DL] = S_INIT("dl"),
        [TAG_DT] = S_INIT("dt"),
        [TAG_EM] = S_INIT("em"),
        [TAG_FIGCAPTION] = S_INIT("figcaption"),
        [TAG_FIGURE] = S_INIT("figure"),
        [TAG_H1] = S_INIT("h1"),
        [TAG_H2] = S_INIT("h2"),
        [TAG_H3] = S_INIT("h3"),
        [TAG_H4] = S_INIT("h4"),
        [TAG_H5] = S_INIT("h5"),
        [TAG_H6] = S_INIT("h6"),
        [TAG_HR] = S_INIT("hr"),
        [TAG_I] = S_INIT("i"),
        [TAG_IMG] = S_INIT("img"),
        [TAG_INS] = S_INIT("ins"),
        [TAG_KBD] = S_INIT("kbd"),
        [TAG_LI] = S_INIT("li"),
        [TAG_MARK] = S_INIT("mark"),
        [TAG_OL] = S_INIT("ol"),
        [TAG_P] = S_INIT("p"),
        [TAG_PRE] = S_INIT("pre"),
        [TAG_Q] = S_INIT("q"),
        [TAG_S] = S_INIT("s"),
        [TAG_SAMP] = S_INIT("samp"),
        [TAG_SMALL] = S_INIT("small"),
        [TAG_STRONG] = S_INIT("strong"),
        [TAG_SUB] = S_INIT("sub"),
        [TAG_SUP] = S_INIT("sup"),
        [TAG_TABLE] = S_INIT("table"),
        [TAG_TBODY] = S_INIT("tbody"),
        [TAG_TD] = S_INIT("td"),
        [TAG_TH] = S_INIT("th"),
        [TAG_THEAD] = S_INIT("thead"),
        [TAG_TIME] = S_INIT("time"),
        [TAG_TR] = S_INIT("tr"),
        [TAG_U] = S_INIT("u"),
        [TAG_UL] = S_INIT("ul"),
        [TAG_VAR] = S_INIT("var"),
    };
    return NAMES[tag];
}
