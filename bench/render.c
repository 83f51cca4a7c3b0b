/* What a page costs to render: microseconds of CPU, the best of several rounds, and pieces of memory asked for.
     engine    50 objects of 20 values built, and rendered by a template that writes them all
     frame     view_discussion() without a comment
     page      the same with 50: builder, dates, typography, address, template
     one more  the same when 49 of them stood on the page before
     then its bytes: hashed, and compressed in each encoding with each effort of cache/page.h
   Bound (PRODUCT, H): 10 microseconds per comment shown.

     render [ROUNDS] */
#include "base/crypto.h"
#include "cache/page.h"
#include "view/mustache.h"
#include "view/page_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { COMMENTS = 50, TURNS = 50, MAX_PAGE = 1 << 22 };

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
    S_INIT("<p>Les chiffres de la chambre de commerce arrivent mardi ; nous les publierons ici, avec la "
           "méthode : <a href=\"https://www.example.org/\">le rapport</a>, page 41, que j’invite chacun à "
           "lire.</p><p>Le détour par le chemin bas prend huit minutes.</p>");

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

struct bench {
    struct arena *arena;
    struct buf out;
    struct mustache *template;
    struct view_context context;
    struct view_discussion page;
    struct page *made;
    enum page_effort effort;
    enum page_encoding encoding;
};

static void run_engine(struct bench *b) {
    struct error error;
    struct value *data = value_object(b->arena);
    struct value *comments = value_set_list(data, S("comments"));
    for (int64_t i = 0; i < COMMENTS; i++) {
        build_comment(value_list_add(comments), 2878763 + i);
    }
    if (mustache_render(b->template, data, &b->out, &error) != OK) {
        die(&error);
    }
}

static void run_page(struct bench *b) {
    struct error error;
    if (view_discussion(&b->context, &b->page, &b->out, &error) != OK) {
        die(&error);
    }
}

static void run_one_more(struct bench *b) {
    struct view_parts *parts = NULL;
    b->page.made = &parts;
    run_page(b);
    b->page.made = NULL;
    view_parts_free(parts);
}

static void run_hash(struct bench *b) { (void)crypto_blake2b(buf_slice(&b->out)); }

static void run_forms(struct bench *b) { page_unref(page_compress(b->made, b->effort, 1u << b->encoding)); }

static struct blob *make_head(void *ctx, const struct page_head *head) {
    (void)ctx, (void)head;
    return blob_new(S("HTTP/1.1 200 OK"));
}

/* --wrap (meson.build): every piece of memory that ours asks for goes through here. */
static size_t pieces;
void *__real_memory_alloc(size_t size);
void *__real_memory_realloc_array(void *p, size_t count, size_t size);
void *__wrap_memory_alloc(size_t size);
void *__wrap_memory_realloc_array(void *p, size_t count, size_t size);

void *__wrap_memory_alloc(size_t size) {
    pieces++;
    return __real_memory_alloc(size);
}

void *__wrap_memory_realloc_array(void *p, size_t count, size_t size) {
    pieces++;
    return __real_memory_realloc_array(p, count, size);
}

static double cpu_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Of one turn, the best round's; prints the line, and gives it. */
static double measure(struct bench *b, const char *name, void (*run)(struct bench *)) {
    double best = 1e18;
    bool renders = run == run_engine || run == run_page || run == run_one_more;
    for (int round = 0; round < rounds; round++) {
        double begin = cpu_us();
        pieces = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            if (renders) buf_clear(&b->out);
            arena_reset(b->arena);
            run(b);
        }
        double took = (cpu_us() - begin) / TURNS;
        best = took < best ? took : best;
    }
    printf("%-24s %10.1f %8zu", name, best, pieces / TURNS);
    return best;
}

