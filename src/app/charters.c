#include "app/charters.h"

#include "app/map.h"
#include "base/memory.h"
#include "view/page_read.h"

#include <pthread.h>

/* Languages that are asked for at a time, mostly of one version. */
enum { KEPT = 8, ARENA_BYTES = 8 * 1024 * 1024 };

struct kept {
    struct arena *arena; /* NULL: empty */
    int64_t version;
    slice asked, otherwise; /* the language that was asked for, and the site's */
    const struct view_charter *charter;
};

struct charters {
    pthread_mutex_t mutex; /* guards all of it */
    struct kept kept[KEPT];
    size_t next; /* to be taken next */
};

struct charters *charters_new(void) {
    struct charters *charters = NEW(struct charters);
    pthread_mutex_init(&charters->mutex, NULL);
    return charters;
}

void charters_free(struct charters *charters) {
    if (!charters) return;
    for (size_t i = 0; i < KEPT; i++) arena_free(charters->kept[i].arena);
    pthread_mutex_destroy(&charters->mutex);
    memory_free(charters);
}

static struct html copy_html(struct arena *arena, struct html html) {
    return html_from_stored(arena_copy(arena, html.s));
}

static const struct view_charter *copy(struct arena *arena, const struct view_charter *from) {
    struct view_charter *to = ARENA_NEW(arena, struct view_charter);
    struct view_rule *rules = ARENA_ARRAY(arena, from->rule_count, struct view_rule);
    for (size_t i = 0; i < from->rule_count; i++) {
        const struct view_rule *rule = &from->rules[i];
        rules[i] = (struct view_rule){.code = arena_copy(arena, rule->code),
                                      .title = arena_copy(arena, rule->title),
                                      .text = arena_copy(arena, rule->text),
                                      .legal_ground = arena_copy(arena, rule->legal_ground),
                                      .title_html = copy_html(arena, rule->title_html),
                                      .text_html = copy_html(arena, rule->text_html)};
    }
    *to = *from;
    to->language = arena_copy(arena, from->language);
    to->introduction = arena_copy(arena, from->introduction);
    to->introduction_html = copy_html(arena, from->introduction_html);
    to->rules = rules;
    return to;
}

static const struct view_charter *find(struct charters *charters, struct arena *arena, const struct site *site,
                                       slice language) {
    const struct view_charter *found = NULL;
    pthread_mutex_lock(&charters->mutex);
    for (size_t i = 0; i < KEPT && !found; i++) {
        const struct kept *k = &charters->kept[i];
        bool same = k->arena && k->version == site->charter_version && slice_equal(k->asked, language) &&
                    slice_equal(k->otherwise, site->language);
        if (same) found = copy(arena, k->charter);
    }
    pthread_mutex_unlock(&charters->mutex);
    return found;
}

/* In the place of what was kept the longest. Two who made the same at once keep it twice, for a while. */
static void keep(struct charters *charters, const struct view_charter *charter, const struct site *site,
                 slice language) {
    struct arena *arena = arena_new(ARENA_BYTES);
    struct kept new = {arena, charter->version, arena_copy(arena, language), arena_copy(arena, site->language),
                       copy(arena, charter)};
    pthread_mutex_lock(&charters->mutex);
    struct kept old = charters->kept[charters->next];
    charters->kept[charters->next] = new;
    charters->next = (charters->next + 1) % KEPT;
    pthread_mutex_unlock(&charters->mutex);
    arena_free(old.arena);
}

const struct view_charter *charters_get(struct charters *charters, struct db *db, struct arena *arena,
                                        const struct site *site, slice language) {
    const struct view_charter *found = find(charters, arena, site, language);
    if (found) return found;
    struct charter charter;
    struct error error;
    if (charter_load(db, arena, 0, language, &charter, &error) != OK) return NULL;
    found = view_charter_made(arena, map_charter(arena, &charter));
    if (found->version == site->charter_version) keep(charters, found, site, language);
    return found;
}
