#include "view/plural.h"

enum plural_op {
    OP_NUMBER,
    OP_N,
    OP_NOT,
    OP_CONDITION,
    OP_OR,
    OP_AND,
    OP_EQUAL,
    OP_UNEQUAL,
    OP_LESS,
    OP_MORE,
    OP_AT_MOST,
    OP_AT_LEAST,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_REMAINDER,
};

const struct plural_rule plural_rule_english = {
    .forms = 2,
    .root = 2,
    .count = 3,
    .nodes = {{.op = OP_N}, {.op = OP_NUMBER, .number = 1}, {.op = OP_UNEQUAL, .a = 0, .b = 1}},
};

struct binary {
    slice sign;
    enum plural_op op;
    int level; /* the higher, the tighter */
};

/* A sign comes before the signs that begin it. */
static const struct binary BINARIES[] = {
    {S_INIT("||"), OP_OR, 1},       {S_INIT("&&"), OP_AND, 2},     {S_INIT("=="), OP_EQUAL, 3},
    {S_INIT("!="), OP_UNEQUAL, 3},  {S_INIT("<="), OP_AT_MOST, 4}, {S_INIT(">="), OP_AT_LEAST, 4},
    {S_INIT("<"), OP_LESS, 4},      {S_INIT(">"), OP_MORE, 4},     {S_INIT("+"), OP_ADD, 5},
    {S_INIT("-"), OP_SUBTRACT, 5},  {S_INIT("*"), OP_MULTIPLY, 6}, {S_INIT("/"), OP_DIVIDE, 6},
    {S_INIT("%"), OP_REMAINDER, 6},
};

struct parser {
    slice rest;
    int depth;
    struct plural_rule *rule;
    enum status status;
    struct error *error;
};

static unsigned char fail(struct parser *p, enum status status, const char *what) {
    if (p->status == OK) {
        p->status =
            error_set(p->error, status, "Plural-Forms: %s at '%.*s'", what, SLICE_FMT(slice_sub(p->rest, 0, 20)));
    }
    return 0;
}

static void skip_space(struct parser *p) {
    while (p->rest.n && (p->rest.p[0] == ' ' || p->rest.p[0] == '\t')) {
        p->rest = slice_after(p->rest, 1);
    }
}

static bool take(struct parser *p, slice sign) {
    skip_space(p);
    if (!slice_starts(p->rest, sign)) {
        return false;
    }
    p->rest = slice_after(p->rest, sign.n);
    return true;
}

static unsigned char add(struct parser *p, struct plural_node node) {
    if (p->rule->count >= PLURAL_MAX_NODES) {
        return fail(p, LIMIT, "too long an expression");
    }
    p->rule->nodes[p->rule->count] = node;
    return p->rule->count++;
}

static bool take_number(struct parser *p, uint32_t *out) {
    skip_space(p);
    size_t digits = 0;
    while (digits < p->rest.n && p->rest.p[digits] >= '0' && p->rest.p[digits] <= '9') {
        digits++;
    }
    uint64_t number;
    if (digits == 0 || !slice_to_uint64(slice_sub(p->rest, 0, digits), &number) || number > UINT32_MAX) {
        return false;
    }
    p->rest = slice_after(p->rest, digits);
    *out = (uint32_t)number;
    return true;
}

static unsigned char parse_condition(struct parser *p);

static unsigned char parse_operand(struct parser *p) {
    if (++p->depth > PLURAL_MAX_DEPTH) {
        return fail(p, LIMIT, "too deep an expression");
    }
    unsigned char node = 0;
    uint32_t number;
    if (take(p, S("!"))) {
        node = add(p, (struct plural_node){.op = OP_NOT, .a = parse_operand(p)});
    } else if (take(p, S("("))) {
        node = parse_condition(p);
        if (!take(p, S(")"))) {
            fail(p, INVALID, "expected )");
        }
    } else if (take(p, S("n"))) {
        node = add(p, (struct plural_node){.op = OP_N});
    } else if (take_number(p, &number)) {
        node = add(p, (struct plural_node){.op = OP_NUMBER, .number = number});
    } else {
        fail(p, INVALID, "expected a number, n or (");
    }
    p->depth--;
    return node;
}

