#include "domain/site.h"

#include "domain/charter_default.h"
#include "domain/field.h"
#include "domain/journal_note.h"
#include "text/date.h"

enum { NAME_MAX_CHARS = 120, TAGLINE_MAX_CHARS = 240, DAYS_MAX = 36500, SCRATCH_BYTES = 256 * 1024 };

static const slice MODERATIONS[] = {
    [MODERATION_INHERIT] = S_INIT(""),
    [MODERATION_PRE] = S_INIT("pre"),
    [MODERATION_POST] = S_INIT("post"),
    [MODERATION_CLOSED] = S_INIT("closed"),
};
static const slice DISPLAYS[] = {
    [REMOVED_STUB] = S_INIT("stub"),
    [REMOVED_HIDE] = S_INIT("hide"),
};

slice moderation_name(enum moderation m) { return MODERATIONS[m]; }

bool moderation_parse(slice name, enum moderation *out) {
    for (size_t i = 0; i < ARRAY_COUNT(MODERATIONS); i++) {
        if (!slice_equal(name, MODERATIONS[i])) continue;
        *out = (enum moderation)i;
        return true;
    }
    return false;
}

slice removed_display_name(enum removed_display display) { return DISPLAYS[display]; }

bool removed_display_parse(slice name, enum removed_display *out) {
    for (size_t i = 0; i < ARRAY_COUNT(DISPLAYS); i++) {
        if (!slice_equal(name, DISPLAYS[i])) continue;
        *out = (enum removed_display)i;
        return true;
    }
    return false;
}

/* From the first row on. What another version of the program stored, and this one cannot use, leaves the default. */
static enum status load_options(struct db_rows *rows, struct arena *arena, struct site_options *out,
                                struct error *error) {
    enum status status = OK;
    site_options_init(out);
    for (; status == OK; status = db_step(rows, error)) {
        enum site_option which;
        if (site_option_find(db_text_peek(rows, "option_name"), &which))
            (void)!site_option_set(out, arena, which, db_text(rows, "option_value", arena));
    }
    return status == NOT_FOUND ? OK : status;
}

enum status site_load(struct db *db, struct arena *arena, struct site *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_LOAD);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "the database holds no site yet");
    if (status != OK) return status;
    struct site site = {
        .name = db_text(rows, "name", arena),
        .tagline = db_text(rows, "tagline", arena),
        .language = db_text(rows, "language", arena),
        .time_zone = db_text(rows, "time_zone", arena),
        .strict = db_bool(rows, "strict"),
        .close_after_days = db_int(rows, "close_after_days"),
        .gives_reasons = db_bool(rows, "gives_reasons"),
        .charter_version = db_int(rows, "charter_version"),
        .version = db_int(rows, "version"),
        .pending_count = db_int(rows, "pending_count"),
        .report_count = db_int(rows, "report_count"),
        .needs_setup = db_bool(rows, "needs_setup"),
    };
    if (!moderation_parse(db_text_peek(rows, "moderation"), &site.moderation) ||
        !removed_display_parse(db_text_peek(rows, "removed_display"), &site.removed_display))
        return error_set(error, INTERNAL, "the site's policies are damaged");
    status = load_options(rows, arena, &site.options, error);
    if (status == OK) *out = site;
    return status;
}

static enum status check_texts(struct arena *arena, slice *name, slice *tagline, slice language, slice time_zone,
                               struct error *error) {
    enum status status = field__line(arena, "name", FIELD_REQUIRED, NAME_MAX_CHARS, name, error);
    if (status == OK) status = field__line(arena, "tagline", FIELD_OPTIONAL, TAGLINE_MAX_CHARS, tagline, error);
    if (status == OK) status = field__language("language", language, error);
    if (status == OK && !date_zone_is_valid(time_zone))
        return error_set(error, INVALID, "time_zone: not a time zone such as \"Europe/Paris\"");
    return status;
}

enum status site_create(struct db *db, const struct site_defaults *defaults, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    slice name = defaults->name;
    slice tagline = defaults->tagline;
    enum status status = check_texts(arena, &name, &tagline, defaults->language, defaults->time_zone, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_MAKE);
    db_bind_text(rows, "name", name);
    db_bind_text(rows, "tagline", tagline);
    db_bind_text(rows, "language", defaults->language);
    db_bind_text(rows, "time_zone", defaults->time_zone);
    db_bind_int(rows, "now", clock_now());
    int64_t made = 0;
    status = db_run(rows, &made, error);
    if (status != OK || made == 0) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "name", name);
    status = journal__note_write(&note, db, 0, S("system"), "site.create", "site", 0, error);
    return status == OK ? charter__save_default(db, error) : status;
}

static void note_options(struct journal_note *note, struct arena *arena, const struct site *old,
                         const struct site *site) {
    for (size_t i = 0; i < SITE_OPTION_COUNT; i++) {
        enum site_option which = (enum site_option)i;
        slice name = arena_format(arena, "option_%.*s", SLICE_FMT(site_option_info(which)->name));
        journal__note_change(note, name.p, site_option_value(arena, &old->options, which),
                             site_option_value(arena, &site->options, which));
    }
}

