#include "domain/article.h"

#include "domain/article_row.h"
#include "domain/journal_note.h"
#include "domain/search_index.h"
#include "text/markdown.h"
#include "text/sanitize.h"

#include <inttypes.h>

enum { SCRATCH_BYTES = 256 * 1024, HASHED_MAX = 32 * 1024 * 1024 };

/* Rows */

static void bind_moderation(struct db_rows *rows, enum moderation moderation) {
    if (moderation == MODERATION_INHERIT)
        db_bind_null(rows, "moderation");
    else
        db_bind_text(rows, "moderation", moderation_name(moderation));
}

void article__bind(struct db_rows *rows, const struct article *article) {
    db_bind_id(rows, "section_id", article->section.v);
    db_bind_text(rows, "kind", article_kind_name(article->kind));
    db_bind_text(rows, "slug", article->slug);
    db_bind_text(rows, "language", article->language);
    db_bind_text(rows, "headline", article->headline);
    db_bind_text(rows, "standfirst", article->standfirst);
    db_bind_text(rows, "byline", article->byline);
    db_bind_text(rows, "body_source", article->body_source);
    db_bind_text(rows, "body_format", body_format_name(article->body_format));
    db_bind_text(rows, "body_html", article->body_html);
    db_bind_int(rows, "renderer_version", article->body_format == BODY_HTML ? SANITIZE_VERSION : MARKDOWN_VERSION);
    db_bind_text(rows, "source_url", article->source_url);
    db_bind_text(rows, "source_site", article->source_site);
    db_bind_text(rows, "source_author", article->source_author);
    db_bind_text(rows, "source_title", article->source_title);
    db_bind_id(rows, "source_date", article->source_date);
    bind_moderation(rows, article->moderation);
    db_bind_bool(rows, "discussion_closed", article->discussion_closed);
}

static void send_key_digits(struct buf *out, slice send_key) {
    struct crypto_hash hash = crypto_sha256(send_key);
    buf_init(out, 2 * sizeof hash.bytes);
    crypto_add_hex(out, slice_make(hash.bytes, sizeof hash.bytes));
}

/* CONFLICT: it was made meanwhile. */
static enum status add_once(struct db *db, slice source, slice key, article_id id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_ONCE_ADD);
    db_bind_text(rows, "source", source);
    db_bind_text(rows, "key", key);
    db_bind_int(rows, "id", id.v);
    return db_run(rows, NULL, error);
}

enum status article__insert(struct db *db, const struct article *article, account_id by, slice source, slice key,
                            article_id *id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_ADD);
    article__bind(rows, article);
    db_bind_text(rows, "state", article_state_name(article->state));
    db_bind_int(rows, "created_at", article->created_at);
    db_bind_id(rows, "published_at", article->published_at);
    db_bind_int(rows, "updated_at", article->updated_at);
    db_bind_id(rows, "account_id", by.v);
    if (slice_is_empty(source)) {
        db_bind_null(rows, "import_source");
        db_bind_null(rows, "import_key");
    } else {
        db_bind_text(rows, "import_source", source);
        db_bind_text(rows, "import_key", key);
    }
    enum status status = db_step(rows, error);
    if (status == OK) id->v = db_int(rows, "id");
    if (status == OK && !slice_is_empty(source)) status = add_once(db, source, key, *id, error);
    if (status == OK && !slice_is_empty(article->send_key)) {
        struct buf digits CLEANUP(buf_fini);
        send_key_digits(&digits, article->send_key);
        status = add_once(db, S(""), buf_slice(&digits), *id, error);
    }
    return status;
}

enum status article__find_once(struct db *db, slice source, slice key, article_id *id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_ONCE_FIND);
    db_bind_text(rows, "source", source);
    db_bind_text(rows, "key", key);
    enum status status = db_step(rows, error);
    if (status == OK) id->v = db_int(rows, "article_id");
    return status;
}

enum status article_find_sent(struct db *db, slice send_key, article_id *id, struct error *error) {
    struct buf digits CLEANUP(buf_fini);
    send_key_digits(&digits, send_key);
    enum status status = article__find_once(db, S(""), buf_slice(&digits), id, error);
    return status == NOT_FOUND ? error_set(error, NOT_FOUND, "no article was made with this form") : status;
}

static void add_part(struct buf *bytes, slice part) {
    buf_add_int(bytes, (int64_t)part.n);
    buf_add_char(bytes, ':');
    buf_add(bytes, part);
}

struct crypto_hash article__text_hash(const struct article *article) {
    struct buf bytes CLEANUP(buf_fini);
    buf_init(&bytes, HASHED_MAX);
    add_part(&bytes, article->headline);
    add_part(&bytes, article->standfirst);
    add_part(&bytes, article->body_source);
    return crypto_sha256(buf_slice(&bytes));
}

/* Saving */

static enum status check_section(struct db *db, section_id id, struct error *error) {
    if (id.v == 0) return OK;
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct section section;
    enum status status = section_get(db, arena, id, &section, error);
    return status == NOT_FOUND ? error_set(error, INVALID, "section: there is no such section") : status;
}

