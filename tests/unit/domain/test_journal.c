#include "site_fixture.h"

#include "domain/journal.h"

static void append(struct fixture *f, int64_t chain, slice act, slice data) {
    struct journal_entry entry = {.chain = chain, .actor = S("system"), .act = act, .subject = S("test"), .data = data};
    assert_ok(journal_append(f->db, &entry, &f->error));
}

/* By the words of journal.h, and not by its code. */
static void the_hash_is_the_one_of_the_header(void **state) {
    struct fixture *f = *state;
    struct journal_row row = {.chain = 12,
                              .sequence = 3,
                              .at = 1641514740000,
                              .actor = S("author"),
                              .act = S("comment.submit"),
                              .subject = S("comment:7"),
                              .data = S("{\"x\":1}")};
    struct crypto_hash previous;
    memset(previous.bytes, 7, sizeof previous.bytes);
    slice bytes = arena_format(f->arena, "%s%s", "01234567890123456789012345678901",
                               "2:121:313:16415147400006:author14:comment.submit9:comment:77:{\"x\":1}");
    char *raw = arena_alloc(f->arena, bytes.n);
    memcpy(raw, bytes.p, bytes.n);
    memset(raw, 7, 32);
    struct crypto_hash expected = crypto_sha256(slice_make(raw, bytes.n));
    struct crypto_hash hash;
    assert_ok(journal_hash(&previous, &row, &hash, &f->error));
    assert_memory_equal(hash.bytes, expected.bytes, sizeof hash.bytes);
    row.data = slice_make(calloc(1, 1 << 20), 1 << 20);
    assert_int_equal(journal_hash(&previous, &row, &hash, &f->error), LIMIT);
    free((char *)(uintptr_t)row.data.p);
}

struct walk {
    struct crypto_hash last[3]; /* by chain */
    int64_t count[3];
    struct error error;
};

static enum status walk_row(void *ctx, const struct journal_row *row) {
    struct walk *walk = ctx;
    struct crypto_hash expected;
    assert_int_equal(row->sequence, ++walk->count[row->chain]);
    assert_int_equal(journal_hash(&walk->last[row->chain], row, &expected, &walk->error), OK);
    assert_memory_equal(row->hash.bytes, expected.bytes, sizeof expected.bytes);
    walk->last[row->chain] = row->hash;
    return OK;
}

static enum status refuse_row(void *ctx, const struct journal_row *row) {
    (void)row;
    ++*(int *)ctx;
    return LIMIT;
}

static void chains_are_apart(void **state) {
    struct fixture *f = *state;
    append(f, 1, S("a"), S("{}"));
    append(f, 2, S("b"), S("{}"));
    append(f, 1, S("c"), S("{\"é\":\"\"}"));
    append(f, 1, S("c"), S("{\"é\":\"\"}"));
    struct walk walk = {0};
    assert_ok(journal_each(f->db, walk_row, &walk, &f->error));
    assert_int_equal(walk.count[0], 2); /* site.create, charter.save */
    assert_int_equal(walk.count[1], 3);
    assert_int_equal(walk.count[2], 1);
    int seen = 0;
    assert_int_equal(journal_each(f->db, refuse_row, &seen, &f->error), LIMIT);
    assert_int_equal(seen, 1);
}

static void pages_are_by_key(void **state) {
    struct fixture *f = *state;
    for (int i = 0; i < 5; i++) append(f, 9, S("tick"), S("{}"));
    struct journal_filter filter = {.subject = S("test"), .limit = 3};
    struct journal_list list;
    assert_ok(journal_list_load(f->db, f->arena, &filter, &list, &f->error));
    assert_int_equal(list.count, 3);
    assert_true(list.more);
    assert_int_equal(list.items[0].sequence, 5);
    filter.before = list.items[2].id;
    assert_ok(journal_list_load(f->db, f->arena, &filter, &list, &f->error));
    assert_int_equal(list.count, 2);
    assert_false(list.more);
    assert_int_equal(list.items[1].sequence, 1);
    filter = (struct journal_filter){.limit = 0};
    assert_ok(journal_list_load(f->db, f->arena, &filter, &list, &f->error));
    assert_int_equal(list.count, 1);
}

static void assert_refused(struct fixture *f, const char *sql) {
    char *message = NULL;
    if (store_is_postgresql()) {
        PGconn *raw = store_connect(f->store.location);
        PGresult *result = PQexec(raw, sql);
        message = strdup(PQresultErrorMessage(result));
        PQclear(result);
        PQfinish(raw);
    } else {
        sqlite3 *raw;
        assert_int_equal(sqlite3_open(f->store.location, &raw), SQLITE_OK);
        assert_int_not_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
        message = strdup(sqlite3_errmsg(raw));
        sqlite3_close(raw);
    }
    if (!strstr(message, "the journal is append-only")) fail_msg("%s: \"%s\"", sql, message);
    free(message);
}

static void it_is_only_appended_to(void **state) {
    struct fixture *f = *state;
    int64_t rows = fixture_query(f, "SELECT count(*) FROM journal");
    assert_true(rows > 0);
    assert_refused(f, "UPDATE journal SET act = 'x'");
    assert_refused(f, "DELETE FROM journal");
    assert_int_equal(fixture_query(f, "SELECT count(*) FROM journal"), rows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(the_hash_is_the_one_of_the_header),
        FIXTURE_TEST(chains_are_apart),
        FIXTURE_TEST(pages_are_by_key),
        FIXTURE_TEST(it_is_only_appended_to),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
