#include "site_fixture.h"

#include "domain/check.h"
#include "domain/import.h"

/* Two articles (1, 2); in 1 the roots 1 and 2, the replies 3 and 4 to 1, the waiting 5, one open report on 2; in 2 the root
   6. Made by the program, and so without a fault. */
static void fill(struct fixture *f) {
    static const struct {
        int64_t article;
        const char *key, *parent;
        enum comment_state state;
    } COMMENTS[] = {
        {1, "1", "", COMMENT_PUBLISHED},  {1, "2", "", COMMENT_PUBLISHED}, {1, "3", "1", COMMENT_PUBLISHED},
        {1, "4", "3", COMMENT_PUBLISHED}, {1, "5", "", COMMENT_PENDING},   {2, "6", "", COMMENT_PUBLISHED},
    };
    assert_int_equal(fixture_article(f, S("Un")).v, 1);
    assert_int_equal(fixture_article(f, S("Deux")).v, 2);
    for (size_t i = 0; i < ARRAY_COUNT(COMMENTS); i++) {
        struct import_comment input = {
            .source = S("test"),
            .key = slice_of(COMMENTS[i].key),
            .parent_key = slice_of(COMMENTS[i].parent),
            .article = {COMMENTS[i].article},
            .state = COMMENTS[i].state,
            .name = S("Lucie"),
            .text_source = S("Bien."),
            .language = S("fr"),
            .submitted_at = 1000,
        };
        comment_number number;
        bool made;
        assert_ok(import_comment_add(f->db, &input, &number, &made, &f->error));
        assert_int_equal(number.v, (int64_t)i + 1);
    }
    fixture_execute(f, "INSERT INTO report (comment_number, article_id, rule_code, text, name, email, fingerprint,"
                       " state, at) VALUES (2, 1, 'insult', '', '', '', '', 'open', 1);"
                       "UPDATE comment SET report_count = 1 WHERE number = 2; UPDATE site SET report_count = 1");
}

struct faults {
    char lines[8][512];
    int count;
};

static void keep_fault(void *ctx, slice line) {
    struct faults *faults = ctx;
    if (faults->count < 8) snprintf(faults->lines[faults->count], 512, "%.*s", SLICE_FMT(line));
    faults->count++;
}

static struct faults check(struct fixture *f, struct check_report *report) {
    struct faults faults = {0};
    struct db *reader;
    assert_ok(db_open(slice_of(f->store.location), DB_READ, &reader, &f->error));
    enum status status = check_run(reader, keep_fault, &faults, report, &f->error);
    assert_int_equal(status, faults.count ? INVALID : OK);
    assert_int_equal(report->faults, faults.count);
    db_close(reader);
    return faults;
}

static void a_whole_database_has_no_fault(void **state) {
    struct fixture *f = *state;
    fill(f);
    struct check_report report;
    struct faults faults = check(f, &report);
    if (faults.count) print_error("%s\n", faults.lines[0]);
    assert_int_equal(faults.count, 0);
    assert_int_equal(report.articles, 2);
    assert_int_equal(report.comments, 6);
    assert_int_equal(report.decisions, 0);
    assert_int_equal(report.journal_rows, 2 + 4 + 6);
}

#define REMOVE_TRIGGERS "DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete;"

