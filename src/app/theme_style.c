#include "app/theme_style.h"

enum { NESTING_MAX = 64 };

struct scan {
    slice css;
    size_t at, line;
    size_t open_lines[NESTING_MAX]; /* of the brackets that are open */
    char open[NESTING_MAX];
    size_t depth;
};

static char closing_of(char c) { return c == '{' ? '}' : c == '(' ? ')' : ']'; }

/* At '/' of a comment. False: it does not end. */
static bool skip_comment(struct scan *s) {
    for (s->at += 2; s->at + 1 < s->css.n; s->at++) {
        if (s->css.p[s->at] == '\n') s->line++;
        if (s->css.p[s->at] == '*' && s->css.p[s->at + 1] == '/') {
            s->at++;
            return true;
        }
    }
    return false;
}

/* At the quote. False: it does not end on its line. */
static bool skip_string(struct scan *s) {
    char quote = s->css.p[s->at++];
    for (; s->at < s->css.n && s->css.p[s->at] != quote; s->at++) {
        if (s->css.p[s->at] == '\n') return false;
        if (s->css.p[s->at] != '\\') continue;
        s->at++;
        if (s->at < s->css.n && s->css.p[s->at] == '\n') s->line++;
    }
    return s->at < s->css.n;
}

static const char *open_bracket(struct scan *s, char c) {
    if (s->depth == NESTING_MAX) return "blocks stand too deep in each other";
    s->open[s->depth] = closing_of(c);
    s->open_lines[s->depth++] = s->line;
    return NULL;
}

static const char *step(struct scan *s, size_t *line) {
    char c = s->css.p[s->at];
    *line = s->line;
    switch (c) {
    case '\n': s->line++; return NULL;
    case '\\': s->at++; return NULL;
    case '/':
        if (s->at + 1 >= s->css.n || s->css.p[s->at + 1] != '*') return NULL;
        return skip_comment(s) ? NULL : "a comment is not closed";
    case '"':
    case '\'': return skip_string(s) ? NULL : "a string is not closed";
    case '{':
    case '(':
    case '[': return open_bracket(s, c);
    case '}':
    case ')':
    case ']':
        if (s->depth == 0) return "a bracket closes what is not open";
        if (s->open[s->depth - 1] != c) {
            *line = s->open_lines[s->depth - 1];
            return "a bracket that opens here is not closed";
        }
        s->depth--;
        return NULL;
    default: return NULL;
    }
}

const char *theme_style_mistake(slice css, size_t *line) {
    struct scan s = {.css = css, .line = 1};
    for (; s.at < css.n; s.at++) {
        const char *mistake = step(&s, line);
        if (mistake) return mistake;
    }
    if (s.depth == 0) return NULL;
    *line = s.open_lines[s.depth - 1];
    return "a block that opens here is not closed";
}
