/* Positive numbers that lie close together for the most part, as those of a blog's comments do: sixty-four neighbours take
   sixteen bytes. One thread. */
#ifndef PALABRE_EXCHANGE_NUMBER_SET_H
#define PALABRE_EXCHANGE_NUMBER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number_group {
    int64_t name;  /* of these numbers: they have it without their last six bits */
    uint64_t bits; /* 0: the place is free */
};

/* Zeroed is empty. It grows with what is in it, which its user bounds. */
struct number_set {
    struct number_group *groups; /* open addressing */
    size_t count, capacity;
};

void number_set_fini(struct number_set *set);
/* False: it was there already. */
bool number_set_add(struct number_set *set, int64_t number);

#endif
