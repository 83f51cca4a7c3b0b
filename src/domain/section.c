#include "domain/section.h"

#include "domain/field.h"
#include "domain/journal_note.h"

#include <inttypes.h>

enum { SECTIONS_MAX = 200, TITLE_MAX_CHARS = 80, DESCRIPTION_MAX_CHARS = 500, SCRATCH_BYTES = 64 * 1024 };

static enum status read_row(struct db_rows *rows, struct arena *arena, struct section *out, struct error *error) {
    *out = (struct section){
        .id = {db_int(rows, "id")},
        .slug = db_text(rows, "slug", arena),
        .title = db_text(rows, "title", arena),
        .description = db_text(rows, "description", arena),
        .language = db_text(rows, "language", arena),
        .position = db_int(rows, "position"),
    };
    if (!moderation_parse(db_text_peek(rows, "moderation"), &out->moderation))
        return error_set(error, INTERNAL, "section %" PRId64 " is damaged", out->id.v);
    return OK;
}

enum status section_list_load(struct db *db, struct arena *arena, struct section_list *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SECTION_LIST);
    db_bind_int(rows, "limit", SECTIONS_MAX);
    struct section_list list = {.items = ARENA_ARRAY(arena, SECTIONS_MAX, struct section)};
    enum status status;
    while (list.count < SECTIONS_MAX && (status = db_step(rows, error)) == OK) {
        status = read_row(rows, arena, &list.items[list.count++], error);
        if (status != OK) return status;
    }
    if (list.count < SECTIONS_MAX && status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

static enum status read_one(struct db_rows *rows, struct arena *arena, struct section *out, struct error *error) {
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no such section");
    return status == OK ? read_row(rows, arena, out, error) : status;
}

enum status section_find(struct db *db, struct arena *arena, slice slug, struct section *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SECTION_FIND);
    db_bind_text(rows, "slug", slug);
    return read_one(rows, arena, out, error);
}

enum status section_get(struct db *db, struct arena *arena, section_id id, struct section *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SECTION_GET);
    db_bind_int(rows, "id", id.v);
    return read_one(rows, arena, out, error);
}

static enum status check(struct arena *arena, struct section *section, struct error *error) {
    enum status status = field__line(arena, "title", FIELD_REQUIRED, TITLE_MAX_CHARS, &section->title, error);
    if (status == OK)
        status = field__line(arena, "description", FIELD_OPTIONAL, DESCRIPTION_MAX_CHARS, &section->description, error);
    if (status == OK) status = field__language("language", section->language, error);
    if (status == OK) status = field__slug(arena, "slug", section->title, &section->slug, error);
    return status;
}

static void bind(struct db_rows *rows, const struct section *section) {
    db_bind_text(rows, "slug", section->slug);
    db_bind_text(rows, "title", section->title);
    db_bind_text(rows, "description", section->description);
    db_bind_text(rows, "language", section->language);
    if (section->moderation == MODERATION_INHERIT)
        db_bind_null(rows, "moderation");
    else
        db_bind_text(rows, "moderation", moderation_name(section->moderation));
    db_bind_int(rows, "position", section->position);
}

static enum status add(struct db *db, struct section *section, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SECTION_ADD);
    bind(rows, section);
    enum status status = db_step(rows, error);
    if (status == OK) section->id.v = db_int(rows, "id");
    return status;
}

static enum status update(struct db *db, const struct section *section, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SECTION_SAVE);
    bind(rows, section);
    db_bind_int(rows, "id", section->id.v);
    int64_t changed = 0;
    enum status status = db_run(rows, &changed, error);
    if (status != OK) return status;
    if (changed != 1) return error_set(error, NOT_FOUND, "no such section");
    struct db_rows *touch CLEANUP(db_finish_p) = db_use(db, DB_SECTION_TOUCH_ARTICLES);
    db_bind_int(touch, "id", section->id.v);
    return db_run(touch, NULL, error);
}

static enum status count_is_below_max(struct db *db, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SECTION_LIST);
    db_bind_int(rows, "limit", SECTIONS_MAX);
    int count = 0;
    enum status status;
    while ((status = db_step(rows, error)) == OK) count++;
    if (status != NOT_FOUND) return status;
    return count < SECTIONS_MAX ? OK : error_set(error, LIMIT, "there are %d sections already", SECTIONS_MAX);
}

enum status section_save(struct db *db, const struct section *section, account_id by, section_id *id,
                         struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct section new = *section;
    enum status status = check(arena, &new, error);
    if (status == OK && new.id.v == 0) status = count_is_below_max(db, error);
    if (status == OK) status = new.id.v ? update(db, &new, error) : add(db, &new, error);
    if (status == CONFLICT)
        return error_set(error, CONFLICT, "slug: another section is at \"%.*s\"", SLICE_FMT(new.slug));
    if (status == OK) status = db_run(db_use(db, DB_SITE_TOUCH), NULL, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "slug", new.slug);
    journal__note_text(&note, "title", new.title);
    journal__note_text(&note, "moderation", moderation_name(new.moderation));
    char actor[JOURNAL_ACTOR_SIZE];
    status = journal__note_write(&note, db, 0, journal__actor(actor, by), "section.save", "section", new.id.v, error);
    if (status == OK) *id = new.id;
    return status;
}
