/* What a page costs to render: nanoseconds per comment, on one core, the best of several rounds.
     engine   50 objects of 20 values built, and rendered by a template that writes them all
     page     view_discussion() with 50 comments: builder, dates, typography, address, template
     frame    the same page without a comment, which is taken off the line above
   Bound (PRODUCT, H): 10 microseconds per comment shown. */
#include "base/clock.h"
#include "view/mustache.h"
#include "view/page_read.h"

#include <stdio.h>
#include <stdlib.h>

enum { COMMENTS = 50, ROUNDS = 12, TURNS = 200, MAX_PAGE = 1 << 22 };

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

/* Nanoseconds for one turn, the best round's. */
static double measure(struct bench *b, void (*run)(struct bench *)) {
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = clock_monotonic_ns();
        for (int turn = 0; turn < TURNS; turn++) {
            buf_clear(&b->out);
            arena_reset(b->arena);
            run(b);
        }
        double took = (double)(clock_monotonic_ns() - begin) / TURNS;
        best = took < best ? took : best;
    }
    return best;
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
    double frame = measure(b, run_page);
    b->page.thread_count = COMMENTS;
    double whole = measure(b, run_page);
    printf("page    %8.0f ns per comment (%zu bytes a page)\n", (whole - frame) / COMMENTS, b->out.n);
    printf("frame   %8.0f ns\n", frame);
    templates_free(templates);
    date_formats_free(dates);
}

int main(void) {
    struct bench b = {.arena = arena_new((size_t)1 << 26)};
    struct error error;
    struct catalog *catalog = NULL;
    buf_init(&b.out, MAX_PAGE);
    if (catalog_open_embedded(S("fr"), &catalog, &error) != OK) {
        die(&error);
    }
    const struct mustache_options options = {.always_escape = true, .drop_indentation = true, .catalog = catalog};
    slice source = slice_make(ENGINE_TEMPLATE, sizeof ENGINE_TEMPLATE - 1);
    if (mustache_compile(source, S("engine"), &options, &b.template, &error) != OK) {
        die(&error);
    }
    printf("engine  %8.0f ns per comment", measure(&b, run_engine) / COMMENTS);
    printf(" (%zu bytes a page)\n", b.out.n);
    measure_page(&b, catalog);
    mustache_free(b.template);
    catalog_free(catalog);
    buf_fini(&b.out);
    arena_free(b.arena);
    return 0;
}
