/* The list made ready: one automaton for all words, each expression compiled. */
#include "domain/watch.h"

#include "base/memory.h"
#include "text/expression.h"
#include "text/word_set.h"

#include <stdatomic.h>

enum {
    LIST_BYTES = 64 * 1024 * 1024, /* WATCH_ENTRIES_MAX of the longest */
    WORDS_FOUND_MAX = 100,
};

struct watch_list {
    _Atomic int references;
    int64_t version;
    struct arena *arena; /* of the entries */
    struct watch_entries entries;
    struct watch_entry **words; /* by the index of the set */
    struct word_set *set;
    struct expression **expressions; /* of the entry of the same index; NULL: a word, or one that is passed over */
};

static struct watch_list *list_new(void) {
    struct watch_list *list = NEW(struct watch_list);
    atomic_init(&list->references, 1);
    list->arena = arena_new(LIST_BYTES);
    return list;
}

static void compile(struct watch_list *list) {
    size_t count = list->entries.count, words = 0;
    slice *texts = memory_alloc_array(count, sizeof *texts);
    list->words = ARENA_ARRAY(list->arena, count + 1, struct watch_entry *);
    list->expressions = ARENA_ARRAY(list->arena, count + 1, struct expression *);
    for (size_t i = 0; i < count; i++) {
        struct watch_entry *entry = &list->entries.items[i];
        if (entry->kind == WATCH_WORD) {
            list->words[words] = entry;
            texts[words++] = entry->pattern;
        } else if (entry->overran_at == 0 && expression_new(entry->pattern, &list->expressions[i], NULL, NULL) != OK) {
            list->expressions[i] = NULL; /* checked when it was saved: another version of PCRE2 may see it otherwise */
        }
    }
    list->set = word_set_new(texts, words);
    memory_free(texts);
}

enum status watch_list_make(struct db *db, struct watch_list **out, struct error *error) {
    struct watch_list *list = list_new();
    enum status status = db_read_begin(db, error);
    if (status == OK) {
        status = watch_version(db, &list->version, error);
        if (status == OK) status = watch_entries_load(db, list->arena, &list->entries, error);
        db_read_end(db);
    }
    if (status != OK) {
        watch_list_unref(list);
        return status;
    }
    compile(list);
    *out = list;
    return OK;
}

struct watch_list *watch_list_of(const struct watch_entry *entries, size_t count) {
    struct watch_list *list = list_new();
    list->entries.items = ARENA_ARRAY(list->arena, count + 1, struct watch_entry);
    list->entries.count = count;
    for (size_t i = 0; i < count; i++) {
        struct watch_entry *entry = &list->entries.items[i];
        *entry = entries[i];
        entry->pattern = arena_copy(list->arena, entries[i].pattern);
        entry->rule_code = arena_copy(list->arena, entries[i].rule_code);
        entry->language = arena_copy(list->arena, entries[i].language);
        entry->by_name = S("");
    }
    compile(list);
    return list;
}

struct watch_list *watch_list_ref(struct watch_list *list) {
    atomic_fetch_add(&list->references, 1);
    return list;
}

void watch_list_unref(struct watch_list *list) {
    if (!list || atomic_fetch_sub(&list->references, 1) != 1) return;
    for (size_t i = 0; list->expressions && i < list->entries.count; i++) expression_free(list->expressions[i]);
    word_set_free(list->set);
    arena_free(list->arena);
    memory_free(list);
}

int64_t watch_list_version(const struct watch_list *list) { return list->version; }

/* --- Looking ------------------------------------------------------------------------------------------------------ */

static bool concerns(const struct watch_entry *entry, slice language) {
    return entry->language.n == 0 || slice_equal(entry->language, language);
}

/* Kept in the order of the text; what stands at one place is said once for each entry. */
static void add(struct watch_result *out, const struct watch_entry *entry, size_t from, size_t to) {
    size_t at = out->count;
    if (at == WATCH_FOUND_MAX) return;
    while (at > 0 && out->found[at - 1].from > from) at--;
    for (size_t i = out->count; i > at; i--) out->found[i] = out->found[i - 1];
    out->found[at] = (struct watch_found){entry, from, to};
    out->count++;
}

static void look_for_words(const struct watch_list *list, struct arena *arena, const struct evasion *evasion,
                           slice language, struct watch_result *out) {
    struct word_found found[WORDS_FOUND_MAX];
    size_t n = word_set_find(list->set, arena, evasion, found, WORDS_FOUND_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct watch_entry *entry = list->words[found[i].word];
        if (concerns(entry, language)) add(out, entry, found[i].from, found[i].to);
    }
}

struct plain {
    slice text; /* p NULL: not made yet */
    const struct evasion_place *places;
};

static void look_for_expression(const struct watch_list *list, struct arena *arena, size_t index, slice text,
                                const struct evasion *evasion, struct plain *plain, struct watch_result *out) {
    const struct watch_entry *entry = &list->entries.items[index];
    const struct expression *expression = list->expressions[index];
    size_t from, to;
    enum status status = expression_find(expression, text, &from, &to);
    if (status == OK) add(out, entry, from, to);
    if (status == NOT_FOUND) {
        if (!plain->text.p) plain->text = evasion_plain(arena, evasion, &plain->places);
        status = expression_find(expression, plain->text, &from, &to);
        if (status == OK && to > from) add(out, entry, plain->places[from].from, plain->places[to - 1].to);
    }
    if (status == LIMIT && out->overran_count < ARRAY_COUNT(out->overran))
        out->overran[out->overran_count++] = entry->id;
}

void watch_look(const struct watch_list *list, struct arena *arena, slice text, const struct evasion *evasion,
                slice language, struct watch_result *out) {
    struct plain plain = {0};
    look_for_words(list, arena, evasion, language, out);
    for (size_t i = 0; i < list->entries.count; i++) {
        if (!list->expressions[i] || !concerns(&list->entries.items[i], language)) continue;
        look_for_expression(list, arena, i, text, evasion, &plain, out);
    }
}
