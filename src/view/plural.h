/* The rule that picks a language's plural form: the Plural-Forms line of a gettext catalog (GNU gettext manual,
   "Additional functions for plural forms"), "nplurals=2; plural=(n > 1);". The expression is C's, on unsigned numbers:
   ?: || && == != < > <= >= + - * / % ! ( ) n and decimal numbers. */
#ifndef PALABRE_VIEW_PLURAL_H
#define PALABRE_VIEW_PLURAL_H

#include "base/error.h"
#include "base/slice.h"

enum {
    PLURAL_MAX_NODES = 128, /* operators, numbers and n's in one expression; Arabic's has 38 */
    PLURAL_MAX_DEPTH = 32,  /* parentheses, signs and conditions in one another */
    PLURAL_MAX_FORMS = 6,   /* Arabic's */
};

struct plural_node {
    unsigned char op; /* enum plural_op of plural.c */
    unsigned char a, b, c;
    uint32_t number;
};

struct plural_rule {
    unsigned forms;
    unsigned char root;
    unsigned char count;
    struct plural_node nodes[PLURAL_MAX_NODES];
};

extern const struct plural_rule plural_rule_english; /* nplurals=2; plural=(n != 1); */

/* "nplurals=N; plural=EXPRESSION;", the value of the header line. INVALID when it is not that; LIMIT over a ceiling. */
enum status plural_parse(slice line, struct plural_rule *out, struct error *error) MUST_USE;

/* The form for n things, below rule->forms. A rule that divides by zero or gives too much gives form 0. */
unsigned plural_form(const struct plural_rule *rule, uint64_t n);

#endif
