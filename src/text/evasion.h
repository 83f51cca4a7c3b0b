/* A text as it is read, whatever was done so that a list of words would not know it: case, accents, look-alike
   characters of other scripts (UTS #39), invisible ones, letters pulled apart (s p e l t, d.o.t.t.e.d), digits and signs
   for letters (l33t), letters repeated. Each letter knows where it stands in the source, so that the very words can be
   shown. Never shown itself. Any thread.

   Nothing is decided here that would make two honest words one: what a sign may stand for, how often a letter came and
   what stood between two letters are kept, and word_set.h weighs them when it has something to compare with. */
#ifndef PALABRE_TEXT_EVASION_H
#define PALABRE_TEXT_EVASION_H

#include "base/arena.h"
#include "base/slice.h"

/* What stands before a letter. */
enum evasion_gap {
    GAP_NONE,
    GAP_JOINT, /* a sign within a word: sal-ope, s.alope */
    GAP_SPELT, /* between the letters of a word that is spelt out: s a l o p e */
    GAP_WORD,  /* white space, an apostrophe, other signs, or the start of the text */
};

struct evasion_letter {
    uint32_t c;        /* lower case, without accents; or the digit or sign as it is */
    uint32_t symbol;   /* the same for all that may stand for one another (i l 1 ! |): what automata compare */
    uint32_t from, to; /* bytes of the source: of the first, to the end of the last of a run */
    uint16_t run;      /* how often it stands here, one right after the other */
    uint8_t gap;       /* enum evasion_gap */
    bool disguised;    /* a digit or sign that may be a letter, or a run with one in it */
};

struct evasion {
    struct evasion_letter *letters; /* in the arena */
    size_t count;
};

/* text: valid UTF-8; anything else counts as a space. At most 4 GB. Time and memory grow linearly. */
struct evasion text_evasion(struct arena *arena, slice text);

/* Whether the letter of a text, c, may be read as the letter of a word. */
bool evasion_reads(uint32_t c, uint32_t letter);

/* The same with what is one letter after such a gap made a run of it: con-nard is con nard, and connard. Itself when there
   is no such gap. */
struct evasion evasion_merged(struct arena *arena, const struct evasion *evasion, enum evasion_gap gap);

/* The same as plain text for expressions: the letters as they are most likely read, words apart by one space. places:
   for each of its bytes, where that stands in the source. */
struct evasion_place {
    size_t from, to;
};
slice evasion_plain(struct arena *arena, const struct evasion *evasion, const struct evasion_place **places);

#endif
