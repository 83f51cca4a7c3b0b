#include "../temp_folder.h"
#include "exchange/wordpress.h"

#include "base/buf.h"
#include "base/clock.h"
#include "domain/check.h"
#include "domain/discussion.h"
#include "domain/search_index.h"
#include "domain/site.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
    struct temp_folder folder;
    struct db *db;
    struct arena *arena;
    struct error error;
    struct buf xml;
    struct import_report report;
    struct wordpress_options options;
};

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    temp_folder_init(&f->folder);
    f->arena = arena_new(64 << 20);
    assert_int_equal(crypto_init(&f->error), OK);
    assert_int_equal(db_open(slice_of(f->folder.database), DB_WRITE, &f->db, &f->error), OK);
    struct site_defaults defaults = {S("Essai"), S("Un essai"), S("fr"), S("Europe/Paris")};
    assert_int_equal(db_write_begin(f->db, &f->error), OK);
    assert_int_equal(site_create(f->db, &defaults, &f->error), OK);
    assert_int_equal(db_write_commit(f->db, &f->error), OK);
    buf_init(&f->xml, 64 << 20);
    *state = f;
    return 0;
}

static void print_fault(void *ctx, slice line) {
    (void)ctx;
    print_message("fault: %.*s\n", SLICE_FMT(line));
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    struct check_report checked;
    enum status whole = check_run(f->db, print_fault, NULL, &checked, &f->error);
    import_report_fini(&f->report);
    buf_fini(&f->xml);
    db_close(f->db);
    arena_free(f->arena);
    temp_folder_fini(&f->folder);
    free(f);
    return whole == OK ? 0 : -1; /* whatever was imported, the database is whole */
}

/* --- Writing an export --------------------------------------------------------------------------------------------- */

static void begin(struct fixture *f, const char *language) {
    buf_clear(&f->xml);
    buf_add_format(&f->xml,
                   "<rss version=\"2.0\" xmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\" "
                   "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
                   "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:wp=\"http://wordpress.org/export/1.2/\">"
                   "<channel><title>Blog</title><language>%s</language>"
                   "<wp:base_blog_url>http://blog.example.org</wp:base_blog_url><wp:author>"
                   "<wp:author_login>jd</wp:author_login><wp:author_display_name>Jeanne D.</wp:author_display_name>"
                   "</wp:author>\n",
                   language);
}

/* extra: more elements. */
static void begin_item(struct fixture *f, int id, const char *type, const char *status, const char *extra) {
    buf_add_format(&f->xml,
                   "<item>%s<title>Titre %d</title><dc:creator>jd</dc:creator>"
                   "<link>http://blog.example.org/2010/titre-%d/</link><guid>http://blog.example.org/?p=%d</guid>"
                   "<content:encoded><![CDATA[Un.\n\nDeux.]]></content:encoded>"
                   "<wp:post_id>%d</wp:post_id><wp:post_date>2010-01-05 11:00:00</wp:post_date>"
                   "<wp:post_date_gmt>2010-01-05 10:00:00</wp:post_date_gmt><wp:comment_status>open"
                   "</wp:comment_status><wp:post_name>titre-%d</wp:post_name><wp:status>%s</wp:status>"
                   "<wp:post_type>%s</wp:post_type>\n",
                   extra, id, id, id, id, id, status, type);
}

static void end_item(struct fixture *f) { buf_add(&f->xml, S("</item>\n")); }

static void add_comment(struct fixture *f, int id, int parent, int minute, const char *approved, const char *text) {
    buf_add_format(&f->xml,
                   "<wp:comment><wp:comment_id>%d</wp:comment_id><wp:comment_author>Zoé &amp; Luc"
                   "</wp:comment_author><wp:comment_author_email>z@example.org</wp:comment_author_email>"
                   "<wp:comment_author_url>http://example.org/</wp:comment_author_url>"
                   "<wp:comment_author_IP>192.0.2.7</wp:comment_author_IP>"
                   "<wp:comment_date>2010-01-06 11:%02d:00</wp:comment_date>"
                   "<wp:comment_date_gmt>2010-01-06 10:%02d:00</wp:comment_date_gmt>"
                   "<wp:comment_content><![CDATA[%s]]></wp:comment_content>"
                   "<wp:comment_approved>%s</wp:comment_approved><wp:comment_parent>%d</wp:comment_parent>"
                   "</wp:comment>\n",
                   id, minute, minute, text, approved, parent);
}

