#include "exchange/number_set.h"

#include "base/memory.h"

enum { FIRST_CAPACITY = 256, GROUP_BITS = 6, HASH_SHIFT = 24 };

void number_set_fini(struct number_set *set) {
    memory_free(set->groups);
    *set = (struct number_set){0};
}

/* The group's place, or the free one where it belongs. There is always a free one. */
static struct number_group *group_of(const struct number_set *set, int64_t name) {
    size_t mask = set->capacity - 1;
    size_t at = (size_t)((uint64_t)name * UINT64_C(0x9e3779b97f4a7c15) >> HASH_SHIFT) & mask;
    while (set->groups[at].bits && set->groups[at].name != name) at = (at + 1) & mask;
    return &set->groups[at];
}

static void grow(struct number_set *set) {
    struct number_set before = *set;
    set->capacity = before.capacity ? before.capacity * 2 : FIRST_CAPACITY;
    set->groups = memory_alloc_array(set->capacity, sizeof *set->groups);
    for (size_t i = 0; i < before.capacity; i++)
        if (before.groups[i].bits) *group_of(set, before.groups[i].name) = before.groups[i];
    memory_free(before.groups);
}

bool number_set_add(struct number_set *set, int64_t number) {
    if (set->count * 2 >= set->capacity) grow(set);
    int64_t name = number >> GROUP_BITS;
    struct number_group *group = group_of(set, name);
    uint64_t bit = UINT64_C(1) << (number & ((1 << GROUP_BITS) - 1));
    bool is_new = (group->bits & bit) == 0;
    set->count += group->bits == 0;
    group->name = name;
    group->bits |= bit;
    return is_new;
}
