/* Levels of headings without a gap. Whether people begin with h1 or with h3, the first is h2, right below the page's
   headline; and none skips a level downwards, which readers of headings alone would stumble over (WCAG 2.2, technique
   G141). For this room only. */
#ifndef PALABRE_TEXT_OUTLINE_H
#define PALABRE_TEXT_OUTLINE_H

enum { OUTLINE_LEVELS = 6 };

/* Zeroed: no heading yet. */
struct outline {
    unsigned char open[OUTLINE_LEVELS]; /* levels of the source, growing, of the sections that are open */
    unsigned depth;
};

/* The level (2–6) at which a heading of the source's level (1–6) stands. */
unsigned outline__level(struct outline *outline, unsigned source_level);

#endif
