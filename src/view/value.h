/* What a template sees: a tree of objects, lists, strings, numbers and markup, built by a page builder and read by
   mustache_render.

     struct value *page = value_object(arena);
     value_set_string(page, S("title"), article->title);          // escaped when it is written out
     value_set_html(page, S("body"), article->body);              // struct html of text/html.h: written as it is
     struct value *comments = value_set_list(page, S("comments"));
     for (…) {
         struct value *comment = value_list_add_object(comments);
         value_set_int(comment, S("number"), n);
     }

   Everything lives in the arena given to value_object, and is gone with it. Strings and keys are borrowed, not copied:
   keys are literals as a rule, strings must outlive the rendering (arena_copy, arena_format). One tree belongs to one
   thread at a time; rendering only reads it.

   What is true for {{#section}} and {{^section}}: everything but null, false, the integer 0, the empty string, empty
   markup and the empty list. */
#ifndef PALABRE_VIEW_VALUE_H
#define PALABRE_VIEW_VALUE_H

#include "base/arena.h"
#include "base/slice.h"
#include "text/html.h"

#include <string.h>

enum value_type {
    VALUE_NULL,   /* stands for nothing, but hides a value of the same name further out */
    VALUE_BOOL,   /* written as true or false */
    VALUE_INT,    /* written in decimal, without grouping: format numbers for people with the view's helpers */
    VALUE_STRING, /* written escaped */
    VALUE_HTML,   /* written as it is */
    VALUE_OBJECT, /* written as nothing */
    VALUE_LIST,   /* written as nothing */
};

struct value_object;
struct value_list;

/* To be touched through the functions below only. */
struct value {
    enum value_type type;
    union {
        bool truth;
        int64_t integer;
        slice text; /* VALUE_STRING, VALUE_HTML */
        struct value_object *object;
        struct value_list *list;
    };
};

/* The roots. The pointers stay valid as long as the arena. */
struct value *value_object(struct arena *arena);
struct value *value_list(struct arena *arena);

/* Puts a value under a key of an object; a second value under the same key replaces the first. A key is one part of a
   name: "author", not "author.name" (which reads the key "name" of the object under "author"). */
static inline void value_set_null(struct value *object, slice key);
static inline void value_set_bool(struct value *object, slice key, bool truth);
static inline void value_set_int(struct value *object, slice key, int64_t integer);
static inline void value_set_string(struct value *object, slice key, slice text);
static inline void value_set_html(struct value *object, slice key, struct html html);
/* A new empty object, or list, under the key. */
static inline struct value *value_set_object(struct value *object, slice key);
static inline struct value *value_set_list(struct value *object, slice key);

/* Appends to a list. The pointers stay valid while the list grows. */
struct value *value_list_add_object(struct value *list);
struct value *value_list_add_list(struct value *list);
void value_list_add_string(struct value *list, slice text);
void value_list_add_int(struct value *list, int64_t integer);
void value_list_add_html(struct value *list, struct html html);
/* The short name, for the commonest: a new object at the end of the list. */
static inline struct value *value_list_add(struct value *list) { return value_list_add_object(list); }

/* Reading, for the engine and for tests. */
const struct value *value_get(const struct value *value, slice key); /* borrowed; NULL unless an object with this key */
bool value_is_true(const struct value *value);                       /* NULL is not */
size_t value_list_count(const struct value *list);
/* The first item and the one after another of a list; NULL at the end. Not for objects. */
const struct value *value_list_first(const struct value *list);
const struct value *value_list_next(const struct value *item_of_list);

/* A key's fingerprint: a template's names have theirs from compile time, a literal's folds to a constant. Equal keys
   have equal fingerprints; the reverse is checked. */
static inline uint64_t value_key_hash(slice key) {
    uint64_t head = 0;
    uint64_t tail = 0;
    if (key.n >= 8) {
        memcpy(&head, key.p, 8);
        memcpy(&tail, key.p + key.n - 8, 8);
    } else if (key.n >= 4) {
        uint32_t first, last;
        memcpy(&first, key.p, 4);
        memcpy(&last, key.p + key.n - 4, 4);
        head = first;
        tail = last;
    } else if (key.n > 0) {
        head = (uint64_t)(unsigned char)key.p[0] << 16 | (uint64_t)(unsigned char)key.p[key.n / 2] << 8 |
               (unsigned char)key.p[key.n - 1];
    }
    uint64_t hash = (head ^ key.n) * 0x9E3779B97F4A7C15u;
    hash = (hash ^ (hash >> 29) ^ tail) * 0xBF58476D1CE4E5B9u;
    return hash ^ (hash >> 32);
}

/* For the functions above and for the engine. */
struct value *value_slot(struct value *object, slice key, uint64_t hash); /* the place of a key, made when missing */
const struct value *value_lookup(const struct value *value, slice key, uint64_t hash);
void value_make_object(struct value *slot, const struct value *same_arena_as);
void value_make_list(struct value *slot, const struct value *same_arena_as);

static inline void value_set_null(struct value *object, slice key) {
    value_slot(object, key, value_key_hash(key))->type = VALUE_NULL;
}

static inline void value_set_bool(struct value *object, slice key, bool truth) {
    struct value *slot = value_slot(object, key, value_key_hash(key));
    slot->type = VALUE_BOOL;
    slot->truth = truth;
}

static inline void value_set_int(struct value *object, slice key, int64_t integer) {
    struct value *slot = value_slot(object, key, value_key_hash(key));
    slot->type = VALUE_INT;
    slot->integer = integer;
}

static inline void value_set_string(struct value *object, slice key, slice text) {
    struct value *slot = value_slot(object, key, value_key_hash(key));
    slot->type = VALUE_STRING;
    slot->text = text;
}

static inline void value_set_html(struct value *object, slice key, struct html html) {
    struct value *slot = value_slot(object, key, value_key_hash(key));
    slot->type = VALUE_HTML;
    slot->text = html.s;
}

static inline struct value *value_set_object(struct value *object, slice key) {
    struct value *slot = value_slot(object, key, value_key_hash(key));
    value_make_object(slot, object);
    return slot;
}

static inline struct value *value_set_list(struct value *object, slice key) {
    struct value *slot = value_slot(object, key, value_key_hash(key));
    value_make_list(slot, object);
    return slot;
}

#endif
