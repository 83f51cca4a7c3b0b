#include "app/reading.h"

#include "app/map.h"
#include "app/pages.h"
#include "app/tokens.h"
#include "domain/discussion.h"

enum status reading_page_load(const struct app *app, struct db *db, struct arena *arena, const struct cache_key *key,
                              struct discussion_page *out, struct error *error) {
    const struct app_options *o = &app->options;
    article_id article = {key->id};
    if (key->order == PAGE_ORDER_RECOMMENDED)
        return discussion_recommended_load(db, arena, article, key->number ? key->number : 1, o->comments_per_page,
                                           o->replies_per_page, out, error);
    return discussion_page_load(db, arena, article, key->number, o->comments_per_page, o->replies_per_page, out, error);
}

slice reading_recommend_purpose(struct arena *arena, article_id article) {
    return arena_format(arena, "recommend:%lld", (long long)article.v);
}

struct view_reactions reading_reactions(const struct app *app, struct arena *arena, const struct site *site,
                                        article_id article, time_ms now, int64_t step_minutes) {
    struct view_reactions reactions = {.recommends = site_option(&site->options, SITE_OPTION_RECOMMENDATIONS) != 0,
                                       .picks = site_option(&site->options, SITE_OPTION_PICKS) != 0};
    if (reactions.recommends)
        reactions.token = token_make(app, arena, reading_recommend_purpose(arena, article), now, step_minutes);
    return reactions;
}

int64_t reading_fold_lines(const struct site *site) {
    static const int64_t LINES[] = {
        [FOLDING_NEVER] = 0, [FOLDING_8] = 8, [FOLDING_12] = 12, [FOLDING_18] = 18, [FOLDING_30] = 30};
    return LINES[site_option(&site->options, SITE_OPTION_FOLDING)];
}

static void add_picks(struct db *db, struct arena *arena, const struct article *article, struct view_discussion *page) {
    struct comment_list picks;
    struct error error;
    if (discussion_picks(db, arena, article, &picks, &error) != OK) return;
    page->picks = map_comments(arena, picks.items, picks.count);
    page->pick_count = picks.count;
}

static void add_related(struct db *db, struct arena *arena, article_id id, struct view_discussion *page) {
    struct related related;
    struct related_article shown[RELATED_CHOSEN_MAX];
    struct error error;
    if (related_load(db, arena, id, &related, &error) != OK) return;
    page->related_count = related_shown(&related, shown);
    struct view_article *articles = ARENA_ARRAY(arena, page->related_count, struct view_article);
    for (size_t i = 0; i < page->related_count; i++) articles[i] = map_related(&shown[i]);
    page->related = articles;
}

struct view_discussion reading_discussion(struct db *db, struct arena *arena, const struct site *site,
                                          const struct cache_key *key, const struct discussion_page *loaded) {
    static const enum view_order ORDERS[PAGE_ORDERS] = {[PAGE_ORDER_OLDEST] = VIEW_OLDEST_FIRST,
                                                        [PAGE_ORDER_NEWEST] = VIEW_NEWEST_FIRST,
                                                        [PAGE_ORDER_RECOMMENDED] = VIEW_MOST_RECOMMENDED};
    struct view_article *article = ARENA_NEW(arena, struct view_article);
    *article = map_article(&loaded->article);
    struct view_discussion page = {
        .article = article,
        .is_article = key->number == 0,
        .page = loaded->page,
        .page_count = loaded->page_count,
        .order = ORDERS[key->order],
        .threads = map_threads(arena, loaded->threads, loaded->thread_count),
        .thread_count = loaded->thread_count,
        .fold_lines = reading_fold_lines(site),
    };
    if (page.is_article) add_related(db, arena, loaded->article.id, &page);
    bool picks = site_option(&site->options, SITE_OPTION_PICKS) != 0;
    if (picks && page.is_article) add_picks(db, arena, &loaded->article, &page);
    return page;
}
