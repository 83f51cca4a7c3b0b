#include "domain/charter.h"

#include "domain/field.h"
#include "domain/journal_note.h"

#include <inttypes.h>

enum {
    LANGUAGES_MAX = 20,
    INTRODUCTION_MAX_CHARS = 4000,
    TITLE_MAX_CHARS = 200,
    TEXT_MAX_CHARS = 4000,
    GROUND_MAX_CHARS = 1000,
    CODE_MAX = 40,
    SCRATCH_BYTES = 8 * 1024 * 1024,
};

static const slice SEVERITIES[] = {
    [SEVERITY_LOW] = S_INIT("low"),
    [SEVERITY_MEDIUM] = S_INIT("medium"),
    [SEVERITY_HIGH] = S_INIT("high"),
};

slice severity_name(enum severity severity) { return SEVERITIES[severity]; }

bool severity_parse(slice name, enum severity *out) {
    for (size_t i = 0; i < ARRAY_COUNT(SEVERITIES); i++) {
        if (!slice_equal(name, SEVERITIES[i])) continue;
        *out = (enum severity)i;
        return true;
    }
    return false;
}

/* Reading */

static enum status load_rules(struct db *db, struct arena *arena, struct charter *charter, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_CHARTER_RULES);
    db_bind_int(rows, "version", charter->version);
    db_bind_text(rows, "language", charter->language);
    db_bind_int(rows, "limit", CHARTER_RULES_MAX);
    charter->rules = ARENA_ARRAY(arena, CHARTER_RULES_MAX, struct charter_rule);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        struct charter_rule *rule = &charter->rules[charter->rule_count++];
        *rule = (struct charter_rule){
            .code = db_text(rows, "code", arena),
            .title = db_text(rows, "title", arena),
            .text = db_text(rows, "text", arena),
            .legal_ground = db_text(rows, "legal_ground", arena),
        };
        if (!severity_parse(db_text_peek(rows, "severity"), &rule->severity))
            return error_set(error, INTERNAL, "charter %" PRId64 " is damaged", charter->version);
    }
    return status == NOT_FOUND ? OK : status;
}

static enum status site_charter(struct db *db, struct arena *arena, slice *language, int64_t *version,
                                struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_CHARTER);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "the database holds no site yet");
    if (status != OK) return status;
    *language = db_text(rows, "language", arena);
    *version = db_int(rows, "charter_version");
    return OK;
}

static enum status load_head(struct db *db, struct arena *arena, int64_t version, slice language, slice otherwise,
                             struct charter *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_CHARTER_GET);
    db_bind_int(rows, "version", version);
    db_bind_text(rows, "language", language);
    db_bind_text(rows, "otherwise", otherwise);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "there is no charter %" PRId64, version);
    if (status != OK) return status;
    *out = (struct charter){
        .version = version,
        .language = db_text(rows, "language", arena),
        .introduction = db_text(rows, "introduction", arena),
        .created_at = db_int(rows, "created_at"),
    };
    return OK;
}

enum status charter_load(struct db *db, struct arena *arena, int64_t version, slice language, struct charter *out,
                         struct error *error) {
    slice otherwise;
    int64_t current;
    struct charter charter;
    enum status status = db_read_begin(db, error);
    if (status != OK) return status;
    status = site_charter(db, arena, &otherwise, &current, error);
    if (status == OK) status = load_head(db, arena, version ? version : current, language, otherwise, &charter, error);
    if (status == OK) status = load_rules(db, arena, &charter, error);
    db_read_end(db);
    if (status == OK) *out = charter;
    return status;
}

