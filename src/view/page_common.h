/* What the page builders of this room share. Not for other rooms.
   A page is built as a tree of values: `page` holds what the layout needs (head, masthead, footer), everything else is
   the page's own. Names looked for in an inner object fall through to the outer ones: so builders of things that are
   nested (comments, entries of lists) set each of their optional keys, to null where there is nothing. */
#ifndef PALABRE_VIEW_PAGE_COMMON_H
#define PALABRE_VIEW_PAGE_COMMON_H

#include "base/buf.h"
#include "base/error.h"
#include "text/html.h"
#include "view/address.h"
#include "view/article.h"
#include "view/context.h"
#include "view/form.h"
#include "view/value.h"

struct view__page {
    const struct view_context *context;
    const struct catalog *catalog;
    struct arena *arena;
    slice language; /* of the interface */
    struct value *root, *page;
    const struct view_article *titled; /* the article whose cut title stands in derived_title: made once a page */
    slice derived_title;
    bool asks_pseudonym; /* the form's `name` is labelled so */
    slice refused_words; /* the form's */
};

void view__page_begin(struct view__page *p, const struct view_context *context);
/* What the page is about, without the site's name. Not called: the site's name alone. */
void view__page_title(struct view__page *p, slice title);
void view__page_set_section(struct view__page *p, slice current_slug); /* the masthead marks it; empty: none */
void view__page_describe(struct view__page *p, slice description);     /* plain text; empty: nothing */
void view__page_canonical(struct view__page *p, slice address);
void view__page_noindex(struct view__page *p);
/* <link rel=alternate> for each format, and the same list under `feeds` of `labels` (may be NULL). */
void view__page_feeds_articles(struct view__page *p);
void view__page_feeds_comments(struct view__page *p, const struct view_article *article, struct value *labels);
enum status view__page_render(struct view__page *p, slice template_name, struct buf *out, struct error *error) MUST_USE;

slice view__in_language(const struct view__page *p, slice address);        /* ?lang= where it is not the site's */
slice view__asset(const struct view__page *p, slice name);                 /* its address */
slice view__text(const struct view__page *p, const char *message);         /* translated */
slice view__title(const struct view__page *p, slice language, slice text); /* typography applied, not escaped */

/* Numbers and dates for people. */
slice view__decimal(struct arena *arena, int64_t n);            /* 12345 */
slice view__number(const struct view__page *p, int64_t n);      /* 12 345 in French, 12,345 in English */
slice view__date_within(const struct view__page *p, time_ms t); /* date_long as it stands inside a sentence */
/* key, as it stands inside a sentence, and key_iso; 0: nulls. */
void view__set_moment(struct view__page *p, struct value *object, slice key, time_ms t);
void view__set_date(struct view__page *p, struct value *object, time_ms t); /* published, published_iso; 0: nulls */

/* The words of our own safe HTML: tags dropped (blocks become a space), the five entities decoded. At most max_bytes,
   cut between characters. Linear. */
slice view__plain(struct arena *arena, struct html html, size_t max_bytes);
/* Addresses of our own site in it get the host before them, for what is read elsewhere: feeds, mails. */
struct html view__absolute_html(struct view__page *p, struct html html);
/* How many lines a reader sees, about. */
int view__lines(struct html html);

/* `lang` of something in another language than the interface's: set, or null. */
void view__set_lang(const struct view__page *p, struct value *object, slice language);

enum view__article_detail { VIEW__ENTRY /* in a list */, VIEW__NAMED /* a page about it */, VIEW__WHOLE };
void view__set_article(struct view__page *p, struct value *object, const struct view_article *article,
                       enum view__article_detail detail);
slice view__article_address(struct view__page *p, const struct view_article *article);
slice view__article_summary(struct arena *arena, const struct view_article *article, size_t max_chars); /* plain */
/* The address of the first image in the body, as written there; empty: none. */
slice view__article_image(const struct view_article *article);
/* Fills the list with entries; the first one is the lead where `lead`. */
void view__set_articles(struct view__page *p, slice key, const struct view_article *articles, size_t count, bool lead);

struct view_reactions;
/* `related`: a list of links, and has_related. */
void view__set_related(struct view__page *p, const struct view_article *articles, size_t count);

/* How a comment stands on a page. */
struct view__comment_setting {
    const struct view_article *article;
    int level;       /* of its heading: 3 for a root on a discussion's page, 4 for a reply */
    bool standalone; /* out of its thread: whom it answers is always said */
    bool actions;    /* Reply, Report */
    bool can_reply;
    const struct view_thread *thread;       /* whose comments stand on the same page; NULL: none */
    const struct view_reactions *reactions; /* NULL: none */
    int64_t fold_lines;                     /* 0: never folded */
    bool pinned;                            /* a second time on its page: without its anchor */
};
void view__set_comment(struct view__page *p, struct value *object, const struct view_comment *comment,
                       const struct view__comment_setting *setting);
/* The given title, or the article's, cut at a word. Plain text, typography applied. */
slice view__comment_title(struct view__page *p, const struct view_comment *comment, const struct view_article *article);
enum { VIEW__TITLE_CHARS = 30 };
/* published_at, or when it was sent. */
time_ms view__comment_time(const struct view_comment *comment);
slice view__comment_language(const struct view_comment *comment, const struct view_article *article);

struct view_discussion;
/* The head and the article of a discussion's page, without its messages: page_discussion.c. */
void view__article_begin(struct view__page *p, const struct view_context *context, const struct view_discussion *page);

void view__set_charter(struct view__page *p, const struct view_charter *charter_or_null);

/* `problems` for the summary, and `errors` with one text per field. */
void view__set_problems(struct view__page *p, const struct view_problem *problems, size_t count);
/* The same, and after them what is wrong with fields that have no name in view/form.h. */
struct view__own_problem {
    slice id, label, text; /* of the element the summary leads to is "field-{id}" */
};
void view__set_problems_and(struct view__page *p, const struct view_problem *problems, size_t count,
                            const struct view__own_problem *own, size_t own_count);
/* Words, links, bans, slow mode, proofs; empty for other faults. And the object `proof` of a form that asks for one. */
slice view__abuse_text(struct view__page *p, const struct view_problem *problem);
void view__set_proof(struct view__page *p, struct value *object, const struct view_form *form);
slice view__problem_text(struct view__page *p, const struct view_problem *problem); /* as it stands beside the field */
struct view_proofreading;
/* `proofreading`, with its words and its advice; null: nothing to say. */
void view__set_proofreading(struct view__page *p, const struct view_proofreading *proofreading_or_null);
void view__set_form(struct view__page *p, const struct view_form *form_or_null, bool previewed);

#endif
