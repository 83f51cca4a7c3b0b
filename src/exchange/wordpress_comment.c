/* Comments of a post become comments, in the order of their dates, each after the one it answers. */
#include "exchange/wordpress_job.h"

#include "base/memory.h"
#include "domain/decision.h"

#include <stdlib.h>

#define NONE SIZE_MAX
enum { BATCH = 512, BATCH_BYTES = 8 * 1024 * 1024, PROGRESS_EVERY = 256 };

struct entry {
    const struct wxr_comment *c;
    int64_t id;
    time_ms at;
    time_ms turn; /* when it is added: at, or later with the one it answers */
    enum comment_state state;
    bool left;     /* not taken over: not a comment, or it has no number */
    bool trash;    /* the state is decided when the answers are known */
    size_t parent; /* index among the entries; NONE: a root, or the parent is not in this file */
    bool orphan;   /* it names a parent that is not in this file */
    bool done;
    bool again;                         /* another one has the same number: the first of them counts */
    bool undated, odd, circled, lifted; /* what the report says of it, if it is taken over */
};

struct entries {
    struct entry *items; /* by date, then number */
    size_t count;
    size_t *by_id; /* their indexes: by number, until their parents are known; then by turn */
};

static int compare_ints(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int by_date(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    int order = compare_ints(x->at, y->at);
    return order ? order : compare_ints(x->id, y->id);
}

static int by_id(const void *a, const void *b, void *entries) {
    const size_t *x = a, *y = b;
    const struct entry *items = entries;
    int order = compare_ints(items[*x].id, items[*y].id);
    return order ? order : (*x > *y) - (*x < *y);
}

static int by_turn(const void *a, const void *b, void *entries) {
    const struct entry *items = entries;
    const struct entry *x = &items[*(const size_t *)a], *y = &items[*(const size_t *)b];
    int order = compare_ints(x->turn, y->turn);
    return order ? order : compare_ints(x->id, y->id);
}

static size_t find(const struct entries *e, int64_t id) {
    size_t low = 0, high = e->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (e->items[e->by_id[middle]].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->count && e->items[e->by_id[low]].id == id ? e->by_id[low] : NONE;
}

static bool is_comment(slice type) {
    static const slice types[] = {S_INIT(""), S_INIT("comment"), S_INIT("pingback"), S_INIT("trackback"),
                                  S_INIT("review")};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++)
        if (slice_equal(type, types[i])) return true;
    return false;
}

static enum comment_state state_of(const struct wxr_comment *c, struct entry *entry) {
    slice approved = slice_trim(c->approved);
    entry->trash = slice_equal(approved, S("trash")) || slice_equal(approved, S("post-trashed"));
    if (slice_equal(approved, S("1")) || slice_equal(approved, S("approve"))) return COMMENT_PUBLISHED;
    if (slice_equal(approved, S("spam"))) return COMMENT_SPAM;
    if (entry->trash) return COMMENT_REJECTED;
    entry->odd = !slice_equal(approved, S("0")) && !slice_equal(approved, S("hold"));
    return COMMENT_PENDING;
}

static void read_entry(const struct wordpress_job *job, const struct wxr_item *item, const struct wxr_comment *c,
                       time_ms fallback, struct entry *out) {
    *out = (struct entry){.c = c, .parent = NONE, .at = fallback};
    slice type = slice_trim(c->type);
    bool numbered = slice_to_int64(slice_trim(c->id), &out->id) && out->id > 0;
    out->left = !numbered || !is_comment(type);
    if (!numbered) {
        out->id = 0;
        import_report_problem(job->report, c->line, item->title,
                              "a comment without a number (wp:comment_id): left out");
        import_report_add(job->report, REPORT_LEFT, 1, S("comments without a number"));
    } else if (out->left) {
        import_report_add_format(job->report, REPORT_LEFT, 1, "comments of the type '%.*s'",
                                 SLICE_FMT(slice_sub(type, 0, 60)));
    }
    if (out->left) return;
    out->undated = !wordpress__date(job, c->date_gmt, (slice){0}, c->date, &out->at);
    out->state = state_of(c, out);
}

static void resolve_parents(struct entries *e) {
    for (size_t i = 0; i < e->count; i++) {
        struct entry *entry = &e->items[i];
        int64_t parent;
        slice text = slice_trim(entry->c->parent);
        if (entry->left || !slice_to_int64(text, &parent) || parent == 0) continue;
        entry->parent = find(e, parent);
        entry->orphan = entry->parent == NONE;
    }
}

/* The earliest message of the circle that this one is in stands alone. */
static void cut_circle(struct entries *e, size_t in) {
    size_t first = in; /* entries are in the order of their dates */
    for (size_t at = e->items[in].parent; at != in; at = e->items[at].parent)
        if (at < first) first = at;
    e->items[first].parent = NONE;
    e->items[first].circled = true;
}

/* A file may say that two comments answer each other. */
static void cut_circles(struct entries *e) {
    size_t *seen = memory_alloc_array(e->count, sizeof *seen); /* 0: not yet; else the walk that came by, from 1 */
    for (size_t i = 0; i < e->count; i++) {
        size_t at = i;
        for (; at != NONE && !seen[at]; at = e->items[at].parent) seen[at] = i + 1;
        if (at == NONE || seen[at] != i + 1) continue;
        cut_circle(e, at);
    }
    memory_free(seen);
}

/* A trashed message that published ones answer leaves a stub, which keeps the thread together. */
static void keep_stubs(struct entries *e) {
    for (size_t i = 0; i < e->count; i++) {
        const struct entry *entry = &e->items[i];
        if (entry->left || entry->state != COMMENT_PUBLISHED || entry->parent == NONE) continue;
        struct entry *parent = &e->items[entry->parent];
        if (parent->trash && !parent->left) parent->state = COMMENT_REMOVED;
    }
}

static bool is_seen(const struct entry *entry) {
    return !entry->left && (entry->state == COMMENT_PUBLISHED || entry->state == COMMENT_REMOVED);
}

/* The nearest message at or above this one that readers see. What is found is noted for all that were passed, so that
   all walks together cost no more than the number of comments. */
static size_t seen_from(const struct entries *e, size_t *known, size_t from) {
    size_t at = from;
    while (at != NONE && !is_seen(&e->items[at]) && !known[at]) at = e->items[at].parent;
    size_t found = at == NONE || is_seen(&e->items[at]) ? at : known[at] - 2;
    for (size_t passed = from; passed != at; passed = e->items[passed].parent) known[passed] = found + 2; /* NONE: 1 */
    return found;
}

/* What readers see must hang from what readers see. What waits keeps its parent, if that was taken over at all. */
static void lift(struct entries *e) {
    size_t *known = memory_alloc_array(e->count, sizeof *known);
    size_t *parents = memory_alloc_array(e->count, sizeof *parents);
    for (size_t i = 0; i < e->count; i++) {
        struct entry *entry = &e->items[i];
        parents[i] = entry->parent;
        if (entry->left || entry->parent == NONE) continue;
        if (is_seen(entry) || e->items[entry->parent].left) parents[i] = seen_from(e, known, entry->parent);
        entry->lifted = parents[i] != entry->parent;
    }
    for (size_t i = 0; i < e->count; i++) e->items[i].parent = parents[i];
    memory_free(parents);
    memory_free(known);
}

/* Takes over what was prepared of it; the report says what became of it. */
static enum status fill(struct wordpress_job *job, const struct wxr_item *item, const struct entry *entry,
                        const struct prepared_comment *prepared, struct import_comment *in, struct error *error) {
    in->name = prepared->name;
    in->email = prepared->email;
    in->website = prepared->website;
    in->fingerprint = prepared->fingerprint;
    in->address_sealed = prepared->address_sealed;
    in->text_source = prepared->text_source;
    in->html = prepared->html;
    import_report_add(job->report, REPORT_LEFT, prepared->unsafe_website,
                      S("unsafe addresses of commenters' websites"));
    if (prepared->status == INVALID || prepared->status == LIMIT)
        import_report_problem(job->report, entry->c->line, item->title, "comment %jd: %.*s", (intmax_t)entry->id,
                              SLICE_FMT(prepared->why));
    else if (prepared->status)
        return error_set(error, prepared->status, "%.*s", SLICE_FMT(prepared->why));
    import_report_add(job->report, REPORT_CHANGED, prepared->no_text, S("comments without a readable text"));
    import_report_add(job->report, REPORT_LEFT, (int64_t)prepared->dropped,
                      S("images, headings and other markup in comments"));
    return OK;
}

static void count(struct wordpress_job *job, const struct import_comment *in, enum comment_state state,
                  comment_number number) {
    struct import_report *report = job->report;
    report->comments.made++;
    report->comments_by_state[state]++;
    import_report_add(report, REPORT_CHANGED, number.v != in->wanted_number,
                      S("comments with a new number, since theirs was taken"));
}

/* What was found out about a message that is not there yet. */
static void remark(const struct wordpress_job *job, const struct wxr_item *item, const struct entry *entry) {
    const struct wxr_comment *c = entry->c;
    import_report_add(job->report, REPORT_CHANGED, entry->undated,
                      S("comments without a valid date, dated as their article"));
    import_report_add(job->report, REPORT_CHANGED, entry->circled, S("comments that answered themselves, made roots"));
    import_report_add(job->report, REPORT_CHANGED, entry->lifted,
                      S("answers to messages that are not shown, hung from the one above"));
    if (entry->undated)
        import_report_problem(job->report, c->line, item->title, "comment %jd has no valid date", (intmax_t)entry->id);
    if (entry->odd)
        import_report_problem(job->report, c->line, item->title, "comment %.*s is of the unknown state '%.*s': pending",
                              SLICE_FMT(slice_sub(c->id, 0, 20)), SLICE_FMT(slice_sub(slice_trim(c->approved), 0, 40)));
}

/* What was published, then trashed, while others had answered it: it takes its place, then leaves its stub there. */
static enum status remove_again(struct wordpress_job *job, comment_number number, struct error *error) {
    struct decision_order order = {.number = number, .act = ACT_REMOVE, .note = S("In the trash of WordPress")};
    struct decision_result result;
    struct decision_other other;
    return decision_make(job->db, job->scratch, &order, &result, &other, error);
}

/* Comments on their way: their texts are ahead's until they are added. */
struct batch {
    struct wordpress_job *job;
    const struct wxr_item *item;
    const struct entries *entries;
    article_id article;
    size_t count, bytes;
    struct import_comment items[BATCH];
    struct import_result results[BATCH];
    const struct entry *from[BATCH];
};

static void drop(struct wordpress_job *job, const struct entry *entry) {
    ahead_drop(job->ahead, (size_t)(entry->c - job->current->item.comments));
}

static enum status add_batch(struct batch *b, struct error *error) {
    struct wordpress_job *job = b->job;
    if (b->count == 0) return OK;
    enum status status = import_comments_add(job->db, b->items, b->count, b->results, error);
    if (status)
        return error_prefix(error, "line %jd: comments %jd and the %zu after it", (intmax_t)b->from[0]->c->line,
                            (intmax_t)b->from[0]->id, b->count - 1);
    for (size_t i = 0; i < b->count && status == OK; i++) {
        const struct import_result *result = &b->results[i];
        import_report_add(job->report, REPORT_CHANGED, result->is_root,
                          S("answers to comments that are missing, made roots"));
        if (b->from[i]->state == COMMENT_REMOVED) status = remove_again(job, result->number, error);
        if (status == OK) count(job, &b->items[i], b->from[i]->state, result->number);
    }
    for (size_t i = 0; i < b->count; i++) drop(job, b->from[i]);
    b->count = b->bytes = 0;
    arena_reset(job->scratch);
    return status;
}

/* Whether it is there from an earlier import, or from this one, which may have the same number twice. */
static enum status find_known(struct wordpress_job *job, const struct entry *entry, const struct import_comment *in,
                              struct error *error) {
    if (job->is_new && number_set_add(&job->added, entry->id)) return NOT_FOUND;
    comment_number number;
    return import_comment_find(job->db, in->source, in->key, &number, error);
}

static enum status add_one(struct batch *b, struct entry *entry, struct error *error) {
    struct wordpress_job *job = b->job;
    bool full = b->count == BATCH || b->bytes > BATCH_BYTES || entry->again;
    enum status status = full ? add_batch(b, error) : OK;
    if (status) return status;
    entry->done = true;
    struct import_comment in = {
        .source = job->source,
        .key = slice_trim(entry->c->id),
        .article = b->article,
        .state = entry->state == COMMENT_REMOVED ? COMMENT_PUBLISHED : entry->state,
        .language = job->language,
        .submitted_at = entry->at < job->now ? entry->at : job->now,
        .wanted_number = entry->id,
        .is_new = true,
        .or_root = entry->orphan,
    };
    status = find_known(job, entry, &in, error);
    job->report->comments.known += status == OK;
    if (status == OK) drop(job, entry);
    if (status != NOT_FOUND) return status;
    if (entry->parent != NONE)
        in.parent_key = slice_trim(b->entries->items[entry->parent].c->id);
    else if (entry->orphan)
        in.parent_key = slice_trim(entry->c->parent); /* it may be there from an earlier file */
    remark(job, b->item, entry);
    const struct prepared_comment *prepared =
        ahead_comment(job->ahead, (size_t)(entry->c - job->current->item.comments));
    status = fill(job, b->item, entry, prepared, &in, error);
    b->bytes += prepared->bytes;
    b->items[b->count] = in;
    b->from[b->count++] = entry;
    return status;
}

/* The line from this message up to the first that is done, or to its root; its length. */
static size_t line_up(const struct entries *e, size_t from, size_t *line) {
    size_t depth = 0;
    for (size_t at = from; at != NONE && !e->items[at].done; at = e->items[at].parent) line[depth++] = at;
    return depth;
}

/* An answer that is dated before what it answers waits for it, and does not draw it forward. */
static void set_turns(struct entries *e, size_t *line) {
    for (size_t i = 0; i < e->count; i++) {
        for (size_t depth = line_up(e, i, line); depth; depth--) {
            struct entry *entry = &e->items[line[depth - 1]];
            time_ms above = entry->parent == NONE ? entry->at : e->items[entry->parent].turn;
            entry->turn = above > entry->at ? above : entry->at;
            entry->done = true;
        }
    }
    for (size_t i = 0; i < e->count; i++) e->items[i].done = e->items[i].left;
}

/* In the order of their turns, each after those above it. */
static enum status add_all(struct batch *b, struct entries *e, struct error *error) {
    size_t *line = memory_alloc_array(e->count, sizeof *line);
    set_turns(e, line);
    qsort_r(e->by_id, e->count, sizeof *e->by_id, by_turn, e->items);
    enum status status = OK;
    for (size_t i = 0; i < e->count && status == OK; i++) {
        size_t depth = line_up(e, e->by_id[i], line);
        while (depth && status == OK) status = add_one(b, &e->items[line[--depth]], error);
        if (i % PROGRESS_EVERY == 0) wordpress__progress(b->job, i, e->count);
    }
    memory_free(line);
    return status == OK ? add_batch(b, error) : status;
}

/* With the indexes by number. */
static void mark_again(struct entries *e) {
    for (size_t i = 1; i < e->count; i++) {
        struct entry *entry = &e->items[e->by_id[i]];
        entry->again = !entry->left && e->items[e->by_id[i - 1]].id == entry->id;
    }
}

enum status wordpress__comments_add(struct wordpress_job *job, const struct wxr_item *item, article_id article,
                                    time_ms fallback, struct error *error) {
    struct entries e = {.count = item->comment_count};
    if (!e.count) return OK;
    e.items = memory_alloc_array(e.count, sizeof *e.items);
    e.by_id = memory_alloc_array(e.count, sizeof *e.by_id);
    for (size_t i = 0; i < e.count; i++) {
        read_entry(job, item, &item->comments[i], fallback, &e.items[i]);
        if (e.items[i].left) drop(job, &e.items[i]);
    }
    qsort(e.items, e.count, sizeof *e.items, by_date);
    for (size_t i = 0; i < e.count; i++) e.by_id[i] = i;
    qsort_r(e.by_id, e.count, sizeof *e.by_id, by_id, e.items);
    mark_again(&e);
    resolve_parents(&e);
    cut_circles(&e);
    keep_stubs(&e);
    lift(&e);
    struct batch *batch = NEW(struct batch);
    batch->job = job;
    batch->item = item;
    batch->entries = &e;
    batch->article = article;
    arena_reset(job->scratch);
    enum status status = add_all(batch, &e, error);
    memory_free(batch);
    memory_free(e.by_id);
    memory_free(e.items);
    return status;
}