enum status charter_version_list_load(struct db *db, struct arena *arena, struct charter_version_list *out,
                                      struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_CHARTER_VERSIONS);
    db_bind_int(rows, "limit", CHARTER_VERSIONS_MAX);
    struct charter_version_list list = {.items = ARENA_ARRAY(arena, CHARTER_VERSIONS_MAX, struct charter_version)};
    enum status status;
    while ((status = db_step(rows, error)) == OK)
        list.items[list.count++] = (struct charter_version){
            .version = db_int(rows, "version"),
            .created_at = db_int(rows, "created_at"),
            .by_name = db_text(rows, "by_name", arena),
        };
    if (status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

/* Checking */

static bool code_is_valid(slice code) {
    if (code.n < 1 || code.n > CODE_MAX) return false;
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') return false;
    }
    return true;
}

static bool has_code(const struct charter *charter, slice code, size_t before) {
    for (size_t i = 0; i < before; i++)
        if (slice_equal(charter->rules[i].code, code)) return true;
    return false;
}

enum status charter_check_rule(struct arena *arena, struct charter_rule *rule, struct error *error) {
    if (!code_is_valid(rule->code)) return error_set(error, INVALID, "code: 1 to %d of a-z, 0-9 and hyphens", CODE_MAX);
    enum status status = field__line(arena, "title", FIELD_REQUIRED, TITLE_MAX_CHARS, &rule->title, error);
    if (status == OK) status = field__body(arena, "text", FIELD_OPTIONAL, TEXT_MAX_CHARS, &rule->text, error);
    if (status == OK)
        status = field__line(arena, "legal_ground", FIELD_OPTIONAL, GROUND_MAX_CHARS, &rule->legal_ground, error);
    return status;
}

enum status charter_check_introduction(struct arena *arena, slice *introduction, struct error *error) {
    return field__body(arena, "introduction", FIELD_OPTIONAL, INTRODUCTION_MAX_CHARS, introduction, error);
}

/* A copy of the charter, normalised. */
static enum status check_charter(struct arena *arena, struct charter *charter, struct error *error) {
    enum status status = field__language("language", charter->language, error);
    if (status == OK) status = charter_check_introduction(arena, &charter->introduction, error);
    if (status == OK && (charter->rule_count < 1 || charter->rule_count > CHARTER_RULES_MAX))
        return error_set(error, INVALID, "rules: 1 to %d of them", CHARTER_RULES_MAX);
    struct charter_rule *rules = ARENA_ARRAY(arena, charter->rule_count, struct charter_rule);
    for (size_t i = 0; status == OK && i < charter->rule_count; i++) {
        rules[i] = charter->rules[i];
        status = charter_check_rule(arena, &rules[i], error);
        if (status == OK && has_code(charter, rules[i].code, i))
            status = error_set(error, INVALID, "code: two rules have \"%.*s\"", SLICE_FMT(rules[i].code));
    }
    charter->rules = rules;
    return status;
}

/* A decision names a rule by its code, whatever the reader's language: so each charter has the same codes. */
static enum status check_same_codes(const struct charter *first, const struct charter *other, struct error *error) {
    bool same = first->rule_count == other->rule_count;
    for (size_t i = 0; same && i < other->rule_count; i++)
        same = has_code(first, other->rules[i].code, first->rule_count);
    if (same) return OK;
    return error_set(error, INVALID, "rules: the charters in \"%.*s\" and \"%.*s\" do not have the same codes",
                     SLICE_FMT(first->language), SLICE_FMT(other->language));
}

static enum status check_all(struct arena *arena, struct charter *charters, size_t count, struct error *error) {
    if (count < 1 || count > LANGUAGES_MAX)
        return error_set(error, INVALID, "language: 1 to %d of them", LANGUAGES_MAX);
    for (size_t i = 0; i < count; i++) {
        enum status status = check_charter(arena, &charters[i], error);
        if (status == OK && i > 0) status = check_same_codes(&charters[0], &charters[i], error);
        if (status != OK) return status;
        for (size_t j = 0; j < i; j++)
            if (slice_equal(charters[i].language, charters[j].language))
                return error_set(error, INVALID, "language: \"%.*s\" twice", SLICE_FMT(charters[i].language));
    }
    return OK;
}

/* Saving */

