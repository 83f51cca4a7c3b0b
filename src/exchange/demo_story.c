/* The story of the demonstration: articles and messages, and what happened to each, in the order in which it happened. */
#include "exchange/demo_story.h"

#include "domain/charter.h"
#include "domain/decision.h"

#include <stdlib.h>

enum {
    EVENTS_A_MESSAGE = 12,
    EVENTS_AN_ARTICLE = 3,
    DRAFT_MINUTES = 45,      /* from an article's draft to its publication */
    CLOSE_MINUTES = 24 * 60, /* from the last message to the closing of a discussion */
    TEXT_MAX = 10 * 1000,    /* characters; any message of ours is far shorter */
    READ_MIN = 3,            /* minutes until a moderator reads a message */
    READ_SPREAD = 50,
    REMOVE_MINUTES = 200, /* until a published message is removed */
    WITHDRAW_MINUTES = 25,
    EDIT_MINUTES = 40,
};

enum happening { WRITTEN, APPEARED, CLOSED, SENT, PUBLISHED, REFUSED, REPORTED, EDITED, REMOVED, WITHDRAWN };

struct message {
    slice key;
    const json_t *json;
    struct demo_article *article;
    struct message *parent;
    enum comment_state state; /* in the end */
    bool read_first;          /* the article is under pre-moderation */
    time_ms sent_at, answered_at /* the first answer; now when there is none */, last_answer_at;
    comment_number number;
};

struct event {
    time_ms at;
    enum happening what;
    struct message *message; /* NULL: it is about an article */
    struct demo_article *article;
    const json_t *report;
    size_t order; /* events of one moment happen as they were listed */
};

struct story {
    struct demo *demo;
    struct message *messages;
    size_t message_count;
    struct event *events;
    size_t event_count;
};

