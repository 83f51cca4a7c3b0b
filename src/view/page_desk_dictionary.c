#include "view/page_desk_dictionary.h"

#include "view/page_desk_common.h"

#define WORDS ADDRESS_DESK "/dictionary"

static slice notice_of(struct view__page *p, const struct view_desk_dictionary *page) {
    bool added = page->added.n > 0;
    if (!added && page->removed.n == 0) return S("");
    const struct catalog_argument argument = {S("word"), added ? page->added : page->removed};
    const char *message = added ? T("“{word}” is in the dictionary of the site.") : T("“{word}” is taken out.");
    return catalog_format(p->arena, view__text(p, message), &argument, 1);
}

enum status view_desk_dictionary(const struct view_context *context, const struct view_desk_dictionary *page,
                                 struct buf *out, struct error *error) {
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_DICTIONARY, S(WORDS)}, T("Dictionary"));
    value_set_string(p.root, S("notice"), notice_of(&p, page));
    value_set_string(p.root, S("action"), S(WORDS));
    value_set_string(p.root, S("typed"), page->typed);
    value_set_bool(p.root, S("wrong"), page->wrong);
    value_set_bool(p.root, S("any"), page->count > 0);
    struct value *list = value_set_list(p.root, S("words"));
    for (size_t i = 0; i < page->count; i++) {
        const struct view_site_word *w = &page->words[i];
        struct value *item = value_list_add(list);
        value_set_string(item, S("word"), w->word);
        value_set_string(item, S("by"), w->by_name);
        view__desk_set_time(&p, item, "added", w->added_at, page->now);
    }
    return view__page_render(&p, S("desk/dictionary"), out, error);
}