static enum status save_options(struct db *db, struct arena *arena, const struct site_options *old,
                                const struct site_options *new, struct error *error) {
    enum status status = OK;
    for (size_t i = 0; i < SITE_OPTION_COUNT && status == OK; i++) {
        enum site_option which = (enum site_option)i;
        slice value = site_option_value(arena, new, which);
        if (slice_equal(site_option_value(arena, old, which), value)) continue;
        struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_OPTION_SAVE);
        db_bind_text(rows, "name", site_option_info(which)->name);
        db_bind_text(rows, "value", value);
        status = db_run(rows, NULL, error);
    }
    return status;
}

static void note_changes(struct journal_note *note, const struct site *old, const struct site *site) {
    journal__note_change(note, "name", old->name, site->name);
    journal__note_change(note, "tagline", old->tagline, site->tagline);
    journal__note_change(note, "language", old->language, site->language);
    journal__note_change(note, "time_zone", old->time_zone, site->time_zone);
    journal__note_change(note, "moderation", moderation_name(old->moderation), moderation_name(site->moderation));
    journal__note_change_int(note, "strict", old->strict, site->strict);
    journal__note_change(note, "removed_display", removed_display_name(old->removed_display),
                         removed_display_name(site->removed_display));
    journal__note_change_int(note, "close_after_days", old->close_after_days, site->close_after_days);
    journal__note_change_int(note, "gives_reasons", old->gives_reasons, site->gives_reasons);
}

static enum status update(struct db *db, const struct site *site, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_SAVE);
    db_bind_text(rows, "name", site->name);
    db_bind_text(rows, "tagline", site->tagline);
    db_bind_text(rows, "language", site->language);
    db_bind_text(rows, "time_zone", site->time_zone);
    db_bind_text(rows, "moderation", moderation_name(site->moderation));
    db_bind_bool(rows, "strict", site->strict);
    db_bind_text(rows, "removed_display", removed_display_name(site->removed_display));
    db_bind_int(rows, "close_after_days", site->close_after_days);
    db_bind_bool(rows, "gives_reasons", site->gives_reasons);
    enum status status = db_run(rows, NULL, error);
    return status == OK ? db_run(db_use(db, DB_SITE_TOUCH_ARTICLES), NULL, error) : status;
}

enum status site_save(struct db *db, const struct site *site, account_id by, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct site new = *site;
    struct site old;
    enum status status = check_texts(arena, &new.name, &new.tagline, new.language, new.time_zone, error);
    if (status != OK) return status;
    if (new.moderation == MODERATION_INHERIT)
        return error_set(error, INVALID, "moderation: nothing stands above the site");
    if (new.close_after_days < 0 || new.close_after_days > DAYS_MAX)
        return error_set(error, INVALID, "close_after_days: between 0 and %d", DAYS_MAX);
    status = site_load(db, arena, &old, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    note_changes(&note, &old, &new);
    note_options(&note, arena, &old, &new);
    if (journal__note_is_empty(&note)) return OK;
    status = update(db, &new, error);
    if (status == OK) status = save_options(db, arena, &old.options, &new.options, error);
    if (status != OK) return status;
    char actor[JOURNAL_ACTOR_SIZE];
    return journal__note_write(&note, db, 0, journal__actor(actor, by), "site.save", "site", 0, error);
}

/* The one-time set-up secret */

static enum status set_setup_hash(struct db *db, slice hash, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_SETUP_SET);
    db_bind_blob(rows, "hash", hash);
    return db_run(rows, NULL, error);
}

enum status site_setup_begin(struct db *db, struct arena *arena, slice *secret, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_SETUP_LOAD);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "the database holds no site yet");
    if (status != OK) return status;
    if (db_bool(rows, "has_account")) return error_set(error, FORBIDDEN, "there is an account already");
    db_finish(rows);
    slice token = crypto_token(arena);
    struct crypto_hash hash = crypto_sha256(token);
    status = set_setup_hash(db, slice_make(hash.bytes, sizeof hash.bytes), error);
    if (status == OK) *secret = token;
    return status;
}

bool site_setup_check(struct db *db, slice secret) {
    struct crypto_hash hash = crypto_sha256(secret);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_SETUP_LOAD);
    if (db_step(rows, NULL) != OK || db_bool(rows, "has_account")) return false;
    slice expected = db_blob_peek(rows, "setup_hash");
    return expected.n == sizeof hash.bytes && crypto_equal(expected.p, hash.bytes, sizeof hash.bytes);
}

enum status site_setup_end(struct db *db, struct error *error) { return set_setup_hash(db, (slice){NULL, 0}, error); }

enum status site_note_secret(struct db *db, slice fingerprint, bool *changed, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_SECRET_LOAD);
    *changed = false;
    enum status status = db_step(rows, error);
    if (status != OK && status != NOT_FOUND) return status;
    if (status == OK && slice_equal(db_blob_peek(rows, "fingerprint"), fingerprint)) return OK;
    if (status == OK && db_is_shared(db))
        return error_set(error, FORBIDDEN,
                         "secret.key of this data folder is not the publication's: copy it from another node");
    *changed = status == OK;
    db_finish(rows);
    struct db_rows *set = db_use(db, DB_SITE_SECRET_SET);
    db_bind_blob(set, "fingerprint", fingerprint);
    return db_run(set, NULL, error);
}
