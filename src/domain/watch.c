/* The list as it is kept. Each change takes the next version, so that whoever holds the list ready knows it is old. */
#include "domain/watch.h"

#include "domain/field.h"
#include "domain/journal_note.h"
#include "text/expression.h"
#include "text/word_set.h"

#include <assert.h>

static const slice KINDS[] = {[WATCH_WORD] = S_INIT("word"), [WATCH_EXPRESSION] = S_INIT("expression")};
static const slice ACTIONS[] = {[WATCH_NOTE] = S_INIT("note"),
                                [WATCH_HOLD] = S_INIT("hold"),
                                [WATCH_SPAM] = S_INIT("spam"),
                                [WATCH_REFUSE] = S_INIT("refuse")};

slice watch_kind_name(enum watch_kind kind) { return KINDS[kind]; }
slice watch_action_name(enum watch_action action) { return ACTIONS[action]; }

bool watch_kind_parse(slice name, enum watch_kind *out) {
    for (size_t i = 0; i < ARRAY_COUNT(KINDS); i++) {
        if (!slice_equal(name, KINDS[i])) continue;
        *out = (enum watch_kind)i;
        return true;
    }
    return false;
}

bool watch_action_parse(slice name, enum watch_action *out) {
    for (size_t i = 0; i < ARRAY_COUNT(ACTIONS); i++) {
        if (!slice_equal(name, ACTIONS[i])) continue;
        *out = (enum watch_action)i;
        return true;
    }
    return false;
}

/* --- Reading ------------------------------------------------------------------------------------------------------ */

static enum status read_row(struct db_rows *rows, struct arena *arena, struct watch_entry *out, struct error *error) {
    *out = (struct watch_entry){.id = db_int(rows, "id"),
                                .pattern = db_text(rows, "pattern", arena),
                                .rule_code = db_text(rows, "rule_code", arena),
                                .language = db_text(rows, "language", arena),
                                .overran_at = db_int(rows, "overran_at"),
                                .created_at = db_int(rows, "created_at"),
                                .by_name = db_text(rows, "by_name", arena)};
    bool known = watch_kind_parse(db_text_peek(rows, "kind"), &out->kind) &&
                 watch_action_parse(db_text_peek(rows, "action"), &out->action);
    return known ? OK : error_set(error, INTERNAL, "watch entry %lld is damaged", (long long)out->id);
}

static enum status count_entries(struct db *db, int64_t *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_WATCH_COUNT);
    enum status status = db_step(rows, error);
    if (status == OK) *out = db_int(rows, "count");
    return status;
}

enum status watch_entries_load(struct db *db, struct arena *arena, struct watch_entries *out, struct error *error) {
    int64_t room = 0;
    enum status status = count_entries(db, &room, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_WATCH_LIST);
    db_bind_int(rows, "limit", room);
    struct watch_entries list = {.items = ARENA_ARRAY(arena, (size_t)room + 1, struct watch_entry)};
    while (list.count < (size_t)room && (status = db_step(rows, error)) == OK) {
        status = read_row(rows, arena, &list.items[list.count++], error);
        if (status != OK) return status;
    }
    if (status != OK && status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

enum status watch_get(struct db *db, struct arena *arena, int64_t id, struct watch_entry *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_WATCH_GET);
    db_bind_int(rows, "id", id);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no such entry");
    return status == OK ? read_row(rows, arena, out, error) : status;
}

enum status watch_version(struct db *db, int64_t *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_WATCH_VERSION);
    enum status status = db_step(rows, error);
    if (status == OK) *out = db_int(rows, "version");
    return status;
}

/* --- Writing ------------------------------------------------------------------------------------------------------ */

enum status watch_check(struct arena *arena, struct watch_entry *entry, size_t *at, struct error *error) {
    *at = SIZE_MAX;
    enum status status =
        field__line(arena, "pattern", FIELD_REQUIRED, WATCH_PATTERN_CHARACTERS, &entry->pattern, error);
    if (status != OK) return status;
    if (entry->kind == WATCH_WORD) {
        if (word_set_accepts(entry->pattern)) return OK;
        return error_set(error, INVALID, "a word has 2 to %d letters or digits", WORD_SET_LETTERS_MAX);
    }
    struct expression *expression;
    status = expression_new(entry->pattern, &expression, at, error);
    if (status == OK) expression_free(expression);
    return status;
}

