/* Following a discussion by e-mail. An address asks, confirms by a link that is sent to it (double opt-in), and is told of
   each published message, or of all once a day, until it stops: then the row goes, and the address with it. */
#ifndef PALABRE_DOMAIN_FOLLOW_H
#define PALABRE_DOMAIN_FOLLOW_H

#include "domain/article.h"
#include "domain/site.h"

enum follow_frequency { FOLLOW_EACH, FOLLOW_DAILY };
slice follow_frequency_name(enum follow_frequency frequency); /* "each", "daily": as stored and in forms */
bool follow_frequency_parse(slice name, enum follow_frequency *out);

enum { FOLLOW_ASKED_MS = 48 * 3600 * 1000 }; /* a wish that is not confirmed within it is forgotten */

struct subscription {
    int64_t id;
    article_id article;
    bool active; /* the address has confirmed it */
    enum follow_frequency frequency;
    slice language;
    time_ms asked_at, told_at;
    slice email; /* personal */
    struct crypto_hash hash;
    slice headline, slug, article_language;
    bool article_published;
};

/* Writer: somebody asks that this address follow the article; a mail to it is put into the outbox. Where the address does so
   already, the mail says how to manage it; where its owner wants no mail, there is none. Nothing that comes back says which
   of these it was. NOT_FOUND: no such published article. */
struct follow_request {
    article_id article;
    slice email; /* checked, normalised */
    struct crypto_hash hash;
    enum follow_frequency frequency;
    slice language;
    slice device_token; /* the author's cookie; empty: none */
    time_ms now;
};
enum status follow_ask(struct db *db, struct arena *arena, const struct follow_request *request,
                       struct error *error) MUST_USE;

/* NOT_FOUND: it has ended, or never was. */
enum status follow_get(struct db *db, struct arena *arena, int64_t id, article_id article, struct subscription *out,
                       struct error *error) MUST_USE;
struct subscription_list {
    struct subscription *items;
    size_t count;
};
/* All that the address follows, latest first, at most limit. */
enum status follow_list(struct db *db, struct arena *arena, const struct crypto_hash *hash, size_t limit,
                        struct subscription_list *out, struct error *error) MUST_USE;

/* Writer. Each is fine when it is so already. Journalled in the article's chain, without the address. */
enum status follow_confirm(struct db *db, const struct subscription *subscription, time_ms now,
                           struct error *error) MUST_USE;
enum status follow_set_frequency(struct db *db, const struct subscription *subscription,
                                 enum follow_frequency frequency, time_ms now, struct error *error) MUST_USE;
enum status follow_end(struct db *db, const struct subscription *subscription, struct error *error) MUST_USE;
enum status follow_end_all(struct db *db, const struct subscription *subscription, struct error *error) MUST_USE;

/* What a digest holds: messages told to followers after the last one, up to `until`, that are still there. At most limit;
   *more when there are others. */
struct follow_news {
    comment_number *numbers;
    size_t count;
    bool more;
};
enum status follow_news_load(struct db *db, struct arena *arena, int64_t subscription, time_ms until, size_t limit,
                             struct follow_news *out, struct error *error) MUST_USE;
enum status follow_told(struct db *db, int64_t subscription, time_ms until, struct error *error) MUST_USE; /* writer */
/* Writer: wishes that were not confirmed in time. */
enum status follow_purge(struct db *db, time_ms now, struct error *error) MUST_USE;

#endif
