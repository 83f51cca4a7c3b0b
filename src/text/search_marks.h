/* What stands between words in a document's terms. For the search of this room only. */
#ifndef PALABRE_TEXT_SEARCH_MARKS_H
#define PALABRE_TEXT_SEARCH_MARKS_H

#define SEARCH__FILLER "\uE000"  /* in the place of a word that has come too often */
#define SEARCH__AUTHOR "\uE001"  /* before each word of the author's name */
#define SEARCH__ARTICLE "\uE002" /* before the article's number, between title and body */

#endif
