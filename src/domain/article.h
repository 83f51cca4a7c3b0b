/* Articles, press excerpts and pages, with the switches of their discussion. */
#ifndef PALABRE_DOMAIN_ARTICLE_H
#define PALABRE_DOMAIN_ARTICLE_H

#include "domain/section.h"

enum article_kind { ARTICLE_PLAIN, ARTICLE_EXCERPT, ARTICLE_PAGE }; /* a page stands in no list */
enum article_state { ARTICLE_DRAFT, ARTICLE_PUBLISHED, ARTICLE_WITHDRAWN };
enum body_format { BODY_MARKDOWN, BODY_HTML };

slice article_kind_name(enum article_kind kind); /* "article", "excerpt", "page" */
bool article_kind_parse(slice name, enum article_kind *out);
slice article_state_name(enum article_state state); /* "draft", "published", "withdrawn" */
bool article_state_parse(slice name, enum article_state *out);
slice body_format_name(enum body_format format); /* "markdown", "html" */
bool body_format_parse(slice name, enum body_format *out);

struct article {
    article_id id; /* 0 when new */
    section_id section;
    slice section_slug, section_title; /* read only; empty without a section */
    enum article_kind kind;
    enum article_state state;
    slice slug, language;
    slice headline, standfirst, byline;
    slice body_source;
    enum body_format body_format;
    slice body_html; /* safe, derived; empty in lists */
    slice source_url, source_site, source_author, source_title;
    time_ms source_date;        /* 0: unknown */
    enum moderation moderation; /* the article's own */
    enum moderation effective;  /* read only: what holds now, from site.strict, article, section, site, in that order */
    bool discussion_closed;     /* by the editor */
    bool accepts_comments;      /* read only: published, not closed by editor, policy or age (site.close_after_days) */
    time_ms created_at, published_at, updated_at; /* published_at 0: not yet */
    account_id author;                            /* who made it; 0 imported */
    int64_t revision, version, last_ordinal, comment_count, pending_count;
    slice send_key; /* of a new one: the one-time key of its form; empty: none. Not read back */
};

struct article_list {
    struct article *items;
    size_t count;
    bool more; /* there are older ones */
};

/* What meets at one discussion: who reads its messages first, and whether it takes any. */
struct article_policy {
    bool strict;                                     /* the site's */
    enum moderation of_site, of_section, of_article; /* of_section: inherit without a section */
    int64_t close_after_days;                        /* the site's; 0: never */
    enum article_state state;
    bool discussion_closed;
    time_ms published_at; /* 0: not yet */
};
/* The article's own policy, else its section's, else the site's; under site.strict 'post' becomes 'pre', and closed stays
   closed. Never MODERATION_INHERIT. */
enum moderation article_policy_effective(const struct article_policy *policy);
/* Published, not closed by its editor nor by policy, and younger than close_after_days. */
bool article_policy_accepts(const struct article_policy *policy, time_ms now);

/* Any state; the caller decides who may see a draft. NOT_FOUND. */
enum status article_get(struct db *db, struct arena *arena, article_id id, struct article *out,
                        struct error *error) MUST_USE;

/* The same without its texts: body_source and body_html are empty. */
enum status article_get_brief(struct db *db, struct arena *arena, article_id id, struct article *out,
                              struct error *error) MUST_USE;

/* What whoever sends it a message has to know of an article: one small statement. Any state. NOT_FOUND. */
struct article_admission {
    enum article_state state;
    slice language;
    enum moderation effective; /* as in struct article */
    bool accepts_comments;     /* the same */
    int64_t charter_version;   /* of the site, which a sender accepts */
};
enum status article_admission(struct db *db, struct arena *arena, article_id id, struct article_admission *out,
                              struct error *error) MUST_USE;

/* What its followers are told; one small statement. Any state. NOT_FOUND. */
struct article_standing {
    enum article_state state;
    int64_t version, comment_count;
};
enum status article_standing(struct db *db, article_id id, struct article_standing *out, struct error *error) MUST_USE;

struct article_filter {
    section_id section;   /* 0: all */
    slice language;       /* empty: all */
    bool all_states;      /* for the editor's list: drafts and withdrawn too, newest change first, pages too */
    time_ms before;       /* keyset: older than this moment … */
    article_id before_id; /* … or of it with a smaller id; 0: from the newest */
    time_ms since;        /* 0: no lower bound (archive by month) */
    size_t limit;         /* 1..500 */
    bool with_body;       /* body_html too (feeds) */
};
/* Published articles, newest first (pages are left out). Bodies are empty unless asked for. With all_states, before and
   since are about updated_at. */
enum status article_list_load(struct db *db, struct arena *arena, const struct article_filter *filter,
                              struct article_list *out, struct error *error) MUST_USE;

/* When the first article (not page) was published at or after a moment. NOT_FOUND: none. */
enum status article_first_since(struct db *db, time_ms since, time_ms *published_at, struct error *error) MUST_USE;

/* When each published article (not page) was published, newest first: for the archive's months. As article_each. */
enum status article_each_moment(struct db *db, enum status (*visit)(void *ctx, time_ms published_at), void *ctx,
                                struct error *error) MUST_USE;

/* The published pages, which stand in no other list, by headline; at most 500. Without text. */
enum status article_list_pages(struct db *db, struct arena *arena, struct article_list *out,
                               struct error *error) MUST_USE;

/* Each published article and page, oldest id first, without text: for the sitemap. What visit gets is borrowed until it
   returns; what it returns other than OK ends it. */
enum status article_each(struct db *db, enum status (*visit)(void *ctx, const struct article *article), void *ctx,
                         struct error *error) MUST_USE;

enum {
    ARTICLE_HEADLINE_MAX = 250, /* characters */
    ARTICLE_STANDFIRST_MAX = 2000,
    ARTICLE_BYLINE_MAX = 200,
};
/* Normalises and checks every field, fills slug (when empty) and body_html: INVALID with error->detail "field: what". An
   excerpt needs its source_url. Any thread. */
enum status article_prepare(struct arena *arena, struct article *article, struct error *error) MUST_USE;

/* The article that was made with this key of a form, if one was. NOT_FOUND. */
enum status article_find_sent(struct db *db, slice send_key, article_id *id, struct error *error) MUST_USE;

/* Writer: makes (id 0: a draft) or saves a prepared article: headline, texts, section, kind, language, source, moderation,
   discussion_closed. `revision` is the one the form was made from: CONFLICT when somebody saved since. NOT_FOUND. INVALID:
   no such section. The text replaced is kept as a revision; journals. `by` 0: the program. */
enum status article_save(struct db *db, const struct article *article, account_id by, article_id *id,
                         struct error *error) MUST_USE;
/* Writer: draft ↔ published ↔ withdrawn; nothing is done when it is so already. Publishing sets published_at, the first
   time (at: 0 = now). CONFLICT: no such step. NOT_FOUND. Journals. */
enum status article_set_state(struct db *db, article_id id, enum article_state state, time_ms at, account_id by,
                              struct error *error) MUST_USE;
/* Writer: opens or closes the discussion; its own policy. NOT_FOUND. Journals. */
enum status article_set_discussion(struct db *db, article_id id, bool closed, enum moderation moderation, account_id by,
                                   struct error *error) MUST_USE;

/* Addresses of what was imported: path and query as on the old site. NOT_FOUND. One of the two ids is set. */
enum status redirect_find(struct db *db, slice path, article_id *article, comment_number *comment,
                          struct error *error) MUST_USE;

#endif