/* Where the text stands in what has been written, behind another one. */
static char *find(const struct fixture *f, const char *behind, const char *text) {
    slice rest = buf_slice(&f->xml);
    size_t from = slice_find(rest, slice_of(behind));
    assert_int_not_equal(from, SIZE_MAX);
    size_t at = slice_find(slice_after(rest, from), slice_of(text));
    assert_int_not_equal(at, SIZE_MAX);
    return f->xml.p + from + at;
}

static enum status run(struct fixture *f) {
    buf_add(&f->xml, S("</channel></rss>"));
    assert_int_equal(f->xml.status, OK);
    import_report_fini(&f->report);
    return wordpress_import_memory(f->db, buf_slice(&f->xml), &f->options, &f->report, &f->error);
}

static void run_well(struct fixture *f) {
    if (run(f) != OK) fail_msg("%s", f->error.detail);
}

/* --- Reading what came of it --------------------------------------------------------------------------------------- */

static struct article article_at(struct fixture *f, const char *path) {
    article_id id;
    comment_number number;
    struct article article = {0};
    assert_int_equal(redirect_find(f->db, slice_of(path), &id, &number, &f->error), OK);
    assert_int_equal(article_get(f->db, f->arena, id, &article, &f->error), OK);
    return article;
}

static struct comment comment_of(struct fixture *f, int64_t number) {
    struct comment comment = {0};
    enum status status = comment_get(f->db, f->arena, (comment_number){number}, &comment, &f->error);
    if (status != OK) fail_msg("comment %" PRId64 ": %d", number, status);
    return comment;
}

static void assert_slice(slice got, const char *wanted) {
    if (!slice_equal(got, slice_of(wanted))) fail_msg("got '%.*s', wanted '%s'", SLICE_FMT(got), wanted);
}

static int64_t remark(const struct fixture *f, enum report_group group, const char *part) {
    int64_t count = 0;
    for (size_t i = 0; i < f->report.groups[group].count; i++)
        if (slice_contains(f->report.groups[group].items[i].what, slice_of(part)))
            count += f->report.groups[group].items[i].count;
    return count;
}

static const time_ms TENTH = 1262685600000; /* 2010-01-05T10:00:00Z */

static void a_post_becomes_an_article(void **state) {
    struct fixture *f = *state;
    begin(f, "fr-FR");
    begin_item(f, 7, "post", "publish",
               "<excerpt:encoded>Un <em>chapeau</em> &amp;amp; tout</excerpt:encoded>"
               "<category domain=\"post_tag\" nicename=\"x\">x</category>"
               "<category domain=\"category\" nicename=\"vie-locale\">Vie locale</category>"
               "<category domain=\"category\" nicename=\"autre\">Autre</category>");
    end_item(f);
    run_well(f);
    struct article a = article_at(f, "/2010/titre-7/");
    assert_slice(a.headline, "Titre 7");
    assert_slice(a.standfirst, "Un chapeau & tout");
    assert_slice(a.byline, "Jeanne D.");
    assert_slice(a.slug, "titre-7");
    assert_slice(a.language, "fr");
    assert_slice(a.section_slug, "vie-locale");
    assert_slice(a.section_title, "Vie locale");
    assert_true(slice_contains(a.body_html, S("<p>Un.</p>")) && slice_contains(a.body_html, S("<p>Deux.</p>")));
    assert_int_equal(a.state, ARTICLE_PUBLISHED);
    assert_int_equal(a.kind, ARTICLE_PLAIN);
    assert_int_equal(a.published_at, TENTH);
    assert_false(a.discussion_closed);
    assert_int_equal(article_at(f, "/?p=7").id.v, a.id.v);
    assert_int_equal(f->report.articles.made, 1);
    assert_int_equal(f->report.sections.made, 1);
    assert_int_equal(remark(f, REPORT_LEFT, "tags"), 1);
    assert_int_equal(remark(f, REPORT_LEFT, "further categories"), 1);
}

