/* Nearly the same, and not: the likeness itself, and how often the keys find it. */
#include "case.h"

#include "base/buf.h"
#include "text/likeness.h"

#include <string.h>

static struct likeness of(struct arena *arena, const char *text) {
    struct evasion e = text_evasion(arena, slice_of(text));
    return text_likeness(arena, &e);
}

static struct likeness_mark mark_of(struct arena *arena, const char *text) {
    struct evasion e = text_evasion(arena, slice_of(text));
    return likeness_mark(&e);
}

#define PITCH "Gagnez 500 euros par jour depuis chez vous, sans diplôme ni expérience : écrivez-moi sur "

static void measures(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct likeness a = of(arena, PITCH "Telegram, je réponds tout de suite.");
    struct likeness b = of(arena, "GAGNEZ 500 €uros par jour depuis chez vous, sans dipl0me ni experience : "
                                  "é.c.r.i.v.e.z-moi sur Telegram, je réponds tout de suite !!!");
    struct likeness c = of(arena, PITCH "WhatsApp, je réponds tout de suite.");
    struct likeness d = of(arena, "Le Premier ministre a présenté hier la réforme des retraites devant les députés, "
                                  "qui l’ont accueillie froidement.");
    assert_int_equal(likeness_percent(&a, &a), 100);
    assert_true(likeness_percent(&a, &b) >= 90);
    assert_true(likeness_percent(&a, &c) >= 70 && likeness_percent(&a, &c) < 95);
    assert_true(likeness_percent(&a, &d) <= 5);
    struct likeness tiny = of(arena, "Tout à fait d’accord");
    assert_int_equal(tiny.count, 0);
    assert_int_equal(likeness_percent(&tiny, &a), 0);
    struct likeness_mark none = mark_of(arena, "Tout à fait d’accord"), some = mark_of(arena, PITCH);
    assert_int_equal(none.keys[0], 0);
    assert_int_equal(likeness_estimate(none.sketch, none.sketch), 0);
    assert_int_equal(likeness_estimate(some.sketch, none.sketch), 0);
    assert_int_equal(likeness_estimate(some.sketch, some.sketch), 100);
    arena_free(arena);
}

/* A text of so many words of a small vocabulary; a variant has some of them replaced. */
static void compose(char *out, size_t size, unsigned seed, unsigned replaced, unsigned variant) {
    struct buf b;
    buf_init(&b, size);
    for (unsigned i = 0; i < 60; i++) {
        bool other = replaced && i % replaced == variant % replaced;
        unsigned word = (seed * 2654435761u + i * 40503u + (other ? variant * 7919u + 1 : 0)) % 60493u;
        buf_add_format(&b, "%c%c%u%c%c ", 'a' + (int)(word % 26), 'b' + (int)(word / 7 % 24), word % 10,
                       'a' + (int)(word / 11 % 26), 'a' + (int)(word / 101 % 26));
    }
    memcpy(out, b.p, b.n);
    out[b.n] = 0;
    buf_fini(&b);
}

static bool shares_key(const struct likeness_mark *a, const struct likeness_mark *b) {
    for (int i = 0; i < LIKENESS_KEYS; i++)
        if (a->keys[i] == b->keys[i]) return true;
    return false;
}

static bool is_estimated(const struct likeness_mark *a, const struct likeness_mark *b, int percent) {
    int estimate = likeness_estimate(a->sketch, b->sketch);
    return estimate >= percent - LIKENESS_ERROR && estimate <= percent + LIKENESS_ERROR;
}

static void finds_what_is_nearly_the_same(void **state) {
    (void)state;
    enum { PAIRS = 300 };
    char one[1000], other[1000], foreign[1000];
    int found = 0, mistaken = 0, near = 0, estimated = 0;
    for (unsigned i = 0; i < PAIRS; i++) {
        struct arena *arena = arena_new(1 << 20);
        compose(one, sizeof one, i, 0, 0);
        compose(other, sizeof other, i, 30, i + 1);
        compose(foreign, sizeof foreign, i + 10007, 0, 0);
        struct likeness a = of(arena, one), b = of(arena, other), c = of(arena, foreign);
        struct likeness_mark x = mark_of(arena, one), y = mark_of(arena, other), z = mark_of(arena, foreign);
        near += likeness_percent(&a, &b) >= 80;
        found += shares_key(&x, &y);
        mistaken += shares_key(&x, &z);
        estimated += is_estimated(&x, &y, likeness_percent(&a, &b)) && is_estimated(&x, &z, likeness_percent(&a, &c));
        arena_free(arena);
    }
    assert_int_equal(near, PAIRS);
    assert_true(found >= PAIRS * 92 / 100);
    assert_true(mistaken <= PAIRS / 50);
    assert_true(estimated >= PAIRS * 98 / 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures),
        cmocka_unit_test(finds_what_is_nearly_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
