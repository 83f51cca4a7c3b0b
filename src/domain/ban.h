/* Bans: a device, or a block of addresses (IPv4 /24, IPv6 /48), may not write until a date. Set by a moderator upon a
   message, revocable, journalled. What is banned is known by its mark alone: the hash of a device's token, or a keyed
   fingerprint of the block; nobody at the desk sees an address. */
#ifndef PALABRE_DOMAIN_BAN_H
#define PALABRE_DOMAIN_BAN_H

#include "domain/site.h"

enum ban_kind { BAN_DEVICE, BAN_NETWORK };
slice ban_kind_name(enum ban_kind kind); /* "device", "network": as stored and in forms */
bool ban_kind_parse(slice name, enum ban_kind *out);

enum {
    BAN_NOTE_MAX = 500, /* characters */
    BAN_DAYS_MAX = 3660,
    BAN_LIST_MAX = 500,
};

/* The mark of a device, by the hash of its token as messages keep it; empty for none. */
slice ban_device_mark(struct arena *arena, slice device_hash);

struct ban {
    int64_t id;
    enum ban_kind kind;
    comment_number comment; /* it was set upon */
    slice name;             /* that message's pseudonym */
    slice note;
    time_ms created_at, ends_at, revoked_at; /* revoked_at 0: not */
    slice by_name, revoked_by_name;
};
struct ban_list {
    struct ban *items;
    size_t count;
};

/* The ban that holds now, the last to end, for a sender with these marks (either may be empty). NOT_FOUND: none. */
enum status ban_find(struct db *db, slice device_mark, slice network_mark, struct ban *out,
                     struct error *error) MUST_USE;
/* All that hold now, the next to end first; or those that have ended, newest first. At most BAN_LIST_MAX. */
enum status ban_list_load(struct db *db, struct arena *arena, bool ended, struct ban_list *out,
                          struct error *error) MUST_USE;
/* Those that hold now for a sender with these marks. */
enum status ban_list_sender(struct db *db, struct arena *arena, slice device_mark, slice network_mark,
                            struct ban_list *out, struct error *error) MUST_USE;

/* What is known of who sent a message. */
struct sender {
    article_id article;
    slice name;
    slice device_hash;    /* empty: no device */
    slice address_sealed; /* empty: unknown, or purged */
};
enum status sender_load(struct db *db, struct arena *arena, comment_number number, struct sender *out,
                        struct error *error) MUST_USE;

struct ban_order {
    enum ban_kind kind;
    slice mark; /* not empty */
    comment_number comment;
    article_id article;
    slice name, note;
    time_ms ends_at;
};
/* Writer. INVALID: the note is too long, the end is past or too far. */
enum status ban_set(struct db *db, const struct ban_order *order, account_id by, struct error *error) MUST_USE;
/* Writer. NOT_FOUND; CONFLICT: it has ended already. */
enum status ban_revoke(struct db *db, int64_t id, account_id by, struct error *error) MUST_USE;

#endif
