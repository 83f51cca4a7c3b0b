#include "app/map.h"

#include "text/html.h"

struct view_article map_article(const struct article *a) {
    static const enum view_article_kind KINDS[] = {[ARTICLE_PLAIN] = VIEW_ARTICLE_PLAIN,
                                                   [ARTICLE_EXCERPT] = VIEW_ARTICLE_EXCERPT,
                                                   [ARTICLE_PAGE] = VIEW_ARTICLE_PAGE};
    return (struct view_article){.id = a->id.v,
                                 .kind = KINDS[a->kind],
                                 .is_draft = a->state != ARTICLE_PUBLISHED,
                                 .slug = a->slug,
                                 .language = a->language,
                                 .headline = a->headline,
                                 .standfirst = a->standfirst,
                                 .byline = a->byline,
                                 .body = html_from_stored(a->body_html),
                                 .section_slug = a->section_slug,
                                 .section_title = a->section_title,
                                 .source_url = a->source_url,
                                 .source_site = a->source_site,
                                 .source_author = a->source_author,
                                 .source_title = a->source_title,
                                 .source_date = a->source_date,
                                 .published_at = a->published_at,
                                 .updated_at = a->updated_at,
                                 .comment_count = a->comment_count,
                                 .accepts_comments = a->accepts_comments};
}

struct view_article map_related(const struct related_article *related) {
    return (struct view_article){.id = related->id.v,
                                 .slug = related->slug,
                                 .language = related->language,
                                 .headline = related->headline,
                                 .published_at = related->published_at};
}

const struct view_article *map_articles(struct arena *arena, const struct article *items, size_t count) {
    struct view_article *mapped = ARENA_ARRAY(arena, count, struct view_article);
    for (size_t i = 0; i < count; i++) mapped[i] = map_article(&items[i]);
    return mapped;
}

struct view_comment map_comment(const struct comment *c) {
    static const enum view_comment_state STATES[COMMENT_STATES] = {
        [COMMENT_PENDING] = VIEW_COMMENT_PENDING,   [COMMENT_PUBLISHED] = VIEW_COMMENT_PUBLISHED,
        [COMMENT_REJECTED] = VIEW_COMMENT_REJECTED, [COMMENT_SPAM] = VIEW_COMMENT_SPAM,
        [COMMENT_REMOVED] = VIEW_COMMENT_REMOVED,   [COMMENT_WITHDRAWN] = VIEW_COMMENT_WITHDRAWN,
    };
    static const enum view_badge BADGES[] = {[BADGE_NONE] = VIEW_BADGE_NONE,
                                             [BADGE_AUTHOR] = VIEW_BADGE_AUTHOR,
                                             [BADGE_MODERATOR] = VIEW_BADGE_MODERATOR,
                                             [BADGE_MEMBER] = VIEW_BADGE_MEMBER};
    return (struct view_comment){.number = c->number.v,
                                 .root = c->root.v,
                                 .parent = c->parent.v,
                                 .parent_name = c->parent_name,
                                 .state = STATES[c->state],
                                 .badge = BADGES[c->badge],
                                 .name = c->name,
                                 .title = c->title,
                                 .language = c->language,
                                 .website = c->website,
                                 .html = html_from_stored(c->html),
                                 .submitted_at = c->submitted_at,
                                 .published_at = c->published_at,
                                 .edited_at = c->edited_at,
                                 .edited_by_desk = c->edited_by_desk,
                                 .recommendation_count = c->recommendation_count,
                                 .is_picked = c->picked_at != 0};
}

const struct view_comment *map_comments(struct arena *arena, const struct comment *items, size_t count) {
    struct view_comment *mapped = ARENA_ARRAY(arena, count, struct view_comment);
    for (size_t i = 0; i < count; i++) mapped[i] = map_comment(&items[i]);
    return mapped;
}

/* A stub on a page is whatever is not published: the view knows two kinds. */
static void make_stub(struct view_comment *c) {
    if (c->state != VIEW_COMMENT_PUBLISHED && c->state != VIEW_COMMENT_WITHDRAWN) c->state = VIEW_COMMENT_REMOVED;
}

