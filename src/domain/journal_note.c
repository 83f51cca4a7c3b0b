#include "domain/journal_note.h"

#include <inttypes.h>
#include <stdio.h>

enum { NOTE_MAX = 64 * 1024 };

void journal__note_init(struct journal_note *note) { buf_init(&note->json, NOTE_MAX); }

void journal__note_fini(struct journal_note *note) { buf_fini(&note->json); }

bool journal__note_is_empty(const struct journal_note *note) { return note->json.n == 0; }

static struct buf *member(struct journal_note *note, const char *name) {
    buf_add_format(&note->json, "%s\"%s\":", note->json.n ? "," : "", name);
    return &note->json;
}

static void add_text(struct buf *json, slice value) {
    buf_add_char(json, '"');
    buf_add_json(json, value);
    buf_add_char(json, '"');
}

void journal__note_text(struct journal_note *note, const char *name, slice value) {
    add_text(member(note, name), value);
}

void journal__note_int(struct journal_note *note, const char *name, int64_t value) {
    buf_add_int(member(note, name), value);
}

void journal__note_bool(struct journal_note *note, const char *name, bool value) {
    buf_add(member(note, name), value ? S("true") : S("false"));
}

void journal__note_hash(struct journal_note *note, const char *name, const struct crypto_hash *value) {
    struct buf *json = member(note, name);
    buf_add_char(json, '"');
    crypto_add_hex(json, slice_make(value->bytes, sizeof value->bytes));
    buf_add_char(json, '"');
}

void journal__note_change(struct journal_note *note, const char *name, slice from, slice to) {
    if (slice_equal(from, to)) return;
    struct buf *json = member(note, name);
    buf_add(json, S("{\"from\":"));
    add_text(json, from);
    buf_add(json, S(",\"to\":"));
    add_text(json, to);
    buf_add_char(json, '}');
}

void journal__note_change_int(struct journal_note *note, const char *name, int64_t from, int64_t to) {
    if (from == to) return;
    buf_add_format(member(note, name), "{\"from\":%" PRId64 ",\"to\":%" PRId64 "}", from, to);
}

enum status journal__note_write(struct journal_note *note, struct db *db, int64_t chain, slice actor, const char *act,
                                const char *subject_kind, int64_t subject_id, struct error *error) {
    char subject[64];
    if (subject_id)
        snprintf(subject, sizeof subject, "%s:%" PRId64, subject_kind, subject_id);
    else
        snprintf(subject, sizeof subject, "%s", subject_kind);
    struct buf object CLEANUP(buf_fini);
    buf_init(&object, NOTE_MAX + 2);
    buf_add_char(&object, '{');
    buf_add(&object, buf_slice(&note->json));
    buf_add_char(&object, '}');
    if (note->json.status != OK) return error_set(error, LIMIT, "the journal's entry is too long");
    struct journal_entry entry = {
        .chain = chain, .actor = actor, .act = slice_of(act), .subject = slice_of(subject), .data = buf_slice(&object)};
    return journal_append(db, &entry, error);
}

slice journal__actor(char out[static JOURNAL_ACTOR_SIZE], account_id by) {
    if (by.v == 0) return S("system");
    snprintf(out, JOURNAL_ACTOR_SIZE, "account:%" PRId64, by.v);
    return slice_of(out);
}
