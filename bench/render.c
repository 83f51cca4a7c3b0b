/* What pages that show messages cost to make: CPU time, the best of several rounds, and allocations. Bound (PRODUCT, H): 10
   microseconds per comment shown. bench/README.md says how to read the tables.

     render [ROUNDS] */
#include "render.h"
#include "base/crypto.h"
#include "cache/page.h"
#include "view/mustache.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TURNS = 50, MAX_PAGE = 1 << 22 };

static int rounds = 12;

static const char ENGINE_TEMPLATE[] =
    "<section>{{#comments}}\n"
    "<article class=\"message h-entry{{#own}} own{{/own}}\" id=\"comment-{{number}}\">\n"
    "<h{{level}}>{{#website}}<a class=\"p-author\" href=\"{{website}}\" rel=\"nofollow ugc\">{{name}}</a>{{/website}}"
    "{{^website}}<span class=\"p-author\">{{name}}</span>{{/website}}</h{{level}}>\n"
    "{{#badge}}<span class=\"badge\">{{badge}}</span>{{/badge}}\n"
    "<time class=\"dt-published\" datetime=\"{{published_iso}}\">{{published}}</time>\n"
    "<a class=\"u-url\" href=\"{{href}}\">#{{number}}</a>\n"
    "{{#answers}}<p>{{#t}}in reply to <a href=\"{{answers.href}}\">{{answers.name}}, #{{answers.number}}</a>{{/t}}</p>"
    "{{/answers}}\n"
    "{{#title}}<p class=\"p-name\" lang=\"{{lang}}\">{{title}}</p>{{/title}}\n"
    "<div class=\"e-content\" lang=\"{{lang}}\">{{{html}}}</div>\n"
    "{{#edited}}<p><time datetime=\"{{edited_iso}}\">{{edited}}</time></p>{{/edited}}\n"
    "<p>{{#reply}}<a href=\"{{reply}}\" aria-label=\"{{#t}}Reply to {{name}}{{/t}}\">{{#t}}Reply{{/t}}</a>{{/reply}}"
    "<a href=\"{{report}}\">{{#t}}Report{{/t}}</a></p>\n</article>\n{{/comments}}</section>\n";

static const slice TEXT =
    S_INIT("<p>Les chiffres de la chambre de commerce arrivent mardi ; nous les publierons ici, avec la méthode.</p>");

static void die(const struct error *error) {
    fprintf(stderr, "render: %s\n", error->detail);
    exit(1);
}

static void build_comment(struct value *comment, int64_t number) {
    value_set_int(comment, S("number"), number);
    value_set_string(comment, S("href"), S("/comments/2878763"));
    value_set_bool(comment, S("own"), false);
    value_set_null(comment, S("stub"));
    value_set_int(comment, S("level"), 3);
    value_set_string(comment, S("name"), S("un habitant du haut"));
    value_set_string(comment, S("website"), S(""));
    value_set_string(comment, S("badge"), number % 8 ? S("") : S("auteur de l’article"));
    value_set_string(comment, S("published_iso"), S("2022-01-07T01:19:05+01:00"));
    value_set_string(comment, S("published"), S("Le 7 janvier 2022 à 01:19"));
    value_set_string(comment, S("lang"), S("fr"));
    value_set_html(comment, S("html"), html_from_stored(TEXT));
    value_set_bool(comment, S("fold"), false);
    value_set_null(comment, S("private"));
    value_set_string(comment, S("title"), S("Le pont, l’eau & la vallée (...)"));
    value_set_null(comment, S("edited"));
    value_set_bool(comment, S("actions"), true);
    value_set_string(comment, S("reply"), S("/comments/2878763/reply"));
    value_set_string(comment, S("report"), S("/comments/2878763/report"));
    value_set_null(comment, S("answers"));
    if (number % 2) {
        struct value *answers = value_set_object(comment, S("answers"));
        value_set_string(answers, S("href"), S("#comment-2878762"));
        value_set_string(answers, S("name"), S("Claire M."));
        value_set_int(answers, S("number"), number - 1);
    }
}