static void states_of_posts_are_kept(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *type, *status, *extra;
        enum article_state state;
    } cases[] = {
        {"page", "publish", "", ARTICLE_PUBLISHED},
        {"post", "draft", "", ARTICLE_DRAFT},
        {"post", "pending", "", ARTICLE_DRAFT},
        {"post", "private", "", ARTICLE_DRAFT},
        {"post", "trash", "", ARTICLE_WITHDRAWN},
        {"post", "odd", "", ARTICLE_DRAFT},
        {"post", "publish", "<wp:post_password>secret</wp:post_password>", ARTICLE_DRAFT},
    };
    begin(f, "en");
    for (int i = 0; i < (int)ARRAY_COUNT(cases); i++) {
        begin_item(f, i + 1, cases[i].type, cases[i].status, cases[i].extra);
        end_item(f);
    }
    begin_item(f, 20, "attachment", "inherit", "");
    end_item(f);
    begin_item(f, 21, "post", "auto-draft", "");
    end_item(f);
    run_well(f);
    for (int i = 0; i < (int)ARRAY_COUNT(cases); i++) {
        char path[40];
        snprintf(path, sizeof path, "/2010/titre-%d/", i + 1);
        struct article a = article_at(f, path);
        assert_int_equal(a.state, cases[i].state);
        assert_int_equal(a.kind, i == 0 ? ARTICLE_PAGE : ARTICLE_PLAIN);
    }
    assert_int_equal(article_at(f, "/?page_id=1").kind, ARTICLE_PAGE);
    assert_int_equal(remark(f, REPORT_CHANGED, "private"), 1);
    assert_int_equal(remark(f, REPORT_CHANGED, "password"), 1);
    assert_int_equal(remark(f, REPORT_CHANGED, "unknown status 'odd'"), 1);
    assert_int_equal(remark(f, REPORT_LEFT, "'attachment'"), 1);
    assert_int_equal(remark(f, REPORT_LEFT, "automatic drafts"), 1);
    assert_int_equal(f->report.problem_count, 3);
}

/* A draft has no date in UTC: its local one counts, in the site's zone (Paris: an hour ahead in January, two in July). */
static void local_dates_are_in_the_zone_of_the_site(void **state) {
    struct fixture *f = *state;
    begin(f, "fr");
    begin_item(f, 1, "post", "publish", "");
    char *gmt = find(f, "", "2010-01-05 10:00:00");
    memcpy(gmt, "0000-00-00 00:00:00", 19);
    end_item(f);
    begin_item(f, 2, "post", "publish", "<pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>");
    char *july = find(f, "<wp:post_id>2<", "2010-01-05 11:00:00");
    memcpy(july, "2010-07-05 11:00:00", 19);
    memcpy(find(f, "<wp:post_id>2<", "2010-01-05 10:00:00"), "0000-00-00 00:00:00", 19);
    end_item(f);
    run_well(f);
    assert_int_equal(article_at(f, "/2010/titre-1/").published_at, TENTH);
    assert_int_equal(article_at(f, "/2010/titre-2/").published_at, TENTH + (181LL * 24 - 1) * 3600 * 1000);
}

