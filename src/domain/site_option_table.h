/* The options of the site: one line each, and its French in po/fr.po. Everything else follows from the line: it is loaded
   with the site, checked, journalled when it changes, and stands on the desk's page of the site.

   OPTION(ID, "name in the database and in forms", GROUP, type with its default, label, help or "")
     SITE_SWITCH(initial)                  0 or 1
     SITE_CHOICE(SET, initial)             the index of a choice; sets of choices are in site_option.c
     SITE_NUMBER(initial, least, most)
     SITE_TEXT(initial, max_characters)    one line; may be empty
   A name is for ever: values out there are stored under it. Read one with site_option(&site->options, SITE_OPTION_ID).
   The words are English, marked for script/extract-messages; the desk translates them. */
#ifndef PALABRE_DOMAIN_SITE_OPTION_TABLE_H
#define PALABRE_DOMAIN_SITE_OPTION_TABLE_H

/* clang-format off */
#define SITE_OPTIONS(OPTION) \
    OPTION(EXCERPT_CHARACTERS, "excerpt_characters", READING, SITE_NUMBER(900, 100, 5000), \
           T("Press excerpts: characters proposed"), T("So many characters of the first paragraphs of the page quoted are put into the form. How much may be quoted is a matter of law.")) \
    OPTION(RECOMMENDATIONS, "recommendations", READING, SITE_SWITCH(0), \
           T("Readers may recommend messages"), T("One recommendation of each reader and message, and no votes against. The most recommended messages can then be read first.")) \
    OPTION(PICKS, "picks", READING, SITE_SWITCH(0), \
           T("Editors’ picks"), T("Moderators pick messages, at the desk or beside the message; the latest five stand above the discussion.")) \
    OPTION(FOLDING, "folding", READING, SITE_CHOICE(FOLDING, FOLDING_18), \
           T("Long messages fold"), T("What is folded opens at a click, for the search of the browser, and on paper.")) \
    OPTION(SPELLING, "spelling", PROOFREADING, SITE_CHOICE(POLICY, POLICY_ADVISE), \
           T("Spelling"), T("The preview underlines the words that the dictionary does not know. Required: whoever sends such words all the same is asked once whether they are meant.")) \
    OPTION(FOREIGN, "foreign", PROOFREADING, SITE_CHOICE(POLICY, POLICY_ADVISE), \
           T("Messages in another language than the discussion"), T("Recognised from 60 characters on.")) \
    OPTION(CAPITALS, "capitals", PROOFREADING, SITE_CHOICE(POLICY, POLICY_ADVISE), \
           T("Messages all in capitals"), "") \
    OPTION(REPEATED, "repeated", PROOFREADING, SITE_CHOICE(POLICY, POLICY_ADVISE), \
           T("Messages that repeat an earlier one of their author"), "") \
    OPTION(SHORT, "short", PROOFREADING, SITE_CHOICE(POLICY, POLICY_ADVISE), \
           T("Messages that are too short"), "") \
    OPTION(SHORT_BELOW, "short_below", PROOFREADING, SITE_NUMBER(12, 1, 1000), \
           T("Too short is: fewer characters than"), "") \
    OPTION(LONG, "long", PROOFREADING, SITE_CHOICE(POLICY, POLICY_ADVISE), \
           T("Messages that are too long"), "") \
    OPTION(LONG_ABOVE, "long_above", PROOFREADING, SITE_NUMBER(3000, 100, 100000), \
           T("Too long is: more characters than"), "") \
    OPTION(LINKS_MOST, "links_most", ABUSE, SITE_NUMBER(10, 0, 1000), \
           T("Links in a message, at most"), T("A message with more is not taken; its author keeps the text. 0: any number.")) \
    OPTION(LINKS_FIRST, "links_first", ABUSE, SITE_CHOICE(LINKS, LINKS_HELD), \
           T("Links in the first message of an author"), T("First: nothing from the same device has been published yet.")) \
    OPTION(NEAR_PERCENT, "near_percent", ABUSE, SITE_NUMBER(75, 50, 100), \
           T("Nearly the same is: alike by this many percent"), T("The moderator is told which earlier messages are.")) \
    OPTION(FLOOD_NETWORK, "flood_network", ABUSE, SITE_NUMBER(12, 0, 10000), \
           T("Messages from one network in ten minutes, at most"), T("Further ones wait for a moderator, who is told so. 0: any number.")) \
    OPTION(FLOOD_AUTHOR, "flood_author", ABUSE, SITE_NUMBER(6, 0, 10000), \
           T("Messages from one author in ten minutes, at most"), T("Further ones wait for a moderator, who is told so. 0: any number.")) \
    OPTION(SLOW_SECONDS, "slow_seconds", ABUSE, SITE_NUMBER(0, 0, 86400), \
           T("Slow mode: seconds between two messages of an author in one discussion"), T("0: none.")) \
    OPTION(QUICK_SECONDS, "quick_seconds", ABUSE, SITE_NUMBER(3, 0, 60), \
           T("Sent too quickly is: fewer seconds after the form was there than"), T("The moderator is told.")) \
    OPTION(CHALLENGE, "challenge", ABUSE, SITE_CHOICE(CHALLENGES, CHALLENGE_PRESSURE), \
           T("Proof of work before sending"), T("The reader’s device computes for a moment; whoever has no JavaScript waits instead, and a moderator reads first.")) \
    OPTION(PRESSURE, "pressure", ABUSE, SITE_NUMBER(30, 1, 100000), \
           T("Pressure is: so many messages turned away in ten minutes"), "")
/* clang-format on */

#endif