/* Every piece of memory that anybody in this process asks for, libraries too: the C library's own functions, counted. */
static uint64_t pieces, bytes;
#define SEEN_BY_LIBRARIES __attribute__((visibility("default")))
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void count(size_t size) {
    pieces++;
    bytes += size;
}

SEEN_BY_LIBRARIES void *malloc(size_t size) {
    count(size);
    return __libc_malloc(size);
}

SEEN_BY_LIBRARIES void *calloc(size_t n, size_t size) {
    count(n * size);
    return __libc_calloc(n, size);
}

SEEN_BY_LIBRARIES void *realloc(void *p, size_t size) {
    count(size);
    return __libc_realloc(p, size);
}

SEEN_BY_LIBRARIES void *aligned_alloc(size_t alignment, size_t size) {
    count(size);
    return __libc_memalign(alignment, size);
}

struct bench {
    struct arena *arena;
    struct buf out;
    struct mustache *template;
    struct render_material material;
    const struct render_page *shown;
    size_t messages;
    struct page *made;
    enum page_effort effort;
    enum page_encoding encoding;
};

/* Of one turn. */
struct cost {
    double us;
    double pieces, bytes;
    size_t arena; /* bytes handed out by it */
};

static void run_engine(struct bench *b) {
    struct error error;
    struct value *data = value_object(b->arena);
    struct value *comments = value_set_list(data, S("comments"));
    for (int64_t i = 0; i < RENDER_MESSAGES; i++) {
        build_comment(value_list_add(comments), 2878763 + i);
    }
    if (mustache_render(b->template, data, &b->out, &error) != OK) die(&error);
}

static void run_page(struct bench *b) {
    struct error error;
    if (b->shown->make(&b->material, b->messages, &b->out, &error) != OK) die(&error);
}

static void run_one_more(struct bench *b) {
    struct view_parts *parts = NULL;
    b->material.discussion.made = &parts;
    run_page(b);
    b->material.discussion.made = NULL;
    view_parts_free(parts);
}

static void run_hash(struct bench *b) { (void)crypto_blake2b(buf_slice(&b->out)); }

static void run_forms(struct bench *b) { page_unref(page_compress(b->made, b->effort, 1u << b->encoding)); }

static double cpu_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* The best round's. */
static struct cost measure(struct bench *b, void (*run)(struct bench *)) {
    struct cost cost = {.us = 1e18};
    bool renders = run == run_engine || run == run_page || run == run_one_more;
    for (int round = 0; round < rounds; round++) {
        double begin = cpu_us();
        pieces = bytes = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            if (renders) buf_clear(&b->out);
            arena_reset(b->arena);
            run(b);
        }
        double took = (cpu_us() - begin) / TURNS;
        cost.us = took < cost.us ? took : cost.us;
    }
    cost.pieces = (double)pieces / TURNS; /* the last round's: nothing is made at first use any more */
    cost.bytes = (double)bytes / TURNS;
    cost.arena = arena_used(b->arena);
    return cost;
}

static struct blob *make_head(void *ctx, const struct page_head *head) {
    (void)ctx, (void)head;
    return blob_new(S("HTTP/1.1 200 OK"));
}

/* How pages are compressed: the encodings with what is spent on a page that changes while it is read, and on one at rest. */
enum { FORMS = 7 };
static const struct form {
    const char *name;
    enum page_encoding encoding;
    enum page_effort effort;
} forms[FORMS] = {
    {"identity", PAGE_IDENTITY, PAGE_LATER}, {"gzip 1", PAGE_GZIP, PAGE_FAST}, {"gzip 6", PAGE_GZIP, PAGE_NOW},
    {"zstd 1", PAGE_ZSTD, PAGE_FAST},        {"zstd 3", PAGE_ZSTD, PAGE_NOW},  {"br 0", PAGE_BROTLI, PAGE_FAST},
    {"br 5", PAGE_BROTLI, PAGE_NOW},
};