static int by_time(const void *a, const void *b) {
    const struct event *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static struct event *happen(struct story *story, enum happening what, time_ms at) {
    struct event *event = &story->events[story->event_count];
    time_ms end = story->demo->now;
    *event = (struct event){.at = at < end ? at : end, .what = what, .order = story->event_count++};
    return event;
}

static void happen_to(struct story *story, struct message *message, enum happening what, time_ms at) {
    happen(story, what, at)->message = message;
}

/* When a moderator reads it: within the hour, before it is answered, always the same for the same message. */
static time_ms read_at(const struct message *m) {
    time_ms minutes = READ_MIN + (time_ms)(slice_hash(m->key) % READ_SPREAD);
    time_ms half = (m->answered_at - m->sent_at) / 2;
    return m->sent_at + (minutes * DEMO_MINUTE < half ? minutes * DEMO_MINUTE : half);
}

static time_ms later(time_ms a, time_ms b) { return a > b ? a : b; }

/* What happened to one message, as its state in the end tells. */
static void plot(struct story *story, struct message *m) {
    time_ms read = read_at(m), shown = m->read_first ? read : m->sent_at;
    happen_to(story, m, SENT, m->sent_at);
    if (m->state == COMMENT_PENDING) return;
    if (m->state == COMMENT_REJECTED || m->state == COMMENT_SPAM) {
        happen_to(story, m, REFUSED, read);
        return;
    }
    if (m->read_first) happen_to(story, m, PUBLISHED, read);
    const json_t *reports = json_object_get(m->json, "reports");
    for (size_t i = 0; i < json_array_size(reports); i++) {
        const json_t *report = json_array_get(reports, i);
        struct event *event = happen(story, REPORTED, later(shown, demo__moment(story->demo, report, "minutes_ago")));
        event->message = m;
        event->report = report;
    }
    if (json_is_true(json_object_get(m->json, "edited")))
        happen_to(story, m, EDITED, shown + EDIT_MINUTES * DEMO_MINUTE);
    if (m->state == COMMENT_REMOVED)
        happen_to(story, m, REMOVED, later(shown + REMOVE_MINUTES * DEMO_MINUTE, m->last_answer_at + DEMO_MINUTE));
    if (m->state == COMMENT_WITHDRAWN) happen_to(story, m, WITHDRAWN, shown + WITHDRAW_MINUTES * DEMO_MINUTE);
}

static void plot_article(struct story *story, struct demo_article *article) {
    time_ms last = article->published_at;
    for (size_t i = 0; i < story->message_count; i++)
        if (story->messages[i].article == article) last = later(last, story->messages[i].sent_at);
    happen(story, WRITTEN, article->published_at - DRAFT_MINUTES * DEMO_MINUTE)->article = article;
    happen(story, APPEARED, article->published_at)->article = article;
    if (slice_equal(demo__text(article->json, "discussion"), S("closed")))
        happen(story, CLOSED, last + CLOSE_MINUTES * DEMO_MINUTE)->article = article;
}

static struct message *find_message(const struct story *story, size_t before, slice key) {
    for (size_t i = 0; i < before; i++)
        if (slice_equal(story->messages[i].key, key)) return &story->messages[i];
    return NULL;
}

static struct demo_article *find_article(const struct demo *demo, slice key) {
    for (size_t i = 0; i < demo->article_count; i++)
        if (slice_equal(demo->articles[i].key, key)) return &demo->articles[i];
    return NULL;
}

static enum status read_message(struct story *story, size_t i, const json_t *json, struct error *error) {
    const struct demo *demo = story->demo;
    struct message *m = &story->messages[i];
    slice parent = demo__text(json, "reply_to");
    *m = (struct message){
        .key = demo__text(json, "key"),
        .json = json,
        .article = find_article(demo, demo__text(json, "article")),
        .parent = find_message(story, i, parent),
        .sent_at = demo__moment(demo, json, "minutes_ago"),
        .answered_at = demo->now,
    };
    if (!m->article || (parent.n && !m->parent) || !comment_state_parse(demo__text(json, "state"), &m->state))
        return error_set(error, INVALID, "message %.*s: its article, its parent or its state", SLICE_FMT(m->key));
    m->read_first = !slice_equal(demo__text(m->article->json, "moderation"), S("post"));
    if (m->parent && m->sent_at < m->parent->answered_at) m->parent->answered_at = m->sent_at;
    if (m->parent && m->sent_at > m->parent->last_answer_at) m->parent->last_answer_at = m->sent_at;
    return OK;
}

static void fill_input(const struct demo *demo, const struct message *m, slice text, struct comment_input *in) {
    slice name = demo__text(m->json, "name");
    struct crypto_hash hand = crypto_sha256_two(S("palabre demo "), name);
    struct buf fingerprint CLEANUP(buf_fini);
    buf_init(&fingerprint, 64);
    crypto_add_hex(&fingerprint, slice_make(hand.bytes, 8));
    /* Who bears the by-line answers from the desk. */
    bool author = slice_equal(name, demo__text(m->article->json, "byline"));
    *in = (struct comment_input){
        .article = m->article->id,
        .reply_to = m->parent ? m->parent->number : (comment_number){0},
        .name = name,
        .text = text,
        .title = demo__text(m->json, "title"),
        .website = demo__text(m->json, "website"),
        .language = demo__text(m->article->json, "language"),
        .device_token = arena_format(demo->arena, "palabre demo device of %.*s", SLICE_FMT(name)),
        .fingerprint = arena_copy(demo->arena, buf_slice(&fingerprint)),
        .account = author ? demo->editor : (account_id){0},
    };
}

/* A message that was edited had another text first. */
static slice first_text(const struct message *m) {
    slice first = demo__text(m->json, "first_text");
    return first.n ? first : demo__text(m->json, "text");
}

static enum status send(const struct demo *demo, struct message *m, struct error *error) {
    struct comment_input input;
    struct comment_draft draft;
    struct comment_problems problems;
    struct comment_receipt receipt;
    fill_input(demo, m, first_text(m), &input);
    enum status status = comment_prepare(demo->db, demo->arena, &input, TEXT_MAX, &draft, &problems, error);
    if (status == OK) status = comment_submit(demo->db, demo->arena, &draft, &receipt, &problems, error);
    if (status == OK) m->number = receipt.number;
    return status;
}

static enum status edit(const struct demo *demo, const struct message *m, struct error *error) {
    struct comment_input input;
    struct comment_draft draft;
    struct comment_problems problems;
    struct comment comment;
    fill_input(demo, m, demo__text(m->json, "text"), &input);
    input.editing = m->number;
    enum status status = comment_get(demo->db, demo->arena, m->number, &comment, error);
    if (status == OK) status = comment_prepare(demo->db, demo->arena, &input, TEXT_MAX, &draft, &problems, error);
    if (status) return status;
    return comment_edit_desk(demo->db, m->number, comment.version, &draft, demo->moderator,
                             demo__text(m->json, "edit_note"), error);
}

/* A refusal says its rule to the author, in the language of the article. */
static enum status title_of_rule(const struct demo *demo, const struct message *m, slice code, slice *title,
                                 struct error *error) {
    struct charter charter;
    slice language = demo__text(m->article->json, "language");
    enum status status = charter_load(demo->db, demo->arena, 0, language, &charter, error);
    for (size_t i = 0; status == OK && i < charter.rule_count; i++)
        if (slice_equal(charter.rules[i].code, code)) *title = charter.rules[i].title;
    return status;
}

static enum status decide(const struct demo *demo, const struct message *m, enum comment_act act, struct error *error) {
    struct decision_order order = {.number = m->number, .act = act, .by = demo->moderator};
    struct decision_result result;
    struct decision_other other;
    if (act != ACT_PUBLISH) order.rule_code = demo__text(m->json, "rule");
    enum status status = order.rule_code.n ? title_of_rule(demo, m, order.rule_code, &order.reason, error) : OK;
    return status ? status : decision_make(demo->db, demo->arena, &order, &result, &other, error);
}

static enum status report(const struct demo *demo, const struct message *m, const json_t *json, struct error *error) {
    struct report_input input = {
        .comment = m->number,
        .rule_code = demo__text(json, "rule"),
        .text = demo__text(json, "text"),
        .name = demo__text(json, "name"),
        .fingerprint = arena_format(demo->arena, "reader of %.*s", SLICE_FMT(demo__text(json, "name"))),
    };
    report_id id;
    return report_submit(demo->db, &input, &id, error);
}

static enum status perform(const struct demo *demo, const struct event *event, struct error *error) {
    struct message *m = event->message;
    demo__set_clock(demo, event->at);
    switch (event->what) {
    case WRITTEN: return demo__write_article(demo, event->article, error);
    case APPEARED: return demo__publish_article(demo, event->article, error);
    case CLOSED: return demo__close_discussion(demo, event->article, error);
    case SENT: return send(demo, m, error);
    case PUBLISHED: return decide(demo, m, ACT_PUBLISH, error);
    case REFUSED: return decide(demo, m, m->state == COMMENT_SPAM ? ACT_SPAM : ACT_REJECT, error);
    case REPORTED: return report(demo, m, event->report, error);
    case EDITED: return edit(demo, m, error);
    case REMOVED: return decide(demo, m, ACT_REMOVE, error);
    case WITHDRAWN: return comment_withdraw(demo->db, m->number, error);
    }
    return INTERNAL;
}

static enum status plan(struct story *story, const json_t *messages, struct error *error) {
    for (size_t i = 0; i < story->message_count; i++) {
        enum status status = read_message(story, i, json_array_get(messages, i), error);
        if (status) return status;
    }
    for (size_t i = 0; i < story->message_count; i++) {
        if (json_array_size(json_object_get(story->messages[i].json, "reports")) > EVENTS_A_MESSAGE - 4)
            return error_set(error, INVALID, "message %.*s: too many reports", SLICE_FMT(story->messages[i].key));
        plot(story, &story->messages[i]);
    }
    for (size_t i = 0; i < story->demo->article_count; i++) plot_article(story, &story->demo->articles[i]);
    qsort(story->events, story->event_count, sizeof *story->events, by_time);
    return OK;
}

enum status demo__tell(struct demo *demo, struct error *error) {
    const json_t *messages = json_object_get(demo->root, "messages");
    struct story story = {.demo = demo, .message_count = json_array_size(messages)};
    if (story.message_count > DEMO_ITEMS_MAX) return error_set(error, INVALID, "too many messages");
    size_t most = story.message_count * EVENTS_A_MESSAGE + demo->article_count * EVENTS_AN_ARTICLE;
    story.messages = ARENA_ARRAY(demo->arena, story.message_count, struct message);
    story.events = ARENA_ARRAY(demo->arena, most, struct event);
    enum status status = plan(&story, messages, error);
    for (size_t i = 0; status == OK && i < story.event_count; i++) {
        const struct event *event = &story.events[i];
        status = perform(demo, event, error);
        if (!status) continue;
        slice key = event->message ? event->message->key : event->article->key;
        (void)error_prefix(error, "%s %.*s", event->message ? "message" : "article", SLICE_FMT(key));
    }
    return status;
}
