/* Comments as values. */
#include "view/page_common.h"

#include "text/excerpt.h"
#include "text/link.h"
#include "text/typography.h"
#include "view/page_read.h"

time_ms view__comment_time(const struct view_comment *comment) {
    return comment->published_at != 0 ? comment->published_at : comment->submitted_at;
}

slice view__comment_language(const struct view_comment *comment, const struct view_article *article) {
    return comment->language.n > 0 ? comment->language : article->language;
}

slice view__comment_title(struct view__page *p, const struct view_comment *comment,
                          const struct view_article *article) {
    if (comment->title.n > 0) return view__title(p, view__comment_language(comment, article), comment->title);
    if (p->titled != article) {
        slice headline = view__title(p, article->language, article->headline);
        p->derived_title = text_cut_title(p->arena, headline, VIEW__TITLE_CHARS);
        p->titled = article;
    }
    return p->derived_title;
}

static slice stub_text(const struct view__page *p, const struct view_comment *comment) {
    if (comment->state == VIEW_COMMENT_WITHDRAWN) return view__text(p, T("This message was withdrawn by its author."));
    return view__text(p, T("This message was removed by the moderators."));
}

static slice badge_text(const struct view__page *p, enum view_badge badge) {
    switch (badge) {
    case VIEW_BADGE_NONE: return S("");
    case VIEW_BADGE_AUTHOR: return view__text(p, T("author of the article"));
    case VIEW_BADGE_MODERATOR: return view__text(p, T("moderator"));
    case VIEW_BADGE_MEMBER: return view__text(p, T("member"));
    }
    return S("");
}

static bool stands_in(const struct view_thread *thread, int64_t number) {
    if (!thread) return false;
    if (thread->root.number == number) return true;
    for (size_t i = 0; i < thread->reply_count; i++) {
        if (thread->replies[i].number == number) return true;
    }
    return false;
}

static void set_answers(struct view__page *p, struct value *object, const struct view_comment *comment,
                        const struct view__comment_setting *setting) {
    value_set_null(object, S("answers"));
    value_set_null(object, S("answers_quietly"));
    if (comment->parent == 0) return;
    bool said = (setting->standalone || comment->parent != comment->root) && comment->parent_name.n > 0;
    if (!said) {
        value_set_string(object, S("answers_quietly"), address_comment(p->arena, comment->parent));
        return;
    }
    struct value *answers = value_set_object(object, S("answers"));
    bool here = stands_in(setting->thread, comment->parent);
    value_set_string(answers, S("href"),
                     here ? address_with_anchor(p->arena, S(""), comment->parent)
                          : address_comment(p->arena, comment->parent));
    value_set_string(answers, S("name"), comment->parent_name);
    value_set_int(answers, S("number"), comment->parent);
}

static void set_title(struct view__page *p, struct value *object, const struct view_comment *comment,
                      const struct view_article *article) {
    bool given = comment->title.n > 0;
    slice title = view__comment_title(p, comment, article);
    slice language = given ? view__comment_language(comment, article) : article->language;
    value_set_null(object, S("title"));
    value_set_null(object, S("derived_title"));
    value_set_string(object, given ? S("title") : S("derived_title"), title);
    bool other = language.n > 0 && !slice_equal(language, p->language);
    if (other)
        value_set_string(object, S("title_lang"), language);
    else
        value_set_null(object, S("title_lang"));
}

static void set_edited(struct view__page *p, struct value *object, const struct view_comment *comment) {
    if (comment->edited_at == 0) {
        value_set_null(object, S("edited"));
        return;
    }
    value_set_string(object, S("edited"), view__date_within(p, comment->edited_at));
    value_set_string(object, S("edited_iso"), date_iso(p->context->dates, p->arena, comment->edited_at));
    value_set_bool(object, S("edited_by_desk"), comment->edited_by_desk);
}

