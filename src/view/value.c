#include "view/value.h"

#include <assert.h>

/* An object is a chain of blocks, so that a value's place never moves. The hashes stand together: looking for a key
   reads one cache line for eight of them. */
enum { BLOCK_KEYS = 8 };

struct key_block {
    uint64_t hashes[BLOCK_KEYS];
    slice keys[BLOCK_KEYS];
    struct value values[BLOCK_KEYS];
    struct key_block *next;
};

struct value_object {
    struct arena *arena;
    uint64_t seen;  /* a bit for each key's hash: most misses, on the way out through the contexts, end here */
    unsigned count; /* keys in all; all blocks but the last are full */
    struct key_block *last;
    struct key_block first;
};

/* The value comes first, so that an item of a list is a value to its readers. */
struct item {
    struct value value;
    struct item *next;
};

struct value_list {
    struct arena *arena;
    size_t count;
    struct item *first, *last;
};

static void make_object(struct value *slot, struct arena *arena) {
    struct value_object *object = ARENA_NEW(arena, struct value_object);
    object->arena = arena;
    object->last = &object->first;
    slot->type = VALUE_OBJECT;
    slot->object = object;
}

static void make_list(struct value *slot, struct arena *arena) {
    slot->type = VALUE_LIST;
    slot->list = ARENA_NEW(arena, struct value_list);
    slot->list->arena = arena;
}

struct value *value_object(struct arena *arena) {
    struct value *value = ARENA_NEW(arena, struct value);
    make_object(value, arena);
    return value;
}

struct value *value_list(struct arena *arena) {
    struct value *value = ARENA_NEW(arena, struct value);
    make_list(value, arena);
    return value;
}

static struct arena *arena_of(const struct value *container) {
    assert(container->type == VALUE_OBJECT || container->type == VALUE_LIST);
    return container->type == VALUE_OBJECT ? container->object->arena : container->list->arena;
}

void value_make_object(struct value *slot, const struct value *same_arena_as) {
    make_object(slot, arena_of(same_arena_as));
}

void value_make_list(struct value *slot, const struct value *same_arena_as) {
    make_list(slot, arena_of(same_arena_as));
}

static inline uint64_t seen_bit(uint64_t hash) { return (uint64_t)1 << (hash & 63); }

static struct value *find(struct value_object *object, slice key, uint64_t hash) {
    if (!(object->seen & seen_bit(hash))) {
        return NULL;
    }
    unsigned left = object->count;
    for (struct key_block *block = &object->first; block; block = block->next) {
        unsigned here = left < BLOCK_KEYS ? left : BLOCK_KEYS;
        for (unsigned i = 0; i < here; i++) {
            if (block->hashes[i] == hash && slice_equal(block->keys[i], key)) {
                return &block->values[i];
            }
        }
        left -= here;
    }
    return NULL;
}

struct value *value_slot(struct value *object_value, slice key, uint64_t hash) {
    assert(object_value->type == VALUE_OBJECT);
    struct value_object *object = object_value->object;
    struct value *old = find(object, key, hash);
    if (old) {
        return old;
    }
    unsigned at = object->count % BLOCK_KEYS;
    if (at == 0 && object->count > 0) {
        object->last->next = ARENA_NEW(object->arena, struct key_block);
        object->last = object->last->next;
    }
    struct key_block *block = object->last;
    block->hashes[at] = hash;
    block->keys[at] = key;
    object->seen |= seen_bit(hash);
    object->count++;
    return &block->values[at];
}

const struct value *value_lookup(const struct value *value, slice key, uint64_t hash) {
    return value->type == VALUE_OBJECT ? find(value->object, key, hash) : NULL;
}

const struct value *value_get(const struct value *value, slice key) {
    return value_lookup(value, key, value_key_hash(key));
}

static struct value *append(struct value *list_value) {
    assert(list_value->type == VALUE_LIST);
    struct value_list *list = list_value->list;
    struct item *item = ARENA_NEW(list->arena, struct item);
    if (list->last) {
        list->last->next = item;
    } else {
        list->first = item;
    }
    list->last = item;
    list->count++;
    return &item->value;
}

struct value *value_list_add_object(struct value *list) {
    struct value *item = append(list);
    make_object(item, list->list->arena);
    return item;
}

struct value *value_list_add_list(struct value *list) {
    struct value *item = append(list);
    make_list(item, list->list->arena);
    return item;
}

void value_list_add_string(struct value *list, slice text) {
    struct value *item = append(list);
    item->type = VALUE_STRING;
    item->text = text;
}

void value_list_add_int(struct value *list, int64_t integer) {
    struct value *item = append(list);
    item->type = VALUE_INT;
    item->integer = integer;
}

void value_list_add_html(struct value *list, struct html html) {
    struct value *item = append(list);
    item->type = VALUE_HTML;
    item->text = html.s;
}

bool value_is_true(const struct value *value) {
    if (!value) {
        return false;
    }
    switch (value->type) {
    case VALUE_NULL: return false;
    case VALUE_BOOL: return value->truth;
    case VALUE_INT: return value->integer != 0;
    case VALUE_STRING:
    case VALUE_HTML: return value->text.n > 0;
    case VALUE_LIST: return value->list->count > 0;
    case VALUE_OBJECT: return true;
    }
    return false;
}

size_t value_list_count(const struct value *list) {
    assert(list->type == VALUE_LIST);
    return list->list->count;
}

const struct value *value_list_first(const struct value *list) {
    assert(list->type == VALUE_LIST);
    return list->list->first ? &list->list->first->value : NULL;
}

const struct value *value_list_next(const struct value *item_of_list) {
    const struct item *item = (const struct item *)(const void *)item_of_list;
    return item->next ? &item->next->value : NULL;
}