struct form_cost {
    struct cost cost;
    size_t size;
};

/* A page with so many messages in every form: what making it costs, and the compression besides. */
static void measure_forms(struct bench *b, size_t messages, struct form_cost out[FORMS]) {
    b->messages = messages;
    out[0].cost = measure(b, run_page);
    out[0].size = b->out.n;
    if (!b->shown->is_shared) return;
    struct buf body;
    buf_init(&body, b->out.n + 1);
    buf_add(&body, buf_slice(&b->out));
    struct page_source source = {.body = &body, .status = 200, .content_type = S("text/html")};
    b->made = page_new(&source, make_head, NULL);
    for (int i = 1; i < FORMS; i++) {
        b->effort = forms[i].effort;
        b->encoding = forms[i].encoding;
        out[i].cost = measure(b, run_forms);
        struct page *page = page_compress(b->made, b->effort, 1u << b->encoding);
        out[i].size = page->variants[b->encoding].body ? page->variants[b->encoding].body->n : out[0].size;
        page_unref(page);
    }
    page_unref(b->made);
}

struct row {
    struct form_cost with[FORMS], without[FORMS]; /* without: messages */
};

/* Per message, of what grows with them; of a page about one message: all of it. */
static double per_message(const struct render_page *page, double with, double without) {
    return page->messages == 1 ? with : (with - without) / page->messages;
}

static void print_head(const char *what) {
    printf("\n%-28s", what);
    for (int i = 0; i < FORMS; i++) printf(" %9s", forms[i].name);
    printf("\n");
}

static void print_forms(const struct row *rows, const char *what,
                        double (*figure)(const struct form_cost *costs, int i)) {
    print_head(what);
    for (size_t r = 0; r < RENDER_PAGE_COUNT; r++) {
        const struct render_page *page = &RENDER_PAGES[r];
        printf("%-28s", page->name);
        for (int i = 0; i < (page->is_shared ? FORMS : 1); i++)
            printf(" %9.0f", per_message(page, figure(rows[r].with, i), figure(rows[r].without, i)));
        printf("%s\n", page->is_shared ? "" : "         made for one person: sent plain");
    }
}

static double ns_of(const struct form_cost *costs, int i) {
    return (costs[0].cost.us + (i ? costs[i].cost.us : 0)) * 1000;
}

static double size_of(const struct form_cost *costs, int i) { return (double)costs[i].size; }

static double pieces_of(const struct form_cost *costs, int i) {
    return costs[0].cost.pieces + (i ? costs[i].cost.pieces : 0);
}

static double bytes_of(const struct form_cost *costs, int i) {
    return (costs[0].cost.bytes + (i ? costs[i].cost.bytes : 0)) / 1024;
}

static void print_allocations(const struct row *rows, const char *what,
                              double (*figure)(const struct form_cost *costs, int i)) {
    print_head(what);
    for (size_t r = 0; r < RENDER_PAGE_COUNT; r++) {
        printf("%-28s", RENDER_PAGES[r].name);
        for (int i = 0; i < (RENDER_PAGES[r].is_shared ? FORMS : 1); i++) printf(" %9.0f", figure(rows[r].with, i));
        printf("\n");
    }
}

static void print_pages(const struct row *rows) {
    printf("\n%-28s %8s %10s %10s %12s %12s %12s\n", "rendered, plain", "messages", "us none", "us all", "ns a message",
           "arena bytes", "a message");
    for (size_t r = 0; r < RENDER_PAGE_COUNT; r++) {
        const struct render_page *page = &RENDER_PAGES[r];
        const struct cost *with = &rows[r].with[0].cost, *without = &rows[r].without[0].cost;
        char none[32] = "";
        if (page->messages > 1) snprintf(none, sizeof none, "%.1f", without->us);
        printf("%-28s %8d %10s %10.1f %12.0f %12zu %12.0f\n", page->name, page->messages, none, with->us,
               per_message(page, with->us, without->us) * 1000, with->arena,
               per_message(page, (double)with->arena, (double)without->arena));
    }
}