static enum status next_version(struct db *db, int64_t *out, struct error *error) {
    enum status status = watch_version(db, out, error);
    ++*out;
    return status;
}

static void bind(struct db_rows *rows, const struct watch_entry *entry, int64_t version) {
    db_bind_text(rows, "pattern", entry->pattern);
    db_bind_text(rows, "action", ACTIONS[entry->action]);
    db_bind_text(rows, "rule", entry->rule_code);
    db_bind_text(rows, "language", entry->language);
    db_bind_int(rows, "version", version);
}

static enum status journal(struct db *db, const struct watch_entry *entry, account_id by, const char *act,
                           struct error *error) {
    char actor[JOURNAL_ACTOR_SIZE];
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, watch_kind_name(entry->kind).p, entry->pattern);
    journal__note_text(&note, "action", watch_action_name(entry->action));
    if (entry->rule_code.n) journal__note_text(&note, "rule", entry->rule_code);
    if (entry->language.n) journal__note_text(&note, "language", entry->language);
    return journal__note_write(&note, db, 0, journal__actor(actor, by), act, "watch", entry->id, error);
}

enum status watch_add(struct db *db, const struct watch_entry *entry, account_id by, struct error *error) {
    int64_t version, count;
    enum status status = next_version(db, &version, error);
    if (status == OK) status = count_entries(db, &count, error);
    if (status != OK) return status;
    if (count >= WATCH_ENTRIES_MAX) return error_set(error, LIMIT, "the list holds %d entries", WATCH_ENTRIES_MAX);
    struct watch_entry added = *entry;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_WATCH_ADD);
    bind(rows, entry, version);
    db_bind_text(rows, "kind", KINDS[entry->kind]);
    db_bind_id(rows, "account", by.v);
    db_bind_int(rows, "now", clock_now());
    status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, CONFLICT, "it is in the list already");
    if (status != OK) return status;
    added.id = db_int(rows, "id");
    db_finish(rows);
    return journal(db, &added, by, "watch.add", error);
}

static enum status run_one(struct db_rows *rows, struct error *error) {
    int64_t changed;
    enum status status = db_run(rows, &changed, error);
    if (status == OK && changed == 0) return error_set(error, NOT_FOUND, "no such entry");
    return status;
}

enum status watch_save(struct db *db, const struct watch_entry *entry, account_id by, struct error *error) {
    int64_t version;
    enum status status = next_version(db, &version, error);
    if (status != OK) return status;
    struct db_rows *rows = db_use(db, DB_WATCH_SAVE);
    bind(rows, entry, version);
    db_bind_int(rows, "id", entry->id);
    status = run_one(rows, error);
    return status == OK ? journal(db, entry, by, "watch.save", error) : status;
}

enum { ONE_ENTRY_BYTES = 64 * 1024 };

enum status watch_remove(struct db *db, int64_t id, account_id by, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(ONE_ENTRY_BYTES);
    struct watch_entry entry;
    int64_t version;
    enum status status = watch_get(db, arena, id, &entry, error);
    if (status == OK) status = next_version(db, &version, error);
    if (status != OK) return status;
    struct db_rows *rows = db_use(db, DB_WATCH_REMOVE);
    db_bind_int(rows, "id", id);
    db_bind_int(rows, "version", version);
    status = run_one(rows, error);
    return status == OK ? journal(db, &entry, by, "watch.remove", error) : status;
}

enum status watch_overran(struct db *db, int64_t id, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(ONE_ENTRY_BYTES);
    struct watch_entry entry;
    int64_t version, changed;
    enum status status = watch_get(db, arena, id, &entry, error);
    if (status == NOT_FOUND) return OK; /* taken out meanwhile */
    if (status == OK) status = next_version(db, &version, error);
    if (status != OK) return status;
    struct db_rows *rows = db_use(db, DB_WATCH_OVERRAN);
    db_bind_int(rows, "id", id);
    db_bind_int(rows, "version", version);
    db_bind_int(rows, "now", clock_now());
    status = db_run(rows, &changed, error);
    return status == OK && changed ? journal(db, &entry, (account_id){0}, "watch.overran", error) : status;
}