static void comments_keep_what_they_are(void **state) {
    struct fixture *f = *state;
    begin(f, "fr");
    begin_item(f, 1, "post", "publish", "");
    add_comment(f, 40, 0, 1, "1", "Premier, <em>vraiment</em>.");
    add_comment(f, 41, 0, 2, "0", "En attente.");
    add_comment(f, 42, 0, 3, "spam", "Achetez !");
    add_comment(f, 43, 0, 4, "trash", "Jeté.");
    add_comment(f, 44, 0, 5, "trash", "Jeté, mais on y répond.");
    add_comment(f, 45, 44, 6, "1", "Réponse.");
    end_item(f);
    run_well(f);
    struct comment c = comment_of(f, 40);
    assert_int_equal(c.state, COMMENT_PUBLISHED);
    assert_slice(c.name, "Zoé & Luc");
    assert_slice(c.email, "z@example.org");
    assert_slice(c.website, "http://example.org/");
    assert_slice(c.text_source, "Premier, *vraiment*.");
    assert_true(slice_contains(c.html, S("<em>vraiment</em>")));
    assert_int_equal(c.submitted_at, TENTH + (24 * 60 + 1) * 60 * 1000);
    assert_int_equal(comment_of(f, 41).state, COMMENT_PENDING);
    assert_int_equal(comment_of(f, 42).state, COMMENT_SPAM);
    assert_int_equal(comment_of(f, 43).state, COMMENT_REJECTED);
    assert_int_equal(comment_of(f, 44).state, COMMENT_REMOVED);
    assert_int_equal(comment_of(f, 45).parent.v, 44);
    struct article a = article_at(f, "/2010/titre-1/");
    assert_int_equal(a.comment_count, 2);
    assert_int_equal(a.pending_count, 1);
    struct discussion_page page;
    assert_int_equal(discussion_page_load(f->db, f->arena, a.id, 1, 10, 5, &page, &f->error), OK);
    assert_int_equal(page.thread_count, 2);
    assert_int_equal(page.threads[1].reply_count, 1); /* under the stub */
}

static void threads_are_put_in_order(void **state) {
    struct fixture *f = *state;
    begin(f, "fr");
    begin_item(f, 1, "post", "publish", "");
    add_comment(f, 5, 4, 9, "1", "troisième rang");
    add_comment(f, 4, 3, 1, "1", "antidaté : avant celui auquel il répond");
    add_comment(f, 3, 0, 8, "1", "racine");
    add_comment(f, 6, 0, 2, "1", "racine, plus ancienne");
    add_comment(f, 7, 99, 3, "1", "orphelin");
    add_comment(f, 8, 9, 4, "1", "l'un répond à l'autre");
    add_comment(f, 9, 8, 5, "1", "et l'autre à l'un");
    add_comment(f, 10, 10, 6, "1", "à soi-même");
    add_comment(f, 11, 0, 7, "0", "en attente");
    add_comment(f, 12, 11, 7, "1", "répond à ce qui attend");
    add_comment(f, 13, 11, 7, "0", "attend aussi");
    end_item(f);
    run_well(f);
    assert_int_equal(comment_of(f, 4).parent.v, 3);
    assert_int_equal(comment_of(f, 5).parent.v, 4);
    assert_int_equal(comment_of(f, 5).root.v, 3);
    assert_true(comment_of(f, 6).ordinal < comment_of(f, 3).ordinal);
    assert_int_equal(comment_of(f, 7).parent.v, 0);
    assert_int_equal(comment_of(f, 8).parent.v, 0);
    assert_int_equal(comment_of(f, 9).parent.v, 8);
    assert_int_equal(comment_of(f, 10).parent.v, 0);
    assert_int_equal(comment_of(f, 12).parent.v, 0);  /* readers must see it */
    assert_int_equal(comment_of(f, 13).parent.v, 11); /* they do not yet */
    assert_int_equal(remark(f, REPORT_CHANGED, "missing, made roots"), 1);
    assert_int_equal(remark(f, REPORT_CHANGED, "answered themselves"), 2);
    assert_int_equal(remark(f, REPORT_CHANGED, "not shown"), 1);
}

static void a_second_run_adds_only_what_is_new(void **state) {
    struct fixture *f = *state;
    for (int time = 0; time < 2; time++) {
        begin(f, "fr");
        begin_item(f, 1, "post", "publish", "<category domain=\"category\" nicename=\"a\">A</category>");
        add_comment(f, 1, 0, 1, "1", "un");
        add_comment(f, 4, 0, 2, "odd", "");
        if (time == 1) add_comment(f, 3, 1, 3, "1", "nouveau");
        end_item(f);
        if (time == 1) begin_item(f, 2, "post", "publish", "");
        if (time == 1) end_item(f);
        run_well(f);
        assert_int_equal(f->report.problem_count > 0, time == 0);
    }
    assert_int_equal(f->report.articles.made, 1);
    assert_int_equal(f->report.articles.known, 1);
    assert_int_equal(f->report.sections.known, 1);
    assert_int_equal(f->report.comments.made, 1);
    assert_int_equal(f->report.comments.known, 2);
    assert_int_equal(f->report.groups[REPORT_CHANGED].count, 0); /* nothing of what was there */
    assert_int_equal(comment_of(f, 3).parent.v, 1);
    assert_int_equal(article_at(f, "/2010/titre-1/").comment_count, 2);
}

