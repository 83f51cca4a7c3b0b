#include "db/engine.h"

#include <assert.h>

/* The number a migration's name begins with. */
static int64_t number_of(const struct embedded_file *file) {
    slice rest = slice_of(file->path);
    int64_t number = 0;
    bool ok = slice_to_int64(slice_cut(&rest, '_'), &number);
    assert(ok);
    return number;
}

int64_t db_schema_latest(void) { return (int64_t)*db__sqlite.migration_count; }

int64_t db_schema_version(struct db *db) {
    int64_t version;
    return db->engine->schema_version(db, &version, NULL) == OK ? version : -1;
}

static enum status apply_from(struct db *db, int64_t version, void (*progress)(void *ctx, slice line), void *ctx,
                              struct error *error) {
    const struct db_engine *engine = db->engine;
    for (size_t i = (size_t)version; i < *engine->migration_count; i++) {
        const struct embedded_file *file = &engine->migrations[i];
        assert(number_of(file) == (int64_t)i + 1);
        enum status status = engine->migrate_apply(db, (int64_t)i + 1, (const char *)file->data, error);
        if (status != OK) {
            error_prefix(error, "migration %s", file->path);
            return status;
        }
        if (progress) progress(ctx, slice_of(file->path));
    }
    return OK;
}

enum status db_migrate(struct db *db, void (*progress)(void *ctx, slice line), void *ctx, struct error *error) {
    int64_t version;
    enum status status = db->engine->schema_version(db, &version, error);
    if (status != OK) return status;
    if (version > db_schema_latest())
        return error_set(error, INVALID,
                         "the database has schema version %lld, and this program knows up to %lld: it was written by "
                         "a newer Palabre, use that one",
                         (long long)version, (long long)db_schema_latest());
    if (version == db_schema_latest()) return OK;
    status = db->engine->migrate_begin(db, error);
    if (status != OK) return status;
    status = apply_from(db, version, progress, ctx, error);
    db->engine->migrate_end(db);
    return status;
}