static void set_actions(struct view__page *p, struct value *object, const struct view_comment *comment,
                        const struct view__comment_setting *setting) {
    bool actions = setting->actions && comment->number != 0 && comment->state == VIEW_COMMENT_PUBLISHED;
    value_set_bool(object, S("actions"), actions);
    value_set_null(object, S("reply"));
    if (!actions) return;
    if (setting->can_reply) value_set_string(object, S("reply"), address_comment_reply(p->arena, comment->number));
    value_set_string(object, S("report"), address_comment_report(p->arena, comment->number));
}

/* What readers and the house do about it, and what came of that. */
static void set_reactions(struct view__page *p, struct value *object, const struct view_comment *comment,
                          const struct view__comment_setting *setting) {
    const struct view_reactions *reactions = setting->reactions;
    bool is_public = reactions && comment->number != 0 && comment->state == VIEW_COMMENT_PUBLISHED;
    bool recommends = is_public && reactions->recommends, picks = is_public && reactions->picks;
    bool acts = setting->actions;
    value_set_bool(object, S("recommends"), recommends && acts);
    value_set_bool(object, S("tally"), recommends && comment->recommendation_count > 0);
    value_set_bool(object, S("picked"), picks && comment->is_picked);
    value_set_bool(object, S("may_pick"), picks && acts && p->context->viewer);
    if (recommends) {
        value_set_string(object, S("recommend"), address_comment_recommend(p->arena, comment->number));
        value_set_int(object, S("recommendations"), comment->recommendation_count);
        value_set_string(object, S("recommendations_text"), view__number(p, comment->recommendation_count));
    }
    if (picks) value_set_string(object, S("pick"), address_desk_pick(p->arena, comment->number));
}

/* Folding pays only where it hides a fair piece of the message. */
static bool is_long(struct html html, int64_t fold_lines) {
    return fold_lines > 0 && view__lines(html) > fold_lines + fold_lines / 3;
}

void view__set_comment(struct view__page *p, struct value *object, const struct view_comment *comment,
                       const struct view__comment_setting *setting) {
    bool stub = comment->state == VIEW_COMMENT_REMOVED || comment->state == VIEW_COMMENT_WITHDRAWN;
    value_set_int(object, S("number"), comment->number);
    value_set_bool(object, S("anchored"), comment->number != 0 && !setting->pinned);
    value_set_bool(object, S("pinned"), setting->pinned);
    value_set_string(object, S("href"), address_comment(p->arena, comment->number));
    value_set_bool(object, S("own"), comment->is_own);
    value_set_null(object, S("stub"));
    value_set_null(object, S("derived_title"));
    value_set_bool(object, S("is_reply"), comment->root != 0);
    value_set_bool(object, S("wide"), !stub && comment->root == 0 && comment->title.n == 0);
    if (stub) {
        value_set_string(object, S("stub"), stub_text(p, comment));
        return;
    }
    value_set_int(object, S("root_number"), comment->root);
    value_set_int(object, S("level"), setting->level);
    value_set_string(object, S("name"), comment->name);
    /* Stored addresses were checked when they came in; imported ones may be older than the check. */
    value_set_string(object, S("website"), url_is_web(comment->website) ? comment->website : S(""));
    value_set_string(object, S("badge"), badge_text(p, comment->badge));
    view__set_date(p, object, view__comment_time(comment));
    view__set_lang(p, object, view__comment_language(comment, setting->article));
    value_set_html(object, S("html"), comment->html);
    value_set_int(object, S("fold"), is_long(comment->html, setting->fold_lines) ? setting->fold_lines : 0);
    if (comment->is_own && comment->secret.n > 0) {
        value_set_string(object, S("private"), address_message(p->arena, comment->secret));
    } else {
        value_set_null(object, S("private"));
    }
    set_answers(p, object, comment, setting);
    set_title(p, object, comment, setting->article);
    set_edited(p, object, comment);
    set_actions(p, object, comment, setting);
    set_reactions(p, object, comment, setting);
}