static enum status add_rule(struct db *db, int64_t version, slice language, int64_t position,
                            const struct charter_rule *rule, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_CHARTER_RULE_ADD);
    db_bind_int(rows, "version", version);
    db_bind_text(rows, "language", language);
    db_bind_int(rows, "position", position);
    db_bind_text(rows, "code", rule->code);
    db_bind_text(rows, "title", rule->title);
    db_bind_text(rows, "text", rule->text);
    db_bind_text(rows, "severity", severity_name(rule->severity));
    if (slice_is_empty(rule->legal_ground))
        db_bind_null(rows, "legal_ground");
    else
        db_bind_text(rows, "legal_ground", rule->legal_ground);
    return db_run(rows, NULL, error);
}

static enum status add_charter(struct db *db, const struct charter *charter, int64_t version, account_id by,
                               struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_CHARTER_ADD);
    db_bind_int(rows, "version", version);
    db_bind_text(rows, "language", charter->language);
    db_bind_text(rows, "introduction", charter->introduction);
    db_bind_int(rows, "now", clock_now());
    db_bind_id(rows, "account_id", by.v);
    enum status status = db_run(rows, NULL, error);
    for (size_t i = 0; status == OK && i < charter->rule_count; i++)
        status = add_rule(db, version, charter->language, (int64_t)i + 1, &charter->rules[i], error);
    return status;
}

static void add_part(struct buf *bytes, slice part) {
    buf_add_int(bytes, (int64_t)part.n);
    buf_add_char(bytes, ':');
    buf_add(bytes, part);
}

/* SHA-256 of introduction, then code, title, text, severity, legal ground of each rule in order, each as LENGTH:BYTES: so
   that the journal holds which text each version was. */
static struct crypto_hash hash_of(const struct charter *charter) {
    struct buf bytes CLEANUP(buf_fini);
    buf_init(&bytes, SCRATCH_BYTES);
    add_part(&bytes, charter->introduction);
    for (size_t i = 0; i < charter->rule_count; i++) {
        const struct charter_rule *rule = &charter->rules[i];
        add_part(&bytes, rule->code);
        add_part(&bytes, rule->title);
        add_part(&bytes, rule->text);
        add_part(&bytes, severity_name(rule->severity));
        add_part(&bytes, rule->legal_ground);
    }
    return crypto_sha256(buf_slice(&bytes));
}

static enum status journal_charters(struct db *db, struct arena *arena, const struct charter *charters, size_t count,
                                    int64_t version, account_id by, struct error *error) {
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    for (size_t i = 0; i < count; i++) {
        struct crypto_hash hash = hash_of(&charters[i]);
        journal__note_hash(&note, arena_format(arena, "sha256_%.*s", SLICE_FMT(charters[i].language)).p, &hash);
    }
    char actor[JOURNAL_ACTOR_SIZE];
    return journal__note_write(&note, db, 0, journal__actor(actor, by), "charter.save", "charter", version, error);
}

static enum status set_current(struct db *db, int64_t version, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_SET_CHARTER);
    db_bind_int(rows, "version", version);
    enum status status = db_run(rows, NULL, error);
    return status == OK ? db_run(db_use(db, DB_SITE_TOUCH_ARTICLES), NULL, error) : status;
}

enum status charter_save(struct db *db, const struct charter *charters, size_t count, account_id by,
                         struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    slice site_language;
    int64_t version;
    struct charter *copies = ARENA_ARRAY(arena, count, struct charter);
    for (size_t i = 0; i < count; i++) copies[i] = charters[i];
    enum status status = check_all(arena, copies, count, error);
    if (status == OK) status = site_charter(db, arena, &site_language, &version, error);
    if (status != OK) return status;
    version++;
    for (size_t i = 0; status == OK && i < count; i++) status = add_charter(db, &copies[i], version, by, error);
    if (status == OK) status = set_current(db, version, error);
    return status == OK ? journal_charters(db, arena, copies, count, version, by, error) : status;
}