static const struct {
    const char *damage, *says;
} DAMAGES[] = {
    {"UPDATE site SET pending_count = 7", "site 1: pending_count is 7 and should be 1"},
    {"UPDATE site SET report_count = 0", "site 1: report_count is 0 and should be 1"},
    {"UPDATE site SET charter_version = 9", "site: there is no charter 9"},
    {"UPDATE article SET comment_count = 5 WHERE id = 1", "article 1: comment_count is 5 and should be 4"},
    {"UPDATE article SET pending_count = 0 WHERE id = 1", "article 1: pending_count is 0 and should be 1"},
    {"UPDATE article SET last_ordinal = 1 WHERE id = 1", "article 1: ordinal 2 is past the one given last, 1"},
    {"UPDATE article SET last_ordinal = 0 WHERE id = 2", "article 2: ordinal 1 is past the one given last, 0"},
    {"UPDATE article SET published_at = NULL WHERE id = 1", "article 1: published, without a date"},
    {"UPDATE comment SET last_reply_ordinal = 1 WHERE number = 1", "thread 1: ordinal 2 is past the one given last, 1"},
    {"UPDATE comment SET last_reply_ordinal = 1 WHERE number = 3",
     "comment 3: last_reply_ordinal is 1 and should be 0"},
    {"UPDATE comment SET reply_count = 1 WHERE number = 1", "comment 1: reply_count is 1 and should be 2"},
    {"UPDATE comment SET report_count = 2 WHERE number = 2", "comment 2: report_count is 2 and should be 1"},
    {"UPDATE comment SET ordinal = NULL WHERE number = 2", "comment 2: published, without an ordinal"},
    {"UPDATE comment SET published_at = NULL WHERE number = 2", "comment 2: published, without a date"},
    {"UPDATE comment SET ordinal = 0 WHERE number = 6", "comment 6: ordinal 0 is below 1"},
    {"DROP INDEX comment_root_ordinal; UPDATE comment SET ordinal = 1 WHERE number = 2",
     "article 1: comments 1 and 2 both have ordinal 1"},
    {"DROP INDEX comment_reply_ordinal; UPDATE comment SET ordinal = 1 WHERE number = 4",
     "thread 1: comments 3 and 4 both have ordinal 1"},
    {"UPDATE comment SET root_number = 6 WHERE number = 4", "comment 4: its root 6 is not of its article"},
    {"UPDATE comment SET root_number = 3 WHERE number = 4", "comment 4: its root 3 is a reply"},
    {"UPDATE comment SET parent_number = 2 WHERE number = 4", "comment 4: its parent 2 is not of its thread"},
    {"UPDATE comment SET parent_number = NULL WHERE number = 4", "comment 4: its parent 0 is not of its thread"},
    {"UPDATE comment SET parent_number = 1 WHERE number = 2", "comment 2: it has a parent and no root"},
    {"UPDATE comment SET state = 'rejected', ordinal = NULL WHERE number = 1",
     "comment 3: it has an ordinal, and its root 1 has none"},
    {"UPDATE comment SET parent_number = 99 WHERE number = 4", "reference: comment row 4 refers to a row of comment"},
    {"PRAGMA ignore_check_constraints = ON; UPDATE comment SET state = 'lost' WHERE number = 5",
     "comment 5: no known state, \"lost\""},
    {REMOVE_TRIGGERS "UPDATE journal SET data = '{}' WHERE chain = 1 AND sequence = 2",
     "journal, chain 1: row 2 is not what was written"},
    {REMOVE_TRIGGERS "UPDATE journal SET at = at + 1 WHERE chain = 0 AND sequence = 1",
     "journal, chain 0: row 1 is not what was written"},
    {REMOVE_TRIGGERS "DELETE FROM journal WHERE chain = 1 AND sequence = 3", "journal, chain 1: row 4 follows row 2"},
    {REMOVE_TRIGGERS "DELETE FROM journal WHERE chain = 1 AND sequence = 1", "journal, chain 1: row 2 follows row 0"},
    {REMOVE_TRIGGERS "UPDATE journal SET previous_hash = zeroblob(32) WHERE chain = 1 AND sequence = 2",
     "journal, chain 1: row 2 does not carry the hash of the one before"},
    {REMOVE_TRIGGERS "UPDATE journal SET hash = zeroblob(31) WHERE chain = 2 AND sequence = 2",
     "journal, chain 2: row 2 is not what was written"},
};

static void copy_file(const char *from, const char *to) {
    char bytes[64 * 1024];
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");
    assert_true(in && out);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;) assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static void assert_found(struct fixture *f, const char *damage, const char *says) {
    struct check_report report;
    fixture_execute(f, damage);
    struct faults faults = check(f, &report);
    for (int k = 0; k < faults.count && k < 8; k++)
        if (strstr(faults.lines[k], says)) return;
    print_error("%s\nshould say \"%s\", and says:\n", damage, says);
    for (int k = 0; k < faults.count && k < 8; k++) print_error("  %s\n", faults.lines[k]);
    fail();
}

static void each_damage_is_found(void **state) {
    struct fixture *f = *state;
    char whole[sizeof f->store.folder.database];
    fill(f);
    db_close(f->db); /* so that everything is in the database file */
    f->db = NULL;
    memcpy(whole, f->store.folder.database, sizeof whole);
    for (size_t i = 0; i < ARRAY_COUNT(DAMAGES); i++) {
        snprintf(f->store.folder.database, sizeof f->store.folder.database, "%s/%zu.db", f->store.folder.path, i);
        snprintf(f->store.location, sizeof f->store.location, "%s", f->store.folder.database);
        copy_file(whole, f->store.location);
        assert_found(f, DAMAGES[i].damage, DAMAGES[i].says);
    }
}

static void a_torn_page_is_found(void **state) {
    struct fixture *f = *state;
    fill(f);
    db_close(f->db); /* so that everything is in the database file */
    f->db = NULL;
    int64_t size = fixture_query(f, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    int64_t page = fixture_query(f, "SELECT rootpage FROM sqlite_schema WHERE name = 'comment_by_name'");
    FILE *file = fopen(f->store.folder.database, "r+b");
    assert_non_null(file);
    assert_true(page * 4096 <= size);
    assert_int_equal(fseek(file, (long)(page * 4096 - 60), SEEK_SET), 0);
    for (int i = 0; i < 60; i++) fputc(0x5a, file);
    fclose(file);
    struct check_report report = {0};
    struct faults faults = {0};
    struct db *reader;
    assert_ok(db_open(slice_of(f->store.location), DB_READ, &reader, &f->error));
    enum status status = check_run(reader, keep_fault, &faults, &report, &f->error);
    assert_true(status == INVALID || status == UNAVAILABLE);
    assert_true(status == UNAVAILABLE || faults.count > 0);
    db_close(reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(a_whole_database_has_no_fault),
    };
    const struct CMUnitTest sqlite_tests[] = {
        FIXTURE_TEST(each_damage_is_found),
        FIXTURE_TEST(a_torn_page_is_found),
    };
    return store_run_groups("check", tests, sqlite_tests);
}
