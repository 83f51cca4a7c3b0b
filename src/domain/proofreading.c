#include "domain/proofreading.h"

#include "base/utf8.h"
#include "domain/comment_text.h"
#include "domain/site_word.h"

#include <inttypes.h>
#include <unicode/uchar.h>

enum {
    TELLING_CHARACTERS = 60, /* fewer tell no language */
    TELLING_WORDS = 8,
    OWN_PERCENT = 70,      /* so many words known: it is the discussion's language */
    NO_OTHER_PERCENT = 40, /* fewer, and no other language of the site's either: some language */
    SAMPLE_BYTES = 2000,
    NAMED_WORDS = 10,
    CHECKS_BYTES = 8 * 1024,
};

struct reading {
    struct db *db;
    struct arena *arena;
    const struct proofreading_tools *tools;
    const struct comment_draft *draft;
    struct article article; /* loaded when a name may be one of its */
    bool has_article;
    enum status status;
    struct error *error;
};

static bool dictionary_knows(void *ctx, slice word) {
    struct reading *r = ctx;
    return speller_knows(r->tools->speller, r->draft->input.language, word);
}

static bool is_letter(char c) {
    return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool has_word(slice text, slice word) {
    for (size_t at, from = 0; (at = slice_find(slice_after(text, from), word)) != SIZE_MAX; from += at + word.n) {
        size_t start = from + at, end = start + word.n;
        if ((start == 0 || !is_letter(text.p[start - 1])) && (end >= text.n || !is_letter(text.p[end]))) return true;
    }
    return false;
}

/* A name that the article has, or whoever is answered bears. */
static bool is_name_around(struct reading *r, slice word) {
    const struct comment_draft *d = r->draft;
    uint32_t first = 0;
    slice rest = word;
    if (!utf8_next(&rest, &first) || !u_isupper((UChar32)first)) return false;
    if (has_word(d->parent_name, word) || has_word(d->input.name, word)) return true;
    if (!r->has_article) {
        if (article_get(r->db, r->arena, d->input.article, &r->article, r->error) != OK) return false;
        r->has_article = true;
    }
    return has_word(r->article.headline, word) || has_word(r->article.standfirst, word) ||
           has_word(r->article.byline, word) || has_word(r->article.body_source, word);
}

static bool site_excuses(void *ctx, slice word) {
    struct reading *r = ctx;
    bool known = false;
    enum status status = site_word_is_known(r->db, r->arena, word, &known, r->error);
    if (status != OK) r->status = status;
    return known || is_name_around(r, word);
}

/* --- The language ---------------------------------------------------------------------------------------------------- */

static slice sample_of(struct arena *arena, const struct proofread *text) {
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, SAMPLE_BYTES);
    for (size_t i = 0; i < text->asked_count && b.status == OK; i++) {
        if (i > 0) buf_add_char(&b, ' ');
        buf_add(&b, text->asked[i]);
    }
    return arena_copy(arena, buf_slice(&b));
}

static size_t percent_known(const struct proofreading_tools *tools, const struct proofread *text, slice language) {
    size_t known = 0;
    if (!speller_has(tools->speller, language)) return 0;
    for (size_t i = 0; i < text->asked_count; i++) known += speller_knows(tools->speller, language, text->asked[i]);
    return known * 100 / text->asked_count;
}

static bool is_same_language(slice a, slice b) { return slice_equal_nocase(slice_cut(&a, '-'), slice_cut(&b, '-')); }

/* Whether it is in another language: *which, or empty for none of the site's. */
static bool is_foreign(const struct reading *r, const struct proofread *text, slice *which) {
    const struct proofreading_tools *tools = r->tools;
    slice own = r->draft->input.language;
    slice sample = sample_of(r->arena, text);
    if (text->asked_count < TELLING_WORDS || utf8_length(sample) < TELLING_CHARACTERS) return false;
    bool has_own = speller_has(tools->speller, own);
    size_t own_percent = has_own ? (text->asked_count - text->unknown_count) * 100 / text->asked_count : 0;
    if (own_percent >= OWN_PERCENT) return false;
    slice guess = tools->tongue ? tongue_guess(tools->tongue, sample) : S("");
    size_t best = 0;
    *which = S("");
    for (size_t i = 0; i < tools->language_count; i++) {
        slice other = tools->languages[i];
        if (is_same_language(other, own) || (guess.n && !is_same_language(other, guess))) continue;
        size_t percent = percent_known(tools, text, other);
        if (percent <= best || percent <= own_percent || percent < OWN_PERCENT) continue;
        best = percent;
        *which = other;
    }
    return best > 0 || (has_own && own_percent < NO_OTHER_PERCENT);
}