static void numbers_that_are_taken_change(void **state) {
    struct fixture *f = *state;
    for (int blog = 0; blog < 2; blog++) {
        begin(f, "fr");
        if (blog) memcpy(find(f, "", "http://blog.example.org"), "http://golb.example.org", 23);
        begin_item(f, 1, "post", "publish", "");
        add_comment(f, 7, 0, 1, "1", "un");
        add_comment(f, 8, 7, 2, "1", "deux");
        end_item(f);
        run_well(f);
    }
    assert_int_equal(f->report.comments.made, 2);
    assert_int_equal(remark(f, REPORT_CHANGED, "new number"), 2);
    struct comment second = comment_of(f, 10);
    assert_int_equal(second.parent.v, 9);
    assert_int_not_equal(second.article.v, comment_of(f, 8).article.v);
}

static void a_dry_run_and_a_broken_file_write_nothing(void **state) {
    struct fixture *f = *state;
    begin(f, "fr");
    begin_item(f, 1, "post", "publish", "<category domain=\"category\" nicename=\"a\">A</category>");
    add_comment(f, 1, 0, 1, "1", "un");
    end_item(f);
    f->options.dry_run = true;
    run_well(f);
    assert_int_equal(f->report.articles.made, 1);
    assert_int_equal(f->report.comments.made, 1);
    f->options.dry_run = false;
    buf_add(&f->xml, S("broken")); /* after the end of the document */
    assert_int_equal(run(f), INVALID);
    assert_non_null(strstr(f->error.detail, "line "));
    struct article_filter all = {.all_states = true, .limit = 10};
    struct article_list articles;
    struct section_list sections;
    assert_int_equal(article_list_load(f->db, f->arena, &all, &articles, &f->error), OK);
    assert_int_equal(articles.count, 0);
    assert_int_equal(section_list_load(f->db, f->arena, &sections, &f->error), OK);
    assert_int_equal(sections.count, 0);
}

static void keep_address(void *ctx, struct arena *arena, slice ip, slice *fingerprint, slice *sealed) {
    assert_slice(ip, "192.0.2.7");
    *(int *)ctx += 1;
    *fingerprint = arena_copy(arena, S("f00d"));
    *sealed = arena_copy(arena, S("sealed"));
}

static void addresses_are_what_the_caller_makes_of_them(void **state) {
    struct fixture *f = *state;
    int called = 0;
    f->options.address = keep_address;
    f->options.address_ctx = &called;
    begin(f, "fr");
    begin_item(f, 1, "post", "publish", "");
    add_comment(f, 1, 0, 1, "1", "un");
    end_item(f);
    run_well(f);
    assert_int_equal(called, 1);
    assert_slice(comment_of(f, 1).fingerprint, "f00d");
}

struct seen {
    int64_t calls, bytes, total, comments;
};

static void see_progress(void *ctx, int64_t done, int64_t total, int64_t articles, int64_t comments) {
    struct seen *seen = ctx;
    assert_true(done >= seen->bytes && done <= total && comments >= seen->comments && articles <= 3);
    *seen = (struct seen){seen->calls + 1, done, total, comments};
}

static void progress_grows_within_a_long_article(void **state) {
    struct fixture *f = *state;
    struct seen seen = {0};
    f->options.progress = see_progress;
    f->options.progress_ctx = &seen;
    begin(f, "fr");
    for (int id = 1; id <= 3; id++) {
        begin_item(f, id, "post", "publish", "");
        for (int c = 0; id == 2 && c < 2000; c++) add_comment(f, 10 + c, c % 7 ? 10 + c - 1 : 0, c % 60, "1", "Oui.");
        end_item(f);
    }
    run_well(f);
    assert_in_range(seen.calls, 8, 20);
    assert_int_equal(seen.bytes, seen.total);
    assert_int_equal(seen.comments, 2000);
}