static void measure_pages(struct bench *b) {
    struct row *rows = ARENA_ARRAY(arena_new((size_t)1 << 20), RENDER_PAGE_COUNT, struct row);
    for (size_t r = 0; r < RENDER_PAGE_COUNT; r++) {
        b->shown = &RENDER_PAGES[r];
        if (b->shown->messages > 1) measure_forms(b, 0, rows[r].without);
        measure_forms(b, (size_t)b->shown->messages, rows[r].with);
    }
    print_pages(rows);
    print_forms(rows, "ns a message, compressed", ns_of);
    print_forms(rows, "bytes a message", size_of);
    print_allocations(rows, "allocations a page", pieces_of);
    print_allocations(rows, "allocated a page, kB", bytes_of);
}

static void print_step(const char *name, struct cost cost, size_t size) {
    printf("%-28s %10.1f %12.0f %12.0f %10zu\n", name, cost.us, cost.pieces, cost.bytes, size);
}

/* The steps of the article page; the bound is on what a comment adds to it. */
static void measure_steps(struct bench *b) {
    printf("%-28s %10s %12s %12s %10s\n", "steps of an article page", "us of CPU", "allocations", "bytes of it",
           "bytes");
    struct cost engine = measure(b, run_engine);
    print_step("engine alone", engine, b->out.n);
    b->shown = &RENDER_PAGES[0];
    b->messages = 0;
    struct cost frame = measure(b, run_page);
    print_step("page without messages", frame, b->out.n);
    struct view_parts *former = NULL;
    b->messages = RENDER_MESSAGES - 1;
    b->material.discussion.made = &former;
    buf_clear(&b->out);
    run_page(b);
    b->material.discussion.made = NULL;
    b->messages = RENDER_MESSAGES;
    struct cost whole = measure(b, run_page);
    print_step("page with 50", whole, b->out.n);
    print_step("its bytes hashed", measure(b, run_hash), b->out.n);
    b->material.discussion.former = former;
    struct cost more = measure(b, run_one_more);
    print_step("49 stood there before", more, b->out.n);
    b->material.discussion.former = NULL;
    view_parts_free(former);
    printf("per comment shown: %.1f us (bound 10); when 49 stood there before: %.1f\n",
           (whole.us - frame.us) / RENDER_MESSAGES, (more.us - frame.us) / RENDER_MESSAGES);
}

int main(int argc, char **argv) {
    static struct bench b;
    if (argc > 1) rounds = (int)strtol(argv[1], NULL, 10);
    if (rounds < 1) return 2;
    struct error error;
    struct catalog *catalog = NULL;
    struct templates *templates = NULL;
    struct date_formats *dates = NULL;
    b.arena = arena_new((size_t)1 << 26);
    if (crypto_init(&error) != OK) die(&error);
    buf_init(&b.out, MAX_PAGE);
    if (catalog_open_embedded(S("fr"), &catalog, &error) != OK || templates_open(catalog, &templates, &error) != OK ||
        date_formats_new(S("fr"), S("Europe/Paris"), &dates, &error) != OK) {
        die(&error);
    }
    const struct mustache_options options = {.always_escape = true, .drop_indentation = true, .catalog = catalog};
    slice source = slice_make(ENGINE_TEMPLATE, sizeof ENGINE_TEMPLATE - 1);
    if (mustache_compile(source, S("engine"), &options, &b.template, &error) != OK) die(&error);
    render_material_init(&b.material, b.arena, templates, dates);
    measure_steps(&b);
    measure_pages(&b);
    mustache_free(b.template);
    templates_free(templates);
    date_formats_free(dates);
    catalog_free(catalog);
    buf_fini(&b.out);
    arena_free(b.arena);
    return 0;
}