/* --- What is found ---------------------------------------------------------------------------------------------------- */

static void find(struct proofreading *out, const struct site_options *options, enum site_option which,
                 struct proofreading_finding finding) {
    int64_t policy = site_option(options, which);
    if (policy == POLICY_OFF) return;
    finding.required = policy == POLICY_REQUIRE;
    out->findings[out->count++] = finding;
    bool guessed = finding.check == PROOFREADING_SPELLING || finding.check == PROOFREADING_FOREIGN;
    if (finding.required && guessed) out->asks = true;
    if (finding.required && !guessed) out->blocks = true;
}

static void look_at_form(const struct comment_draft *draft, const struct site_options *options,
                         struct proofreading *out) {
    int64_t characters = (int64_t)utf8_length(draft->input.text);
    int64_t least = site_option(options, SITE_OPTION_SHORT_BELOW), most = site_option(options, SITE_OPTION_LONG_ABOVE);
    if (slice_contains(draft->checks, S("{\"check\":\"capitals\"}"))) /* comment_prepare has looked */
        find(out, options, SITE_OPTION_CAPITALS, (struct proofreading_finding){.check = PROOFREADING_CAPITALS});
    if (characters < least)
        find(out, options, SITE_OPTION_SHORT,
             (struct proofreading_finding){.check = PROOFREADING_SHORT, .count = characters, .limit = least});
    if (characters > most)
        find(out, options, SITE_OPTION_LONG,
             (struct proofreading_finding){.check = PROOFREADING_LONG, .count = characters, .limit = most});
    if (draft->repeats.v)
        find(out, options, SITE_OPTION_REPEATED, (struct proofreading_finding){.check = PROOFREADING_REPEATED});
}

static void look_at_words(struct reading *r, const struct site_options *options, struct proofreading *out) {
    const struct comment_input *input = &r->draft->input;
    struct proofread_options how = {input->language, dictionary_knows, site_excuses, r};
    slice which = S("");
    proofread_find(r->arena, &how, html_from_stored(r->draft->html), input->text, &out->text);
    bool foreign = site_option(options, SITE_OPTION_FOREIGN) != POLICY_OFF && is_foreign(r, &out->text, &which);
    if (foreign)
        find(out, options, SITE_OPTION_FOREIGN,
             (struct proofreading_finding){.check = PROOFREADING_FOREIGN, .language = which});
    if (foreign || site_option(options, SITE_OPTION_SPELLING) == POLICY_OFF)
        out->text.word_count = out->text.mark_count = out->text.unknown_count = 0;
    if (out->text.word_count)
        find(out, options, SITE_OPTION_SPELLING,
             (struct proofreading_finding){.check = PROOFREADING_SPELLING, .count = (int64_t)out->text.word_count});
}

/* --- For the moderator ------------------------------------------------------------------------------------------------ */

static void add_words(struct buf *json, const struct proofread *text) {
    buf_add(json, S(",\"words\":["));
    for (size_t i = 0; i < text->word_count && i < NAMED_WORDS; i++) {
        buf_add(json, i ? S(",\"") : S("\""));
        buf_add_json(json, text->words[i]);
        buf_add_char(json, '"');
    }
    buf_add_char(json, ']');
}

static void add_finding(struct buf *json, const struct proofreading *p, const struct proofreading_finding *f) {
    switch (f->check) {
    case PROOFREADING_SPELLING:
        buf_add_format(json, ",{\"check\":\"spelling\",\"count\":%" PRId64, f->count);
        add_words(json, &p->text);
        buf_add_char(json, '}');
        break;
    case PROOFREADING_FOREIGN:
        buf_add_format(json, ",{\"check\":\"foreign\",\"language\":\"%.*s\"}", SLICE_FMT(f->language));
        break;
    case PROOFREADING_LONG: buf_add_format(json, ",{\"check\":\"long\",\"count\":%" PRId64 "}", f->count); break;
    case PROOFREADING_CAPITALS:
    case PROOFREADING_SHORT:
    case PROOFREADING_REPEATED: break; /* comment_prepare has told */
    }
}