static void add_picture(struct fixture *f, int id, int parent, const char *alternative) {
    buf_add_format(&f->xml,
                   "<item><title>p</title><excerpt:encoded>L&#233;gende &amp;amp; %d</excerpt:encoded><wp:post_id>%d"
                   "</wp:post_id><wp:post_parent>%d</wp:post_parent><wp:menu_order>%d</wp:menu_order>"
                   "<wp:post_type>attachment</wp:post_type><wp:status>inherit</wp:status>"
                   "<wp:attachment_url>http://blog.example.org/%d.jpg</wp:attachment_url><wp:postmeta>"
                   "<wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value>%s</wp:meta_value>"
                   "</wp:postmeta></item>\n",
                   id, id, parent, 100 - id, id, alternative);
}

/* The pictures stand behind the article that shows them. */
static void galleries_become_figures(void **state) {
    struct fixture *f = *state;
    begin(f, "fr");
    begin_item(f, 1, "post", "publish", "");
    buf_add(&f->xml,
            S("<content:encoded><![CDATA[Avant.\n\n[gallery columns=\"2\" ids=\"52,50,99\"]\n\nEntre [[gallery]] "
              "deux.\n\n[gallery]\n\n[gallery ids='98'] [contact-form id=\"1\"]]]></content:encoded>"));
    end_item(f);
    add_picture(f, 50, 7, "\"Alt\" &lt;b&gt;");
    add_picture(f, 51, 1, "");
    add_picture(f, 52, 1, "");
    run_well(f);
    struct article a = article_at(f, "/2010/titre-1/");
    static const char *const order[] = {"Avant", "src=\"http://blog.example.org/52.jpg\"", "/50.jpg",
                                        "Entre", "src=\"http://blog.example.org/52.jpg\"", "/51.jpg"};
    slice rest = a.body_html;
    for (size_t i = 0; i < ARRAY_COUNT(order); i++) {
        size_t at = slice_find(rest, slice_of(order[i]));
        if (at == SIZE_MAX) fail_msg("no %s where it should be in\n%.*s", order[i], SLICE_FMT(a.body_html));
        rest = slice_after(rest, at + strlen(order[i]));
    }
    assert_true(slice_contains(a.body_html, S("alt=\"&quot;Alt&quot; &lt;b&gt;\"")));
    assert_true(slice_contains(a.body_html, S("<figcaption>Légende &amp; 52</figcaption>")));
    assert_int_equal(remark(f, REPORT_CHANGED, "galleries, made figures"), 2);
    assert_int_equal(remark(f, REPORT_LEFT, "galleries of which no picture"), 1);
    assert_int_equal(remark(f, REPORT_CHANGED, "[contact-form]"), 1);
}

static void odd_items_do_not_stop_the_others(void **state) {
    struct fixture *f = *state;
    char title[1000];
    memset(title, 'x', sizeof title);
    memcpy(title, "<title>Mot ", 11);
    memcpy(title + sizeof title - 9, "</title>", 9);
    begin(f, "de");
    begin_item(f, 1, "post", "publish", "");
    memcpy(find(f, "", "<wp:post_id>1"), "<wp:post_id>x", 13);
    add_comment(f, 1, 0, 1, "1", "laissé");
    end_item(f);
    begin_item(f, 2, "post", "publish", "<title/>");
    char *second = find(f, "", "<title>Titre 2</title>");
    memset(second, ' ', 22);
    end_item(f);
    begin_item(f, 3, "post", "publish", "");
    add_comment(f, 3, 0, 1, "1", "<img src='x'>");
    end_item(f);
    begin_item(f, 4, "post", "publish", "");
    memset(find(f, "", "<title>Titre 4</title>"), ' ', 22);
    buf_add(&f->xml, slice_of(title));
    end_item(f);
    run_well(f);
    struct article untitled = article_at(f, "/2010/titre-2/");
    assert_slice(untitled.headline, "(Sans titre)");
    assert_slice(untitled.language, "fr"); /* the site's: German is none of ours */
    assert_slice(comment_of(f, 3).text_source, "(Sans texte)");
    struct article cut = article_at(f, "/2010/titre-4/");
    assert_true(slice_starts(cut.headline, S("Mot")));
    assert_int_equal(f->report.articles.made, 3);
    assert_int_equal(f->report.problem_count, 2); /* no number; cut */
    assert_int_equal(remark(f, REPORT_LEFT, "could not be read"), 1);
    assert_int_equal(remark(f, REPORT_LEFT, "comments on what was left out"), 1);
}

