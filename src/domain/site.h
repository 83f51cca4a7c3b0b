/* The site: the publication's own row. One per database. */
#ifndef PALABRE_DOMAIN_SITE_H
#define PALABRE_DOMAIN_SITE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/error.h"
#include "db/db.h"
#include "domain/ids.h"
#include "domain/site_option.h"

/* Who reads a message before it appears. MODERATION_INHERIT (sections, articles): what stands above decides. */
enum moderation { MODERATION_INHERIT, MODERATION_PRE, MODERATION_POST, MODERATION_CLOSED };
enum removed_display { REMOVED_STUB, REMOVED_HIDE };

slice moderation_name(enum moderation m); /* "" for inherit, "pre", "post", "closed": as stored and in forms */
bool moderation_parse(slice name, enum moderation *out);
slice removed_display_name(enum removed_display display); /* "stub", "hide": as stored and in forms */
bool removed_display_parse(slice name, enum removed_display *out);

struct site {
    slice name, tagline;
    slice language;  /* "fr" or "en" */
    slice time_zone; /* IANA */
    enum moderation moderation;
    bool strict; /* the whole site under pre-moderation, whatever sections and articles say */
    enum removed_display removed_display;
    int64_t close_after_days; /* 0: never */
    bool gives_reasons;       /* authors see the reason of a refusal */
    int64_t charter_version;  /* 0: none */
    int64_t version;
    int64_t pending_count, report_count;
    bool needs_setup; /* no administrator yet: the one-time address is open */
    struct site_options options;
};

/* Read or write connection. NOT_FOUND when the database holds no site yet. */
enum status site_load(struct db *db, struct arena *arena, struct site *out, struct error *error) MUST_USE;

struct site_defaults {
    slice name, tagline, language, time_zone;
};
/* Writer: makes the site's row, with a first charter in French and English, if there is none. OK either way. INVALID. A
   new site reads messages before they appear, shows a stub where one was removed, gives reasons, and closes nothing. */
enum status site_create(struct db *db, const struct site_defaults *defaults, struct error *error) MUST_USE;
/* Writer: saves name, tagline, language, time zone, the policies and the options; journals what changed (nothing, when nothing did).
   Every page shows some of it: the version of every discussion grows. INVALID, "field: what". */
enum status site_save(struct db *db, const struct site *site, account_id by, struct error *error) MUST_USE;

/* Writer: a fresh one-time secret for the set-up address (replaces an earlier one); FORBIDDEN once an account exists. */
enum status site_setup_begin(struct db *db, struct arena *arena, slice *secret, struct error *error) MUST_USE;
/* Whether this is the current secret, and there is no account yet. Read or write connection. */
bool site_setup_check(struct db *db, slice secret);
/* Writer, within the transaction that adds the first account: the secret is spent. */
enum status site_setup_end(struct db *db, struct error *error) MUST_USE;

/* Writer, at the start: notes the fingerprint of this process's secret in a database that has none. Where another one stands: with
   one process (db_is_shared) the new one takes its place, and *changed is true; with several, FORBIDDEN. */
enum status site_note_secret(struct db *db, slice fingerprint, bool *changed, struct error *error) MUST_USE;

#endif
