/* Ids, each a type of its own: an article's cannot pass for a comment's. 0 is no id. */
#ifndef PALABRE_DOMAIN_IDS_H
#define PALABRE_DOMAIN_IDS_H

#include <stdint.h>

typedef struct article_id {
    int64_t v;
} article_id;
typedef struct section_id {
    int64_t v;
} section_id;
typedef struct comment_number {
    int64_t v;
} comment_number; /* unique on the site, grows, never used twice */
typedef struct account_id {
    int64_t v;
} account_id;
typedef struct session_id {
    int64_t v;
} session_id;
typedef struct report_id {
    int64_t v;
} report_id;
typedef struct decision_id {
    int64_t v;
} decision_id;

#endif
