#include "domain/site_word.h"

#include "base/utf8.h"
#include "domain/field.h"
#include "domain/journal_note.h"
#include "text/fold.h"

#include <stdlib.h>
#include <unicode/uchar.h>

enum { SCRATCH_BYTES = 64 * 1024 };

/* Stored with straight apostrophes; letters, and between them apostrophes and hyphens. */
static enum status check(struct arena *arena, slice *word, struct error *error) {
    enum status status = field__line(arena, "word", FIELD_REQUIRED, SITE_WORD_MAX, word, error);
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 4 * SITE_WORD_MAX + 4);
    bool letter = false;
    uint32_t c;
    for (slice rest = *word; status == OK && utf8_next(&rest, &c);) {
        bool joiner = c == '\'' || c == 0x2019 || c == '-';
        bool fine =
            joiner ? letter && rest.n > 0 : u_isalpha((UChar32)c) || u_charType((UChar32)c) == U_NON_SPACING_MARK;
        if (!fine) return error_set(error, INVALID, "word: one word of letters is wanted");
        letter = !joiner;
        utf8_add(&b, c == 0x2019 ? '\'' : c);
    }
    *word = arena_copy(arena, buf_slice(&b));
    return status;
}

static enum status journal(struct db *db, const char *act, slice word, account_id by, struct error *error) {
    struct journal_note note CLEANUP(journal__note_fini);
    char actor[JOURNAL_ACTOR_SIZE];
    journal__note_init(&note);
    journal__note_text(&note, "word", word);
    return journal__note_write(&note, db, 0, journal__actor(actor, by), act, "site", 0, error);
}

static enum status check_room(struct db *db, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_WORD_COUNT);
    enum status status = db_step(rows, error);
    if (status == OK && db_int(rows, "count") >= SITE_WORDS_MAX)
        return error_set(error, LIMIT, "word: there are %d already", SITE_WORDS_MAX);
    return status;
}

enum status site_word_add(struct db *db, slice word, account_id by, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    int64_t added = 0;
    enum status status = check(arena, &word, error);
    if (status == OK) status = check_room(db, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_WORD_ADD);
    db_bind_text(rows, "word", word);
    db_bind_id(rows, "by", by.v);
    db_bind_int(rows, "now", clock_now());
    status = db_run(rows, &added, error);
    return status == OK && added ? journal(db, "site_word.add", word, by, error) : status;
}

enum status site_word_remove(struct db *db, slice word, account_id by, struct error *error) {
    int64_t removed = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_WORD_REMOVE);
    db_bind_text(rows, "word", word);
    enum status status = db_run(rows, &removed, error);
    return status == OK && removed ? journal(db, "site_word.remove", word, by, error) : status;
}

enum status site_word_is_known(struct db *db, struct arena *arena, slice word, bool *known, struct error *error) {
    struct buf small CLEANUP(buf_fini), plain CLEANUP(buf_fini);
    uint32_t c;
    bool first = true;
    buf_init(&small, word.n * 2 + 8);
    buf_init(&plain, word.n * 2 + 8);
    for (slice rest = word; utf8_next(&rest, &c); first = false) {
        uint32_t straight = c == 0x2019 ? '\'' : c;
        utf8_add(&plain, straight);
        utf8_add(&small, first ? (uint32_t)u_tolower((UChar32)straight) : straight);
    }
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_WORD_FIND);
    db_bind_text(rows, "word", arena_copy(arena, buf_slice(&plain)));
    db_bind_text(rows, "small", arena_copy(arena, buf_slice(&small)));
    enum status status = db_step(rows, error);
    *known = status == OK;
    return status == NOT_FOUND ? OK : status;
}

/* Without case and accents; so 'Étape' stands among the E. */
struct sorted {
    slice key;
    struct site_word word;
};

static int by_key(const void *a, const void *b) {
    const struct sorted *x = a, *y = b;
    int order = slice_compare(x->key, y->key);
    return order ? order : slice_compare(x->word.word, y->word.word);
}

static void sort(struct arena *arena, struct site_word_list *list) {
    struct sorted *sorted = ARENA_ARRAY(arena, list->count + 1, struct sorted);
    for (size_t i = 0; i < list->count; i++)
        sorted[i] = (struct sorted){text_fold_search(arena, list->items[i].word), list->items[i]};
    qsort(sorted, list->count, sizeof *sorted, by_key);
    for (size_t i = 0; i < list->count; i++) list->items[i] = sorted[i].word;
}

enum status site_word_list_load(struct db *db, struct arena *arena, struct site_word_list *out, struct error *error) {
    struct db_rows *count CLEANUP(db_finish_p) = db_use(db, DB_SITE_WORD_COUNT);
    enum status status = db_step(count, error);
    if (status != OK) return status;
    size_t most = (size_t)db_int(count, "count");
    struct site_word_list list = {.items = ARENA_ARRAY(arena, most + 1, struct site_word)};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_WORD_LIST);
    while (list.count < most && (status = db_step(rows, error)) == OK)
        list.items[list.count++] = (struct site_word){.word = db_text(rows, "word", arena),
                                                      .by_name = db_text(rows, "by_name", arena),
                                                      .added_at = db_int(rows, "added_at")};
    if (status != OK && status != NOT_FOUND) return status;
    sort(arena, &list);
    *out = list;
    return OK;
}