struct view_thread map_thread(struct arena *arena, const struct thread *t) {
    struct view_comment *replies = ARENA_ARRAY(arena, t->reply_count, struct view_comment);
    for (size_t i = 0; i < t->reply_count; i++) {
        replies[i] = map_comment(&t->replies[i]);
        make_stub(&replies[i]);
    }
    struct view_thread mapped = {.root = map_comment(&t->root),
                                 .replies = replies,
                                 .reply_count = t->reply_count,
                                 .more_replies = t->more_replies};
    make_stub(&mapped.root);
    return mapped;
}

const struct view_thread *map_threads(struct arena *arena, const struct thread *items, size_t count) {
    struct view_thread *mapped = ARENA_ARRAY(arena, count, struct view_thread);
    for (size_t i = 0; i < count; i++) mapped[i] = map_thread(arena, &items[i]);
    return mapped;
}

const struct view_charter *map_charter(struct arena *arena, const struct charter *c) {
    struct view_rule *rules = ARENA_ARRAY(arena, c->rule_count, struct view_rule);
    for (size_t i = 0; i < c->rule_count; i++)
        rules[i] = (struct view_rule){.code = c->rules[i].code,
                                      .title = c->rules[i].title,
                                      .text = c->rules[i].text,
                                      .legal_ground = c->rules[i].legal_ground};
    struct view_charter *mapped = ARENA_NEW(arena, struct view_charter);
    *mapped = (struct view_charter){.version = c->version,
                                    .language = c->language,
                                    .introduction = c->introduction,
                                    .rules = rules,
                                    .rule_count = c->rule_count,
                                    .created_at = c->created_at};
    return mapped;
}

const struct view_problem *map_problems(struct arena *arena, const struct comment_problems *problems) {
    static const enum view_field FIELDS[] = {
        [FIELD_NONE] = VIEW_FIELD_FORM,         [FIELD_NAME] = VIEW_FIELD_NAME,   [FIELD_TEXT] = VIEW_FIELD_TEXT,
        [FIELD_TITLE] = VIEW_FIELD_TITLE,       [FIELD_EMAIL] = VIEW_FIELD_EMAIL, [FIELD_WEBSITE] = VIEW_FIELD_WEBSITE,
        [FIELD_REPLY_TO] = VIEW_FIELD_REPLY_TO,
    };
    static const enum view_fault FAULTS[] = {
        [FAULT_NONE] = VIEW_FAULT_NONE,
        [FAULT_EMPTY] = VIEW_FAULT_EMPTY,
        [FAULT_TOO_LONG] = VIEW_FAULT_TOO_LONG,
        [FAULT_TOO_SHORT] = VIEW_FAULT_TOO_SHORT,
        [FAULT_INVALID_UTF8] = VIEW_FAULT_INVALID_UTF8,
        [FAULT_CONTROL] = VIEW_FAULT_CONTROL,
        [FAULT_FORM] = VIEW_FAULT_FORM,
        [FAULT_REPLY_GONE] = VIEW_FAULT_REPLY_GONE,
        [FAULT_REPLY_ELSEWHERE] = VIEW_FAULT_REPLY_ELSEWHERE,
        [FAULT_CLOSED] = VIEW_FAULT_CLOSED,
        [FAULT_REPEATED] = VIEW_FAULT_REPEATED,
        [FAULT_NAME_RESERVED] = VIEW_FAULT_NAME_RESERVED,
        [FAULT_WORDS] = VIEW_FAULT_WORDS,
        [FAULT_LINKS] = VIEW_FAULT_LINKS,
    };
    struct view_problem *mapped = ARENA_ARRAY(arena, problems->count, struct view_problem);
    for (size_t i = 0; i < problems->count; i++) {
        const struct comment_problem *p = &problems->items[i];
        mapped[i] = (struct view_problem){FIELDS[p->field], FAULTS[p->fault], p->limit};
    }
    return mapped;
}

slice map_refused_words(struct arena *arena, slice language, const slice *words, size_t count) {
    bool french = slice_starts(language, S("fr"));
    slice before = french ? S("«\u202f") : S("“"), after = french ? S("\u202f»") : S("”"), all = S("");
    for (size_t i = 0; i < count; i++)
        all = arena_format(arena, "%.*s%s%.*s%.*s%.*s", SLICE_FMT(all), i ? ", " : "", SLICE_FMT(before),
                           SLICE_FMT(words[i]), SLICE_FMT(after));
    return all;
}