static slice with_findings(struct arena *arena, slice checks, const struct proofreading *p) {
    struct buf json CLEANUP(buf_fini);
    buf_init(&json, CHECKS_BYTES);
    for (size_t i = 0; i < p->count; i++) add_finding(&json, p, &p->findings[i]);
    if (json.n == 0 || json.status != OK || checks.n < 2) return checks;
    slice more = buf_slice(&json), before = slice_sub(checks, 0, checks.n - 1);
    if (before.n == 1) more = slice_after(more, 1); /* the first of them: no comma */
    return arena_format(arena, "%.*s%.*s]", SLICE_FMT(before), SLICE_FMT(more));
}

/* Those of comment_text.h, without words in them: what proofreading finds comes after them. */
static size_t after_first_checks(slice checks) {
    static const slice FIRST[] = {S_INIT("{\"check\":\"links\","), S_INIT("{\"check\":\"capitals\""),
                                  S_INIT("{\"check\":\"short\","), S_INIT("{\"check\":\"repeated\",")};
    size_t at = 1;
    for (size_t i = 0; i < ARRAY_COUNT(FIRST); i++) {
        if (!slice_starts(slice_after(checks, at), FIRST[i])) continue;
        at += slice_find_char(slice_after(checks, at), '}') + 1;
        if (at < checks.n && checks.p[at] == ',') at++;
    }
    return at;
}

slice proofreading_add(struct arena *arena, slice checks, slice finding) {
    if (checks.n < 2) return arena_format(arena, "[%.*s]", SLICE_FMT(finding));
    size_t at = after_first_checks(checks);
    bool last = at >= checks.n || checks.p[at] == ']', more = checks.p[at - 1] == '}';
    return arena_format(arena, "%.*s%s%.*s%s%.*s", SLICE_FMT(slice_sub(checks, 0, at)), more ? "," : "",
                        SLICE_FMT(finding), last ? "" : ",", SLICE_FMT(slice_after(checks, at)));
}

/* --- At once, and later ----------------------------------------------------------------------------------------------- */

static bool reads_words(const struct site_options *options) {
    return site_option(options, SITE_OPTION_SPELLING) != POLICY_OFF ||
           site_option(options, SITE_OPTION_FOREIGN) != POLICY_OFF;
}

bool proofreading_run_later(struct arena *arena, const struct site_options *options, struct comment_draft *draft,
                            struct proofreading *out) {
    if (site_option(options, SITE_OPTION_SPELLING) == POLICY_REQUIRE) return false;
    if (site_option(options, SITE_OPTION_FOREIGN) == POLICY_REQUIRE) return false;
    *out = (struct proofreading){.text = {.html = html_from_stored(draft->html), .source = draft->input.text}};
    look_at_form(draft, options, out);
    if (out->blocks) return false;
    draft->unread = reads_words(options);
    draft->checks = with_findings(arena, draft->checks, out);
    return true;
}

enum status proofreading_told(struct db *db, struct arena *arena, const struct proofreading_tools *tools,
                              const struct site_options *options, const struct comment_draft *draft, slice *finding,
                              struct error *error) {
    struct reading r = {.db = db, .arena = arena, .tools = tools, .draft = draft, .status = OK, .error = error};
    struct proofreading out = {.text = {.html = html_from_stored(draft->html), .source = draft->input.text}};
    bool told = slice_contains(draft->checks, S("{\"check\":\"spelling\",")) ||
                slice_contains(draft->checks, S("{\"check\":\"foreign\","));
    *finding = S("");
    if (told || !reads_words(options)) return OK;
    look_at_words(&r, options, &out);
    if (r.status != OK || out.count == 0) return r.status;
    slice alone = with_findings(arena, S("[]"), &out);
    *finding = slice_sub(alone, 1, alone.n - 1);
    return OK;
}

enum status proofreading_run(struct db *db, struct arena *arena, const struct proofreading_tools *tools,
                             const struct site_options *options, struct comment_draft *draft, struct proofreading *out,
                             struct error *error) {
    struct reading r = {.db = db, .arena = arena, .tools = tools, .draft = draft, .status = OK, .error = error};
    *out = (struct proofreading){.text = {.html = html_from_stored(draft->html), .source = draft->input.text}};
    if (reads_words(options)) look_at_words(&r, options, out);
    look_at_form(draft, options, out);
    if (r.status == OK) draft->checks = with_findings(arena, draft->checks, out);
    return r.status;
}
