/* What a template is once it is compiled: shared by mustache_parse.c, which makes it, and mustache_render.c, which reads
   it. Nobody else includes this. */
#ifndef PALABRE_VIEW_MUSTACHE_PROGRAM_H
#define PALABRE_VIEW_MUSTACHE_PROGRAM_H

#include "view/mustache.h"

struct key {
    slice text;
    uint64_t hash; /* value_key_hash(text) */
};

/* "a.b.c"; no keys at all is "." */
struct name {
    const struct key *keys;
    unsigned count;
};

struct node_list {
    struct node *first, *last;
};

enum node_kind {
    NODE_TEXT,
    NODE_VALUE,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_PARTIAL, /* a parent without blocks is one, too */
    NODE_PARENT,
    NODE_BLOCK, /* in a parent: a replacement; elsewhere: a place with its default */
    NODE_PLURAL,
};

struct node {
    enum node_kind kind;
    bool escape;     /* VALUE: escape strings */
    bool standalone; /* PARTIAL, PARENT, BLOCK: what it brings begins on a line of its own */
    unsigned line;
    struct node *next;
    struct name name; /* VALUE, SECTION, INVERTED, PLURAL; PARTIAL and PARENT: a dynamic one */
    union {
        slice text; /* TEXT */
        struct {
            struct node_list body; /* SECTION, INVERTED; PARENT: its blocks; BLOCK: its content */
            slice label;           /* PARTIAL, PARENT: the static name, empty for a dynamic one. BLOCK: its name */
            slice indent;          /* PARTIAL, PARENT, BLOCK: goes before each line of what is brought */
            const struct mustache *target; /* PARTIAL, PARENT: set by linking; NULL: nothing is written */
            struct node *next_static;      /* PARTIAL, PARENT: see struct mustache */
        };
        struct {
            const struct node_list *forms; /* PLURAL: one for each form of the catalog */
            const struct catalog *catalog;
        };
    };
};

struct mustache {
    struct arena *arena; /* holds all that follows */
    slice name;          /* followed by a NUL */
    struct node_list body;
    bool strict;
    mustache_find_fn find;
    const void *find_context;
    struct node *first_static; /* the chain of PARTIALs and PARENTs with a static name, for linking */
};

#endif
