#include "domain/import.h"

#include "domain/article_row.h"
#include "domain/comment_change.h"
#include "domain/journal_note.h"
#include "domain/search_index.h"

#include <inttypes.h>

/* What comes after an imported number is counted on from there: one that leaves no room is not taken. */
static const int64_t WANTED_NUMBER_MAX = INT64_C(1) << 48;

/* Articles */

static enum status add_redirect(struct db *db, slice path, article_id article, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REDIRECT_ADD);
    db_bind_text(rows, "path", path);
    db_bind_int(rows, "article_id", article.v);
    db_bind_null(rows, "comment_number");
    return db_run(rows, NULL, error);
}

/* Dates that the source does not know. */
static void complete_dates(struct article *article) {
    if (article->state == ARTICLE_PUBLISHED && article->published_at == 0)
        article->published_at = article->created_at ? article->created_at : clock_now();
    if (article->created_at == 0) article->created_at = article->published_at ? article->published_at : clock_now();
    if (article->updated_at == 0)
        article->updated_at = article->published_at ? article->published_at : article->created_at;
}

static enum status journal_article(struct db *db, const struct import_article *input, article_id id,
                                   struct error *error) {
    struct crypto_hash hash = article__text_hash(&input->article);
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "source", input->source);
    journal__note_text(&note, "key", input->key);
    journal__note_text(&note, "state", article_state_name(input->article.state));
    journal__note_text(&note, "headline", input->article.headline);
    journal__note_hash(&note, "text_sha256", &hash);
    return journal__note_write(&note, db, id.v, S("import"), "article.import", "article", id.v, error);
}

enum status import_article_add(struct db *db, const struct import_article *input, article_id *id, bool *made,
                               struct error *error) {
    if (slice_is_empty(input->source) || slice_is_empty(input->key))
        return error_set(error, INVALID, "key: an imported article has a source and a key there");
    article_id found = {0};
    enum status status = article__find_once(db, input->source, input->key, &found, error);
    if (status == OK) {
        *id = found;
        *made = false;
        return OK;
    }
    if (status != NOT_FOUND) return status;
    struct article article = input->article;
    complete_dates(&article);
    status = article__insert(db, &article, article.author, input->source, input->key, &found, error);
    for (size_t i = 0; status == OK && i < input->old_path_count; i++)
        status = add_redirect(db, input->old_paths[i], found, error);
    if (status == OK) status = journal_article(db, input, found, error);
    if (status == OK) status = db_run(db_use(db, DB_SITE_TOUCH), NULL, error);
    if (status == OK && article.state == ARTICLE_PUBLISHED) status = search__article_came(db, found, error);
    if (status != OK) return status;
    *id = found;
    *made = true;
    return OK;
}

/* Comments */

struct known {
    comment_number number, root;
    article_id article;
};

static enum status find_comment(struct db *db, slice source, slice key, struct known *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_IMPORT_COMMENT_FIND);
    db_bind_text(rows, "source", source);
    db_bind_text(rows, "key", key);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    *out = (struct known){
        .number = {db_int(rows, "number")},
        .root = {db_int(rows, "root_number")},
        .article = {db_int(rows, "article_id")},
    };
    return OK;
}

static enum status find_parent(struct db *db, const struct import_comment *input, struct comment_subject *subject,
                               struct error *error) {
    if (slice_is_empty(input->parent_key)) return OK;
    struct known parent;
    enum status status = find_comment(db, input->source, input->parent_key, &parent, error);
    if (status == NOT_FOUND)
        return error_set(error, INVALID, "parent_key: comment \"%.*s\" has not been imported",
                         SLICE_FMT(input->parent_key));
    if (status != OK) return status;
    if (parent.article.v != input->article.v)
        return error_set(error, INVALID, "parent_key: comment \"%.*s\" belongs to another article",
                         SLICE_FMT(input->parent_key));
    subject->parent = parent.number;
    subject->root = parent.root.v ? parent.root : parent.number;
    return OK;
}

static enum status is_free(struct db *db, int64_t number, bool *free_number, struct error *error) {
    *free_number = false;
    if (number < 1 || number > WANTED_NUMBER_MAX) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_IMPORT_NUMBER_TAKEN);
    db_bind_int(rows, "number", number);
    enum status status = db_step(rows, error);
    *free_number = status == NOT_FOUND;
    return status == NOT_FOUND ? OK : status;
}

