#include "text/automaton.h"

#include "base/memory.h"

#include <assert.h>

enum { ROOT = 0, NONE = UINT32_MAX };

struct node {
    uint32_t fail;  /* the longest proper end of this node's path that is a path, too */
    uint32_t word;  /* first word that ends here; NONE */
    uint32_t other; /* nearest node on the chain of fails at which a word ends; ROOT: none */
    uint32_t depth;
};

struct edge {
    uint32_t from, symbol;
    uint32_t to; /* ROOT: a free slot, as no edge leads there */
};

struct automaton {
    struct node *nodes;
    size_t node_count;
    struct edge *edges; /* a hash table, at most half full */
    size_t edge_mask;
    uint32_t *next; /* of each word: another one that is the same; NONE */
    size_t word_count;
};

static struct edge *slot(const struct automaton *a, uint32_t from, uint32_t symbol) {
    uint64_t hash = ((uint64_t)from << 32 | symbol) * 0x9E3779B97F4A7C15u;
    for (size_t i = (size_t)(hash >> 32);; i++) {
        struct edge *e = &a->edges[i & a->edge_mask];
        if (e->to == ROOT || (e->from == from && e->symbol == symbol)) return e;
    }
}

static uint32_t step(const struct automaton *a, uint32_t node, uint32_t symbol) {
    for (;; node = a->nodes[node].fail) {
        uint32_t to = slot(a, node, symbol)->to;
        if (to != ROOT || node == ROOT) return to;
    }
}

static void insert(struct automaton *a, const struct automaton_word *word, uint32_t index) {
    uint32_t node = ROOT;
    for (size_t i = 0; i < word->count; i++) {
        struct edge *e = slot(a, node, word->symbols[i]);
        if (e->to == ROOT) {
            uint32_t made = (uint32_t)a->node_count++;
            a->nodes[made] = (struct node){.word = NONE, .depth = a->nodes[node].depth + 1};
            *e = (struct edge){node, word->symbols[i], made};
        }
        node = e->to;
    }
    if (node == ROOT) return;
    a->next[index] = a->nodes[node].word;
    a->nodes[node].word = index;
}

/* Edges in the order of their target are in the order of insertion, not of depth: nodes are taken breadth-first. */
static void set_fails(struct automaton *a) {
    struct edge *of = memory_alloc_array(a->node_count, sizeof *of); /* the edge to each node */
    uint32_t *order = memory_alloc_array(a->node_count, sizeof *order), *starts;
    uint32_t deepest = 0;
    for (size_t i = 0; i <= a->edge_mask; i++)
        if (a->edges[i].to != ROOT) of[a->edges[i].to] = a->edges[i];
    for (size_t i = 0; i < a->node_count; i++)
        if (a->nodes[i].depth > deepest) deepest = a->nodes[i].depth;
    starts = memory_alloc_array((size_t)deepest + 2, sizeof *starts);
    for (size_t i = 0; i < a->node_count; i++) starts[a->nodes[i].depth + 1]++;
    for (uint32_t d = 1; d <= deepest; d++) starts[d + 1] += starts[d];
    for (size_t i = 0; i < a->node_count; i++) order[starts[a->nodes[i].depth]++] = (uint32_t)i;
    for (size_t i = 1; i < a->node_count; i++) {
        struct node *n = &a->nodes[order[i]];
        const struct edge *e = &of[order[i]];
        n->fail = e->from == ROOT ? ROOT : step(a, a->nodes[e->from].fail, e->symbol);
        n->other = a->nodes[n->fail].word != NONE ? n->fail : a->nodes[n->fail].other;
    }
    memory_free(starts);
    memory_free(order);
    memory_free(of);
}

struct automaton *automaton_new(const struct automaton_word *words, size_t count) {
    struct automaton *a = NEW(struct automaton);
    size_t symbols = 0, slots = 8;
    for (size_t i = 0; i < count; i++) symbols += words[i].count;
    assert(symbols <= AUTOMATON_SYMBOLS_MAX && count < NONE);
    while (slots < symbols * 2) slots *= 2;
    a->nodes = memory_alloc_array(symbols + 1, sizeof *a->nodes);
    a->nodes[ROOT] = (struct node){.word = NONE};
    a->node_count = 1;
    a->edges = memory_alloc_array(slots, sizeof *a->edges);
    a->edge_mask = slots - 1;
    a->next = memory_alloc_array(count, sizeof *a->next);
    a->word_count = count;
    /* Backwards, so that of words that are the same the first is found first. */
    for (size_t i = count; i > 0; i--) insert(a, &words[i - 1], (uint32_t)(i - 1));
    set_fails(a);
    return a;
}

void automaton_free(struct automaton *automaton) {
    if (!automaton) return;
    memory_free(automaton->nodes);
    memory_free(automaton->edges);
    memory_free(automaton->next);
    memory_free(automaton);
}

size_t automaton_bytes(const struct automaton *a) {
    return sizeof *a + a->node_count * sizeof *a->nodes + (a->edge_mask + 1) * sizeof *a->edges +
           a->word_count * sizeof *a->next;
}

static bool tell(const struct automaton *a, const struct node *node, size_t end,
                 bool (*found)(void *ctx, size_t index, size_t start), void *ctx) {
    for (uint32_t word = node->word; word != NONE; word = a->next[word])
        if (!found(ctx, word, end - node->depth)) return false;
    return true;
}

void automaton_scan(const struct automaton *a, const uint32_t *text, size_t count,
                    bool (*found)(void *ctx, size_t index, size_t start), void *ctx) {
    uint32_t at = ROOT;
    for (size_t i = 0; i < count; i++) {
        at = step(a, at, text[i]);
        uint32_t node = a->nodes[at].word != NONE ? at : a->nodes[at].other;
        for (; node != ROOT; node = a->nodes[node].other)
            if (!tell(a, &a->nodes[node], i + 1, found, ctx)) return;
    }
}
