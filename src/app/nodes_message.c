#include "app/nodes_message.h"

#include <inttypes.h>

enum { LINE_MAX_BYTES = 256 };

/* --- Writing ------------------------------------------------------------------------------------------------------ */

struct writing {
    slice node;
    struct buf text;
    enum status (*say)(void *ctx, slice message, struct error *error);
    void *ctx;
    struct error *error;
    enum status status;
};

static void begin(struct writing *w) {
    buf_clear(&w->text);
    buf_add(&w->text, w->node);
}

static void say(struct writing *w) {
    if (w->status == OK && w->text.n > w->node.n) w->status = w->say(w->ctx, buf_slice(&w->text), w->error);
    begin(w);
}

/* Room for one more line. */
static struct buf *line(struct writing *w) {
    if (w->text.n + LINE_MAX_BYTES > NODES_MESSAGE_MAX) say(w);
    buf_add_char(&w->text, '\n');
    return &w->text;
}

static void add_touched(struct writing *w, const struct touched *t) {
    switch (t->what) {
    case TOUCHED_THREAD:
        buf_add_format(line(w), "T %" PRId64 " %" PRId64 " %" PRId64, t->article, t->root, t->root_ordinal);
        return;
    case TOUCHED_COUNTS:
        buf_add_format(line(w), "C %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, t->article, t->root, t->root_ordinal,
                       t->ordinal);
        return;
    case TOUCHED_ARTICLE: buf_add_format(line(w), "A %" PRId64, t->article); return;
    case TOUCHED_SITE: buf_add(line(w), S("S")); return;
    }
}

enum status nodes_message_write(slice node, const struct request *r,
                                enum status (*say_it)(void *ctx, slice message, struct error *error), void *ctx,
                                struct error *error) {
    struct writing w = {.node = node, .say = say_it, .ctx = ctx, .error = error};
    buf_init(&w.text, NODES_MESSAGE_MAX);
    begin(&w);
    if (r->touched_too_many) buf_add(line(&w), S("S"));
    for (size_t i = 0; i < r->touched_count && !r->touched_too_many; i++) add_touched(&w, &r->touched[i]);
    for (const struct live_change *c = r->changes; c; c = c->next)
        buf_add_format(line(&w), "L %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %d", (int)c->kind, c->article,
                       c->number, c->version, c->count, c->gone);
    say(&w);
    buf_fini(&w.text);
    return w.status;
}

void nodes_message_write_presence(struct buf *out, slice node, account_id account, slice name, comment_number number) {
    buf_add(out, node);
    buf_add_format(out, "\nP %" PRId64 " %" PRId64 " ", account.v, number.v);
    for (size_t i = 0; i < name.n; i++) buf_add_char(out, name.p[i] == '\n' ? ' ' : name.p[i]);
}

void nodes_message_write_turned_away(struct buf *out, slice node, int64_t count) {
    buf_add(out, node);
    buf_add_format(out, "\nW %" PRId64, count);
}

/* --- Reading ------------------------------------------------------------------------------------------------------ */

static bool read_numbers(slice *rest, int64_t *numbers, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!slice_to_int64(slice_cut(rest, ' '), &numbers[i])) return false;
    return true;
}

static void read_touched(struct nodes_message *out, struct touched touched) {
    out->touched[out->touched_count++] = touched;
}

static void read_change(struct arena *arena, struct live_change ***end, const int64_t *n) {
    if (n[0] < LIVE_PUBLISHED || n[0] > LIVE_MISSED) return;
    struct live_change *change = ARENA_NEW(arena, struct live_change);
    *change = (struct live_change){.kind = (enum live_kind)n[0],
                                   .article = n[1],
                                   .number = n[2],
                                   .version = n[3],
                                   .count = n[4],
                                   .gone = n[5] != 0};
    **end = change;
    *end = &change->next;
}

static void read_line(struct arena *arena, slice text, struct nodes_message *out, struct live_change ***end) {
    int64_t n[6];
    slice rest = text, what = slice_cut(&rest, ' ');
    if (slice_equal(what, S("T")) && read_numbers(&rest, n, 3)) {
        read_touched(out, (struct touched){TOUCHED_THREAD, n[0], n[1], n[2], 0});
    } else if (slice_equal(what, S("C")) && read_numbers(&rest, n, 4)) {
        read_touched(out, (struct touched){TOUCHED_COUNTS, n[0], n[1], n[2], n[3]});
    } else if (slice_equal(what, S("A")) && read_numbers(&rest, n, 1)) {
        read_touched(out, (struct touched){.what = TOUCHED_ARTICLE, .article = n[0]});
    } else if (slice_equal(what, S("S"))) {
        out->all = true;
    } else if (slice_equal(what, S("L")) && read_numbers(&rest, n, 6)) {
        read_change(arena, end, n);
    } else if (slice_equal(what, S("W")) && read_numbers(&rest, n, 1)) {
        out->turned_away = n[0];
    } else if (slice_equal(what, S("P")) && read_numbers(&rest, n, 2)) {
        out->presence = ARENA_NEW(arena, struct nodes_presence);
        *out->presence = (struct nodes_presence){{n[0]}, {n[1]}, rest};
    }
}

void nodes_message_read(struct arena *arena, slice text, struct nodes_message *out) {
    size_t lines = 1;
    for (size_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
    *out = (struct nodes_message){.node = slice_cut(&text, '\n'), .touched = ARENA_ARRAY(arena, lines, struct touched)};
    struct live_change **end = &out->changes;
    while (text.p) read_line(arena, slice_cut(&text, '\n'), out, &end);
}