static void measure_forms(struct bench *b) {
    static const char *const NAMES[PAGE_ENCODINGS] = {"", "gzip", "zstd", "br"};
    static const char *const EFFORTS[] = {"", "fast", "when quiet"};
    struct buf body;
    buf_init(&body, b->out.n);
    buf_add(&body, buf_slice(&b->out));
    struct page_source source = {.body = &body, .status = 200, .content_type = S("text/html")};
    b->made = page_new(&source, make_head, NULL);
    for (int effort = PAGE_FAST; effort <= PAGE_NOW; effort++) {
        for (int e = PAGE_IDENTITY + 1; e < PAGE_ENCODINGS; e++) {
            char name[64];
            b->effort = (enum page_effort)effort;
            b->encoding = (enum page_encoding)e;
            snprintf(name, sizeof name, "%s, %s", NAMES[e], EFFORTS[effort]);
            measure(b, name, run_forms);
            struct page *page = page_compress(b->made, b->effort, 1u << e);
            printf(" %8zu\n", page->variants[e].body ? page->variants[e].body->n : 0);
            page_unref(page);
        }
    }
    page_unref(b->made);
}

static void fill_threads(struct view_thread *threads) {
    for (int i = 0; i < COMMENTS; i++) {
        threads[i].root = (struct view_comment){
            .number = 2878763 + i,
            .name = S("un habitant du haut"),
            .language = S("fr"),
            .html = html_from_stored(TEXT),
            .submitted_at = (1641514740 + i * 61) * (time_ms)1000,
            .published_at = (1641514740 + i * 67) * (time_ms)1000,
        };
    }
}

static void measure_page(struct bench *b, const struct catalog *catalog) {
    static const struct view_site site = {
        .name = S_INIT("La Vallée"), .base_url = S_INIT("https://example.org"), .language = S_INIT("fr")};
    static const struct view_article article = {.id = 12,
                                                .slug = S_INIT("le-pont"),
                                                .language = S_INIT("fr"),
                                                .headline = S_INIT("Le vieux pont ne rouvrira pas aux voitures"),
                                                .published_at = 1641514740000,
                                                .comment_count = COMMENTS,
                                                .accepts_comments = true};
    static struct view_thread threads[COMMENTS];
    struct templates *templates = NULL;
    struct date_formats *dates = NULL;
    struct error error;
    if (templates_open(catalog, &templates, &error) != OK ||
        date_formats_new(S("fr"), S("Europe/Paris"), &dates, &error) != OK) {
        die(&error);
    }
    fill_threads(threads);
    b->context = (struct view_context){.arena = b->arena, .templates = templates, .dates = dates, .site = &site};
    b->page = (struct view_discussion){.article = &article, .page = 1, .page_count = 1, .threads = threads};
    double frame = measure(b, "frame", run_page);
    printf(" %8zu\n", b->out.n);
    b->page.thread_count = COMMENTS - 1;
    struct view_parts *former = NULL;
    b->page.made = &former;
    buf_clear(&b->out);
    run_page(b);
    b->page.made = NULL;
    b->page.thread_count = COMMENTS;
    double whole = measure(b, "page", run_page);
    printf(" %8zu   %.1f us per comment shown (bound 10)\n", b->out.n, (whole - frame) / COMMENTS);
    b->page.former = former;
    double more = measure(b, "one more", run_one_more);
    printf(" %8zu   %.1f us per comment shown\n", b->out.n, (more - frame) / COMMENTS);
    b->page.former = NULL;
    view_parts_free(former);
    measure(b, "hash", run_hash);
    printf("\n");
    measure_forms(b);
    templates_free(templates);
    date_formats_free(dates);
}

int main(int argc, char **argv) {
    if (argc > 1) rounds = (int)strtol(argv[1], NULL, 10);
    if (rounds < 1) return 2;
    struct bench b = {.arena = arena_new((size_t)1 << 26)};
    struct error error;
    struct catalog *catalog = NULL;
    if (crypto_init(&error) != OK) die(&error);
    buf_init(&b.out, MAX_PAGE);
    if (catalog_open_embedded(S("fr"), &catalog, &error) != OK) {
        die(&error);
    }
    const struct mustache_options options = {.always_escape = true, .drop_indentation = true, .catalog = catalog};
    slice source = slice_make(ENGINE_TEMPLATE, sizeof ENGINE_TEMPLATE - 1);
    if (mustache_compile(source, S("engine"), &options, &b.template, &error) != OK) {
        die(&error);
    }
    printf("%-24s %10s %8s %8s\n", "", "us of CPU", "pieces", "bytes");
    measure(&b, "engine", run_engine);
    printf(" %8zu\n", b.out.n);
    measure_page(&b, catalog);
    mustache_free(b.template);
    catalog_free(catalog);
    buf_fini(&b.out);
    arena_free(b.arena);
    return 0;
}