static enum status insert(struct db *db, const struct import_comment *input, struct comment_subject *subject,
                          struct error *error) {
    bool numbered;
    enum status status = is_free(db, input->wanted_number, &numbered, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) =
        db_use(db, numbered ? DB_IMPORT_COMMENT_ADD_NUMBERED : DB_IMPORT_COMMENT_ADD);
    if (numbered) db_bind_int(rows, "number", input->wanted_number);
    db_bind_int(rows, "article_id", input->article.v);
    db_bind_id(rows, "root_number", subject->root.v);
    db_bind_id(rows, "parent_number", subject->parent.v);
    db_bind_text(rows, "state", comment_state_name(subject->state));
    db_bind_int(rows, "version", subject->version);
    db_bind_text(rows, "name", input->name);
    db_bind_text(rows, "title", input->title);
    db_bind_text(rows, "text_source", input->text_source);
    db_bind_text(rows, "html", input->html);
    db_bind_text(rows, "language", input->language);
    db_bind_text(rows, "website", input->website);
    db_bind_int(rows, "submitted_at", input->submitted_at);
    db_bind_text(rows, "email", input->email);
    db_bind_blob(rows, "address_sealed", input->address_sealed.n ? input->address_sealed : (slice){NULL, 0});
    db_bind_text(rows, "fingerprint", input->fingerprint);
    db_bind_text(rows, "source", input->source);
    db_bind_text(rows, "key", input->key);
    status = db_step(rows, error);
    if (status == OK) subject->number.v = db_int(rows, "number");
    if (status != OK || !numbered) return status;
    struct db_rows *pass CLEANUP(db_finish_p) = db_use(db, DB_IMPORT_PASS_NUMBER);
    db_bind_int(pass, "number", input->wanted_number);
    return db_run(pass, NULL, error);
}

/* A published one is put in as if it had been refused, and is then published like any other: places and counters have one
   door. The others count nowhere but among the waiting. */
static enum status settle(struct db *db, const struct import_comment *input, struct comment_subject *subject,
                          struct error *error) {
    if (input->state == COMMENT_PUBLISHED)
        return comment__move(db, subject, COMMENT_PUBLISHED, input->submitted_at, error);
    return input->state == COMMENT_PENDING ? comment__count_pending(db, input->article, 1, error) : OK;
}

static enum status root_ordinal(struct db *db, struct comment_subject *subject, struct error *error) {
    if (subject->root.v == 0) return OK;
    struct comment_subject root;
    enum status status = comment__subject_load(db, subject->article, subject->root, &root, error);
    if (status == OK) subject->root_ordinal = root.ordinal;
    return status;
}

static enum status journal_comment(struct db *db, const struct import_comment *input,
                                   const struct comment_subject *subject, struct error *error) {
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "source", input->source);
    journal__note_text(&note, "key", input->key);
    return comment__journal(db, subject, S("import"), "comment.import", &note, error);
}

enum status import_comment_add(struct db *db, const struct import_comment *input, comment_number *number, bool *made,
                               struct error *error) {
    if (slice_is_empty(input->source) || slice_is_empty(input->key))
        return error_set(error, INVALID, "key: an imported comment has a source and a key there");
    struct known known;
    enum status status = find_comment(db, input->source, input->key, &known, error);
    if (status == OK) {
        *number = known.number;
        *made = false;
        return OK;
    }
    if (status != NOT_FOUND) return status;
    bool published = input->state == COMMENT_PUBLISHED;
    struct comment_subject subject = {
        .article = input->article,
        .state = published ? COMMENT_REJECTED : input->state,
        .version = published ? 0 : 1,
        .submitted_at = input->submitted_at,
        .text_hash = crypto_sha256(input->text_source),
    };
    status = find_parent(db, input, &subject, error);
    if (status == OK) status = root_ordinal(db, &subject, error);
    if (status == OK) status = insert(db, input, &subject, error);
    if (status == OK) status = settle(db, input, &subject, error);
    if (status == OK) status = journal_comment(db, input, &subject, error);
    if (status != OK) return status;
    *number = subject.number;
    *made = true;
    return OK;
}
