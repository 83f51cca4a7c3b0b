#include "domain/related.h"

#include "domain/journal_note.h"

#include <inttypes.h>

enum { LIST_MAX = RELATED_CHOSEN_MAX + 4 * RELATED_PROPOSED_MAX };

static struct related_article read(struct db_rows *rows, struct arena *arena) {
    return (struct related_article){
        .id = {db_int(rows, "id")},
        .slug = db_text(rows, "slug", arena),
        .language = db_text(rows, "language", arena),
        .headline = db_text(rows, "headline", arena),
        .published_at = db_int(rows, "published_at"),
        .published = slice_equal(db_text_peek(rows, "state"), article_state_name(ARTICLE_PUBLISHED)),
    };
}

enum status related_load(struct db *db, struct arena *arena, article_id id, struct related *out, struct error *error) {
    *out = (struct related){0};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_RELATED_LIST);
    db_bind_int(rows, "id", id.v);
    db_bind_int(rows, "limit", LIST_MAX);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        struct related_article one = read(rows, arena);
        if (db_bool(rows, "chosen") && out->chosen_count < RELATED_CHOSEN_MAX)
            out->chosen[out->chosen_count++] = one;
        else if (!db_bool(rows, "chosen") && one.published && out->proposed_count < RELATED_PROPOSED_MAX)
            out->proposed[out->proposed_count++] = one;
    }
    return status == NOT_FOUND ? OK : status;
}

size_t related_shown(const struct related *related, struct related_article shown[static RELATED_CHOSEN_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < related->chosen_count; i++)
        if (related->chosen[i].published) shown[count++] = related->chosen[i];
    for (size_t i = 0; i < related->proposed_count && related->chosen_count == 0; i++)
        shown[count++] = related->proposed[i];
    return count;
}

static enum status check_choice(struct db *db, article_id id, const article_id *chosen, size_t count,
                                struct error *error) {
    if (count > RELATED_CHOSEN_MAX) return error_set(error, INVALID, "related: at most %d", RELATED_CHOSEN_MAX);
    for (size_t i = 0; i < count; i++) {
        struct article_standing standing;
        if (chosen[i].v == id.v) return error_set(error, INVALID, "related: the article itself");
        for (size_t k = 0; k < i; k++)
            if (chosen[k].v == chosen[i].v) return error_set(error, INVALID, "related: the same twice");
        enum status status = article_standing(db, chosen[i], &standing, error);
        if (status == NOT_FOUND) return error_set(error, INVALID, "related: there is no article %" PRId64, chosen[i].v);
        if (status != OK) return status;
    }
    return OK;
}

static bool is_same(const struct related *now, const article_id *chosen, size_t count) {
    if (now->chosen_count != count) return false;
    for (size_t i = 0; i < count; i++)
        if (now->chosen[i].id.v != chosen[i].v) return false;
    return true;
}

static enum status add(struct db *db, article_id id, article_id related, int64_t position, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_RELATED_ADD);
    db_bind_int(rows, "id", id.v);
    db_bind_int(rows, "related", related.v);
    db_bind_bool(rows, "chosen", true);
    db_bind_int(rows, "position", position);
    db_bind_int(rows, "score", 0);
    return db_run(rows, NULL, error);
}

static enum status journal(struct db *db, article_id id, const article_id *chosen, size_t count, account_id by,
                           struct error *error) {
    struct buf list CLEANUP(buf_fini);
    buf_init(&list, 1024);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_add_char(&list, ' ');
        buf_add_int(&list, chosen[i].v);
    }
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "related", count ? buf_slice(&list) : S(""));
    char actor[JOURNAL_ACTOR_SIZE];
    return journal__note_write(&note, db, id.v, journal__actor(actor, by), "article.related", "article", id.v, error);
}

enum status related_choose(struct db *db, article_id id, const article_id *chosen, size_t count, account_id by,
                           bool *changed, struct error *error) {
    enum { SCRATCH_BYTES = 64 * 1024 };
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct related now;
    *changed = false;
    enum status status = check_choice(db, id, chosen, count, error);
    if (status == OK) status = related_load(db, arena, id, &now, error);
    if (status != OK || is_same(&now, chosen, count)) return status;
    *changed = true;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_RELATED_UNCHOOSE);
    db_bind_int(rows, "id", id.v);
    status = db_run(rows, NULL, error);
    for (size_t i = 0; i < count && status == OK; i++) status = add(db, id, chosen[i], (int64_t)i + 1, error);
    return status == OK ? journal(db, id, chosen, count, by, error) : status;
}

enum status related_back(struct db *db, article_id id, article_id *out, size_t max, size_t *count,
                         struct error *error) {
    *count = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_RELATED_BACK);
    db_bind_int(rows, "id", id.v);
    db_bind_int(rows, "limit", (int64_t)max);
    enum status status;
    while ((status = db_step(rows, error)) == OK) out[(*count)++].v = db_int(rows, "id");
    return status == NOT_FOUND ? OK : status;
}
