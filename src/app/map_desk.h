/* The domain's structs as the desk's pages want them. Shallow, as map.h. */
#ifndef PALABRE_APP_MAP_DESK_H
#define PALABRE_APP_MAP_DESK_H

#include "domain/account.h"
#include "domain/charter.h"
#include "domain/decision.h"
#include "domain/journal.h"
#include "view/page_desk_journal.h"
#include "view/page_desk_queue.h"

enum view_comment_state map_state(enum comment_state state);
enum queue_kind map_queue(enum view_queue queue);

/* The JSON of comment.checks; what cannot be read is left out. */
const struct view_check *map_checks(struct arena *arena, slice json, const struct charter *charter, size_t *count);

/* The title of the rule with this code, or the code. charter may be NULL. */
enum view_report_state map_report_state(slice state); /* "open", "upheld", "dismissed" */
slice map_rule(const struct charter *charter, slice code);

struct view_queue_entry map_queue_entry(struct arena *arena, const struct queue_entry *entry);
struct view_late map_late(comment_number number, const struct decision_other *other);
/* All but what the file does not hold: rules, neighbours, who has it open, what was typed. charter may be NULL. */
struct view_case map_case(struct arena *arena, const struct comment_file *file, const struct charter *charter);

/* names: of the accounts, to call actors by. */
const struct view_journal_row *map_journal(struct arena *arena, const struct journal_row *rows, size_t count,
                                           const struct account_list *names);
slice map_hash(struct arena *arena, const struct crypto_hash *hash); /* hexadecimal */

#endif
