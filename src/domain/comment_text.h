/* From what somebody typed to what is shown and what the moderator is told. For this room only; reading connections. */
#ifndef PALABRE_DOMAIN_COMMENT_TEXT_H
#define PALABRE_DOMAIN_COMMENT_TEXT_H

#include "domain/comment.h"

/* The HTML of a normalised text. '@name' links to the latest published message of that name in the discussion: one
   statement, with at most COMMENT_MENTIONS_MAX names found in the text. LIMIT: markdown.h. */
enum { COMMENT_MENTIONS_MAX = 10 };
enum status comment__render(struct db *db, struct arena *arena, article_id article, slice language, slice text,
                            slice *html, struct error *error) MUST_USE;

/* What tells whether two texts are the same words (text/fold.h); kept as comment.text_hash, so never to be changed. */
int64_t comment__text_hash(struct arena *arena, slice text);

/* Names that may stand behind an '@' in the text, each once: as typed and with capitals, of one to three words. */
size_t comment__mention_names(struct arena *arena, slice text, slice names[COMMENT_MENTIONS_MAX]);

/* What a moderator should look at twice, as a JSON array of objects: "check" is a stable code, the rest its details.
     {"check":"links","count":4}        more than two links to other sites
     {"check":"capitals"}               nearly all of it in capitals
     {"check":"short","count":3}        so few characters
     {"check":"repeated","comment":12}  the same text by the same hand in another discussion */
slice comment__checks(struct arena *arena, slice text, slice html, comment_number repeated);

/* Links to other sites in the HTML of a message. */
int64_t comment__count_links(slice html);
/* Nearly all of its letters, of a dozen at least. */
bool comment__is_all_capitals(slice text);

#endif
