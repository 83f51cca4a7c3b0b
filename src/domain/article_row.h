/* Between rows of article.def and struct article. For this room only. */
#ifndef PALABRE_DOMAIN_ARTICLE_ROW_H
#define PALABRE_DOMAIN_ARTICLE_ROW_H

#include "domain/article.h"

/* A row of ARTICLE_COLUMNS. */
enum status article__read(struct db_rows *rows, struct arena *arena, struct article *out, struct error *error) MUST_USE;
/* The parameters that ARTICLE_ADD and ARTICLE_SAVE share. */
void article__bind(struct db_rows *rows, const struct article *article);
/* Makes one, as it is: state, dates and all. source, key: of an import, empty otherwise. CONFLICT: that pair is there. */
enum status article__insert(struct db *db, const struct article *article, account_id by, slice source, slice key,
                            article_id *id, struct error *error) MUST_USE;
/* The article that was made of that pair. NOT_FOUND, with no error set. */
enum status article__find_once(struct db *db, slice source, slice key, article_id *id, struct error *error) MUST_USE;
/* SHA-256 of headline, standfirst and body, each as LENGTH:BYTES: what the journal says of a text. */
struct crypto_hash article__text_hash(const struct article *article);

#endif