/* Home, sections and feeds show it, or did; search finds it, or does not any more. */
static enum status touch_site(struct db *db, article_id id, enum article_state state, struct error *error) {
    if (state != ARTICLE_PUBLISHED) return OK;
    enum status status = db_run(db_use(db, DB_SITE_TOUCH), NULL, error);
    return status == OK ? search__article_changed(db, id, error) : status;
}

static enum status insert(struct db *db, const struct article *article, account_id by, article_id *id,
                          struct error *error) {
    struct article new = *article;
    new.state = ARTICLE_DRAFT;
    new.created_at = new.updated_at = clock_now();
    new.published_at = 0;
    return article__insert(db, &new, by, S(""), S(""), id, error);
}

static enum status keep_revision(struct db *db, const struct article *article, account_id by, int64_t *kept,
                                 struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_KEEP_REVISION);
    db_bind_int(rows, "id", article->id.v);
    db_bind_int(rows, "revision", article->revision);
    db_bind_int(rows, "now", clock_now());
    db_bind_id(rows, "account_id", by.v);
    return db_run(rows, kept, error);
}

static enum status update(struct db *db, const struct article *article, account_id by, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct article old;
    int64_t kept = 0;
    enum status status = article_get_brief(db, arena, article->id, &old, error);
    if (status == OK) status = keep_revision(db, article, by, &kept, error);
    if (status != OK) return status;
    if (kept != 1)
        return error_set(error, CONFLICT, "article %" PRId64 " was saved by somebody else meanwhile", article->id.v);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_SAVE);
    article__bind(rows, article);
    db_bind_int(rows, "id", article->id.v);
    db_bind_int(rows, "revision", article->revision);
    db_bind_int(rows, "now", clock_now());
    status = db_run(rows, NULL, error);
    return status == OK ? touch_site(db, article->id, old.state, error) : status;
}

enum status article_save(struct db *db, const struct article *article, account_id by, article_id *id,
                         struct error *error) {
    article_id saved = article->id;
    enum status status = check_section(db, article->section, error);
    if (status != OK) return status;
    status = saved.v ? update(db, article, by, error) : insert(db, article, by, &saved, error);
    if (status != OK) return status;
    struct crypto_hash hash = article__text_hash(article);
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_int(&note, "revision", article->id.v ? article->revision + 1 : 1);
    journal__note_text(&note, "headline", article->headline);
    journal__note_hash(&note, "text_sha256", &hash);
    char actor[JOURNAL_ACTOR_SIZE];
    status =
        journal__note_write(&note, db, saved.v, journal__actor(actor, by), "article.save", "article", saved.v, error);
    if (status == OK) *id = saved;
    return status;
}

/* State and discussion */

static bool may_step(enum article_state from, enum article_state to) {
    static const bool STEPS[3][3] = {
        [ARTICLE_DRAFT] = {[ARTICLE_PUBLISHED] = true},
        [ARTICLE_PUBLISHED] = {[ARTICLE_DRAFT] = true, [ARTICLE_WITHDRAWN] = true},
        [ARTICLE_WITHDRAWN] = {[ARTICLE_PUBLISHED] = true},
    };
    return STEPS[from][to];
}

static enum status update_state(struct db *db, article_id id, enum article_state state, time_ms at,
                                struct error *error) {
    time_ms now = clock_now();
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_SET_STATE);
    db_bind_int(rows, "id", id.v);
    db_bind_text(rows, "state", article_state_name(state));
    db_bind_int(rows, "now", now);
    if (state == ARTICLE_PUBLISHED)
        db_bind_int(rows, "published_at", at ? at : now);
    else
        db_bind_null(rows, "published_at");
    enum status status = db_run(rows, NULL, error);
    return status == OK ? touch_site(db, id, ARTICLE_PUBLISHED, error) : status;
}

enum status article_set_state(struct db *db, article_id id, enum article_state state, time_ms at, account_id by,
                              struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct article old;
    enum status status = article_get_brief(db, arena, id, &old, error);
    if (status != OK || old.state == state) return status;
    if (!may_step(old.state, state))
        return error_set(error, CONFLICT, "an article cannot go from %.*s to %.*s",
                         SLICE_FMT(article_state_name(old.state)), SLICE_FMT(article_state_name(state)));
    status = update_state(db, id, state, at, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_change(&note, "state", article_state_name(old.state), article_state_name(state));
    journal__note_int(&note, "revision", old.revision);
    char actor[JOURNAL_ACTOR_SIZE];
    return journal__note_write(&note, db, id.v, journal__actor(actor, by), "article.state", "article", id.v, error);
}

enum status article_set_discussion(struct db *db, article_id id, bool closed, enum moderation moderation, account_id by,
                                   struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct article old;
    enum status status = article_get_brief(db, arena, id, &old, error);
    if (status != OK || (old.discussion_closed == closed && old.moderation == moderation)) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_SET_DISCUSSION);
    db_bind_int(rows, "id", id.v);
    db_bind_bool(rows, "discussion_closed", closed);
    bind_moderation(rows, moderation);
    status = db_run(rows, NULL, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_bool(&note, "closed", closed);
    journal__note_text(&note, "moderation", moderation_name(moderation));
    char actor[JOURNAL_ACTOR_SIZE];
    return journal__note_write(&note, db, id.v, journal__actor(actor, by), "article.discussion", "article", id.v,
                               error);
}