/* Many more than are prepared ahead, dated from the last to the first; every fifth is of a kind that is left out, and so
   are two thousand in a row. */
static void comments_are_dated_against_the_order_of_the_file(void **state) {
    enum { COUNT = 12000, LEFT_FROM = 4000, LEFT_TO = 6000 };
    struct fixture *f = *state;
    begin(f, "fr");
    begin_item(f, 1, "post", "publish", "");
    int64_t made = 0;
    for (int id = 1; id <= COUNT; id++) {
        bool left = id % 5 == 0 || (id > LEFT_FROM && id <= LEFT_TO);
        int at = COUNT - id;
        made += !left;
        buf_add_format(&f->xml,
                       "<wp:comment><wp:comment_id>%d</wp:comment_id><wp:comment_date_gmt>2010-01-06 %02d:%02d:%02d"
                       "</wp:comment_date_gmt><wp:comment_content>Message %d</wp:comment_content>"
                       "<wp:comment_approved>1</wp:comment_approved><wp:comment_type>%s</wp:comment_type>"
                       "<wp:comment_parent>0</wp:comment_parent></wp:comment>\n",
                       id, at / 3600, at / 60 % 60, at % 60, id, left ? "order_note" : "");
    }
    end_item(f);
    begin_item(f, 2, "post", "publish", "");
    add_comment(f, COUNT + 1, 0, 1, "1", "Encore un.");
    end_item(f);
    run_well(f);
    assert_int_equal(f->report.comments.made, made + 1);
    assert_int_equal(remark(f, REPORT_LEFT, "order_note"), COUNT - made);
    assert_slice(comment_of(f, 1).text_source, "Message 1");
    assert_int_equal(comment_of(f, 1).ordinal, made);
    assert_int_equal(comment_of(f, COUNT - 1).ordinal, 1);
    assert_slice(comment_of(f, COUNT - 1).text_source, "Message 11999");
    assert_int_equal(comment_of(f, COUNT + 1).ordinal, 1);
    /* made on two threads; tear_down compares it with what there is */
    struct search_progress index;
    assert_int_equal(search_index_all(f->db, NULL, NULL, &f->error), OK);
    assert_int_equal(search_progress_load(f->db, &index, &f->error), OK);
    assert_true(index.complete);
}

static void the_same_number_twice_counts_once(void **state) {
    struct fixture *f = *state;
    begin(f, "fr");
    for (int item = 1; item <= 2; item++) {
        begin_item(f, item, "post", "publish", "");
        for (int id = 1; id <= 200; id++) add_comment(f, id, 0, item, "1", item == 1 ? "Le premier." : "Le second.");
        add_comment(f, 200, 0, item, "1", "Le même.");
        end_item(f);
    }
    run_well(f);
    assert_int_equal(f->report.comments.made, 200);
    assert_int_equal(f->report.comments.known, 202);
    assert_slice(comment_of(f, 100).text_source, "Le premier.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_post_becomes_an_article, set_up, tear_down),
        cmocka_unit_test_setup_teardown(states_of_posts_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(local_dates_are_in_the_zone_of_the_site, set_up, tear_down),
        cmocka_unit_test_setup_teardown(comments_keep_what_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_are_put_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_run_adds_only_what_is_new, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_that_are_taken_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dry_run_and_a_broken_file_write_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(addresses_are_what_the_caller_makes_of_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(progress_grows_within_a_long_article, set_up, tear_down),
        cmocka_unit_test_setup_teardown(galleries_become_figures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_items_do_not_stop_the_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(comments_are_dated_against_the_order_of_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_number_twice_counts_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
