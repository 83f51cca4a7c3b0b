#include "db/match.h"

#include <assert.h>

enum { MATCH_BYTES = 64 * 1024 };

void db_match_begin(struct db_match *m, const struct db *db, struct arena *arena) {
    *m = (struct db_match){.arena = arena, .is_tsquery = !slice_equal(db_engine_name(db), S("sqlite"))};
    buf_init(&m->wanted, MATCH_BYTES);
    buf_init(&m->unwanted, MATCH_BYTES);
}

static void end_clause(struct db_match *m) {
    if (m->clause) buf_add_char(m->clause, ')');
    m->clause = NULL;
}

void db_match_clause(struct db_match *m, bool excluded) {
    end_clause(m);
    m->clause = excluded ? &m->unwanted : &m->wanted;
    m->first = true;
    if (m->clause->n) {
        slice all = m->is_tsquery ? S(" & ") : S(" AND "), any = m->is_tsquery ? S(" | ") : S(" OR ");
        buf_add(m->clause, excluded ? any : all);
    }
    buf_add_char(m->clause, '(');
}

static bool is_plain(slice term) {
    for (size_t i = 0; i < term.n; i++) {
        char c = term.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
        if (!plain) return false;
    }
    return term.n > 0;
}

void db_match_phrase(struct db_match *m, const slice *terms, size_t count) {
    assert(m->clause && count > 0);
    if (!m->first) buf_add(m->clause, m->is_tsquery ? S(" | ") : S(" OR "));
    m->first = false;
    buf_add_char(m->clause, m->is_tsquery ? '(' : '"');
    for (size_t i = 0; i < count; i++) {
        assert(is_plain(terms[i]));
        if (i) buf_add(m->clause, m->is_tsquery ? S(" <-> ") : S(" "));
        if (m->is_tsquery) buf_add_char(m->clause, '\'');
        buf_add(m->clause, terms[i]);
        if (m->is_tsquery) buf_add_char(m->clause, '\'');
    }
    buf_add_char(m->clause, m->is_tsquery ? ')' : '"');
}

slice db_match_end(struct db_match *m) {
    end_clause(m);
    assert(m->wanted.n);
    if (m->unwanted.n) {
        slice wanted = buf_slice(&m->wanted), unwanted = buf_slice(&m->unwanted);
        slice text = m->is_tsquery
                         ? arena_format(m->arena, "%.*s & !(%.*s)", SLICE_FMT(wanted), SLICE_FMT(unwanted))
                         : arena_format(m->arena, "(%.*s) NOT (%.*s)", SLICE_FMT(wanted), SLICE_FMT(unwanted));
        buf_fini(&m->wanted);
        buf_fini(&m->unwanted);
        return text;
    }
    slice text = arena_copy(m->arena, buf_slice(&m->wanted));
    buf_fini(&m->wanted);
    return text;
}