static const struct binary *take_binary(struct parser *p, int least_level) {
    skip_space(p);
    for (size_t i = 0; i < ARRAY_COUNT(BINARIES); i++) {
        if (slice_starts(p->rest, BINARIES[i].sign)) {
            if (BINARIES[i].level < least_level) {
                return NULL;
            }
            p->rest = slice_after(p->rest, BINARIES[i].sign.n);
            return &BINARIES[i];
        }
    }
    return NULL;
}

/* Precedence climbing; recursion is bounded by the six levels. */
static unsigned char parse_binary(struct parser *p, int least_level) {
    unsigned char left = parse_operand(p);
    const struct binary *binary;
    while (p->status == OK && (binary = take_binary(p, least_level))) {
        unsigned char right = parse_binary(p, binary->level + 1);
        left = add(p, (struct plural_node){.op = (unsigned char)binary->op, .a = left, .b = right});
    }
    return left;
}

static unsigned char parse_condition(struct parser *p) {
    unsigned char test = parse_binary(p, 1);
    if (p->status != OK || !take(p, S("?"))) {
        return test;
    }
    if (++p->depth > PLURAL_MAX_DEPTH) {
        return fail(p, LIMIT, "too deep an expression");
    }
    unsigned char yes = parse_condition(p);
    if (!take(p, S(":"))) {
        return fail(p, INVALID, "expected :");
    }
    unsigned char no = parse_condition(p);
    p->depth--;
    return add(p, (struct plural_node){.op = OP_CONDITION, .a = test, .b = yes, .c = no});
}

enum status plural_parse(slice line, struct plural_rule *out, struct error *error) {
    struct plural_rule rule = {0};
    struct parser p = {.rest = line, .rule = &rule, .error = error};
    uint32_t forms = 0;
    if (!take(&p, S("nplurals")) || !take(&p, S("=")) || !take_number(&p, &forms) || !take(&p, S(";"))) {
        fail(&p, INVALID, "expected 'nplurals=N;'");
        return p.status;
    }
    if (forms < 1 || forms > PLURAL_MAX_FORMS) {
        fail(&p, INVALID, "nplurals must be 1 to 6");
        return p.status;
    }
    rule.forms = forms;
    if (!take(&p, S("plural")) || !take(&p, S("="))) {
        fail(&p, INVALID, "expected 'plural='");
        return p.status;
    }
    rule.root = parse_condition(&p);
    (void)take(&p, S(";"));
    skip_space(&p);
    if (p.rest.n) {
        fail(&p, INVALID, "expected the end");
    }
    if (p.status == OK) {
        *out = rule;
    }
    return p.status;
}

static uint64_t evaluate(const struct plural_rule *rule, unsigned at, uint64_t n);

static uint64_t evaluate_binary(enum plural_op op, uint64_t a, uint64_t b) {
    switch (op) {
    case OP_EQUAL: return a == b;
    case OP_UNEQUAL: return a != b;
    case OP_LESS: return a < b;
    case OP_MORE: return a > b;
    case OP_AT_MOST: return a <= b;
    case OP_AT_LEAST: return a >= b;
    case OP_ADD: return a + b;
    case OP_SUBTRACT: return a - b;
    case OP_MULTIPLY: return a * b;
    case OP_DIVIDE: return b ? a / b : 0;
    case OP_REMAINDER: return b ? a % b : 0;
    case OP_NUMBER:
    case OP_N:
    case OP_NOT:
    case OP_CONDITION:
    case OP_OR:
    case OP_AND: break;
    }
    return 0;
}

/* Every node's operands come before it, so this ends; it is as deep as the expression at most. */
static uint64_t evaluate(const struct plural_rule *rule, unsigned at, uint64_t n) {
    const struct plural_node *node = &rule->nodes[at];
    enum plural_op op = (enum plural_op)node->op;
    if (op == OP_NUMBER) {
        return node->number;
    }
    if (op == OP_N) {
        return n;
    }
    uint64_t a = evaluate(rule, node->a, n);
    if (op == OP_NOT) {
        return !a;
    }
    if (op == OP_CONDITION) {
        return evaluate(rule, a ? node->b : node->c, n);
    }
    if (op == OP_OR || op == OP_AND) {
        return (op == OP_OR) == (a != 0) ? a != 0 : evaluate(rule, node->b, n) != 0;
    }
    return evaluate_binary(op, a, evaluate(rule, node->b, n));
}

unsigned plural_form(const struct plural_rule *rule, uint64_t n) {
    uint64_t form = evaluate(rule, rule->root, n);
    return form < rule->forms ? (unsigned)form : 0;
}
