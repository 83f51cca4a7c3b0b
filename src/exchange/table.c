#include "exchange/table.h"

#include "base/memory.h"

enum { FIRST_CAPACITY = 64 };

void table_fini(struct table *table) {
    memory_free(table->slots);
    *table = (struct table){0};
}

/* The slot that holds the key, or the free one where it belongs. There is always a free one. */
static struct table_entry *slot_of(const struct table *table, slice key) {
    size_t mask = table->capacity - 1;
    for (size_t at = (size_t)slice_hash(key) & mask;; at = (at + 1) & mask) {
        struct table_entry *slot = &table->slots[at];
        if (!slot->key.p || slice_equal(slot->key, key)) return slot;
    }
}

static void grow(struct table *table) {
    struct table before = *table;
    table->capacity = before.capacity ? before.capacity * 2 : FIRST_CAPACITY;
    table->slots = memory_alloc_array(table->capacity, sizeof *table->slots);
    for (size_t i = 0; i < before.capacity; i++)
        if (before.slots[i].key.p) *slot_of(table, before.slots[i].key) = before.slots[i];
    memory_free(before.slots);
}

int64_t *table_put(struct table *table, struct arena *arena, slice key, bool *made) {
    if (table->count * 2 >= table->capacity) grow(table);
    struct table_entry *slot = slot_of(table, key);
    bool is_new = !slot->key.p;
    if (is_new) {
        slot->key = arena_copy(arena, key); /* never NULL, even for the empty key */
        table->count++;
    }
    if (made) *made = is_new;
    return &slot->value;
}

const int64_t *table_get(const struct table *table, slice key) {
    if (!table->capacity) return NULL;
    const struct table_entry *slot = slot_of(table, key);
    return slot->key.p ? &slot->value : NULL;
}
