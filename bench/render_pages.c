#include "render.h"

#include "view/feed.h"

#define TOLD_AT ((time_ms)1641514740 * 1000)
#define MINUTE ((time_ms)60 * 1000)

/* Messages differ, as readers' do: what all have in common would compress to nothing. */
static const char *const SENTENCES[] = {
    "Les chiffres de la chambre de commerce arrivent mardi ; nous les publierons ici, avec la méthode.",
    "Voir <a href=\"https://www.example.org/\">le rapport</a>, page 41, que j’invite chacun à lire.",
    "Le détour par le chemin bas prend huit minutes.",
    "Je lis ce journal depuis vingt ans, et c’est la première fois que la question est posée aussi clairement.",
    "On oublie toujours de dire qui paiera, et pendant combien de temps.",
    "Vous avez raison sur le constat, mais le remède me paraît pire que le mal !",
    "Personne n’a demandé leur avis aux habitants, <em>comme d’habitude</em>.",
    "Et si l’on commençait par appliquer les lois qui existent ?",
    "Il faudrait comparer avec ce qui se fait en Allemagne, où les loyers sont encadrés depuis longtemps.",
    "On peut regretter la méthode sans contester le but.",
    "Un détail : le pont n’a pas été construit en 1932 mais en 1934, après la grande crue.",
    "À force de reporter la décision, il ne restera bientôt plus rien à décider.",
    "Les transports, l’eau, l’énergie : tout est lié, et l’on traite chaque dossier comme s’il était seul au monde.",
};
static const char *const NAMES[] = {"un habitant du haut", "Claire M.", "J.-P. Ferrand", "Inès",
                                    "Le lecteur du fond",  "Odile",     "Moustache",     "Aïcha"};
static const slice SNIPPET =
    S_INIT("… nous les publierons ici, avec la <mark>méthode</mark> : le rapport, page 41, que "
           "j’invite chacun à lire. Le détour par le chemin bas …");

static const struct view_site SITE = {
    .name = S_INIT("La Vallée"), .base_url = S_INIT("https://example.org"), .language = S_INIT("fr")};
static const struct view_article ARTICLE = {.id = 12,
                                            .slug = S_INIT("le-pont"),
                                            .language = S_INIT("fr"),
                                            .headline = S_INIT("Le vieux pont ne rouvrira pas aux voitures"),
                                            .published_at = TOLD_AT,
                                            .comment_count = RENDER_MESSAGES,
                                            .accepts_comments = true};
static const struct view_viewer MODERATOR = {.display_name = S_INIT("Maud"), .csrf = S_INIT("0123456789abcdef")};

static enum status make_discussion(const struct render_material *m, size_t messages, struct buf *out,
                                   struct error *error) {
    struct view_discussion page = m->discussion;
    page.thread_count = messages;
    return view_discussion(&m->context, &page, out, error);
}

/* Replies: their root is one more message, part of the frame. */
static enum status make_thread(const struct render_material *m, size_t messages, struct buf *out, struct error *error) {
    struct view_comment replies[RENDER_MESSAGES];
    for (size_t i = 0; i < messages; i++) {
        replies[i] = m->comments[i];
        replies[i].number++;
        replies[i].root = replies[i].parent = m->comments[0].number;
    }
    const struct view_thread thread = {.root = m->comments[0], .replies = replies, .reply_count = messages};
    const struct view_thread_page page = {.article = &ARTICLE, .thread = &thread, .page = 1, .page_count = 1};
    return view_thread(&m->context, &page, out, error);
}

static enum status make_own(const struct render_material *m, size_t messages, struct buf *out, struct error *error) {
    return view_own(&m->context, &ARTICLE, m->comments, messages, out, error);
}

static enum status make_feed(const struct render_material *m, enum feed_format format, size_t messages, struct buf *out,
                             struct error *error) {
    const struct feed_comments feed = {&ARTICLE, m->comments, messages};
    return feed_write_comments(&m->context, format, &feed, out, error);
}

static enum status make_atom(const struct render_material *m, size_t messages, struct buf *out, struct error *error) {
    return make_feed(m, FEED_ATOM, messages, out, error);
}

static enum status make_rss(const struct render_material *m, size_t messages, struct buf *out, struct error *error) {
    return make_feed(m, FEED_RSS, messages, out, error);
}

static enum status make_json(const struct render_material *m, size_t messages, struct buf *out, struct error *error) {
    return make_feed(m, FEED_JSON, messages, out, error);
}

static enum status make_search(const struct render_material *m, size_t messages, struct buf *out, struct error *error) {
    const struct view_search page = {.text = S("méthode"),
                                     .state = VIEW_SEARCH_RESULTS,
                                     .kind = VIEW_SEARCH_MESSAGES,
                                     .totals = {[VIEW_SEARCH_MESSAGES] = {.count = RENDER_MESSAGES}},
                                     .hits = m->hits,
                                     .hit_count = messages,
                                     .percent = 100};
    return view_search(&m->context, &page, out, error);
}

static enum status make_private(const struct render_material *m, size_t messages, struct buf *out,
                                struct error *error) {
    (void)messages;
    struct view_comment message = m->comments[0];
    message.state = VIEW_COMMENT_PENDING;
    message.secret = S("kd93jf_0sdf-3jf93");
    const struct view_message page = {
        .article = &ARTICLE, .message = &message, .secret = message.secret, .may_withdraw = true};
    return view_message(&m->context, &page, out, error);
}

static enum status make_received(const struct render_material *m, size_t messages, struct buf *out,
                                 struct error *error) {
    (void)messages;
    struct view_comment message = m->comments[0];
    message.state = VIEW_COMMENT_PENDING;
    const struct view_received page = {&ARTICLE, &message, S("kd93jf_0sdf-3jf93"), false};
    return view_received(&m->context, &page, out, error);
}

static struct view_queue_list list_of(const struct render_material *m, size_t messages) {
    return (struct view_queue_list){.entries = m->entries,
                                    .count = messages,
                                    .more = messages > 0,
                                    .pending_count = 100000,
                                    .oldest_pending = TOLD_AT};
}

static enum status make_queue(const struct render_material *m, size_t messages, struct buf *out, struct error *error) {
    const struct view_desk_queue page = {.list = list_of(m, messages), .now = TOLD_AT + 60 * MINUTE};
    return view_desk_queue(&m->signed_in, &page, out, error);
}

/* The message with nine of its thread around it, beside an empty queue. */
static enum status make_case(const struct render_material *m, size_t messages, struct buf *out, struct error *error) {
    (void)messages;
    const struct view_case message = {.comment = &m->comments[5],
                                      .article = &ARTICLE,
                                      .version = 1,
                                      .thread = m->comments,
                                      .thread_count = 10,
                                      .may_publish = true,
                                      .may_reject = true,
                                      .may_spam = true};
    const struct view_desk_queue page = {
        .list = list_of(m, 0), .message = &message, .is_message = true, .now = TOLD_AT + 60 * MINUTE};
    return view_desk_queue(&m->signed_in, &page, out, error);
}

const struct render_page RENDER_PAGES[] = {
    {"article page", RENDER_MESSAGES, true, make_discussion},
    {"thread (its replies)", RENDER_MESSAGES, true, make_thread},
    {"feed, Atom", RENDER_MESSAGES, true, make_atom},
    {"feed, RSS", RENDER_MESSAGES, true, make_rss},
    {"feed, JSON", RENDER_MESSAGES, true, make_json},
    {"author's own, put in place", RENDER_MESSAGES, false, make_own},
    {"search results", RENDER_MESSAGES, false, make_search},
    {"desk, the queue", RENDER_MESSAGES, false, make_queue},
    {"desk, a message's page", 1, false, make_case},
    {"after sending", 1, false, make_received},
    {"author's private page", 1, false, make_private},
};
const size_t RENDER_PAGE_COUNT = ARRAY_COUNT(RENDER_PAGES);

/* Two paragraphs of one to three sentences. */
static slice text_of(struct arena *arena, uint32_t number) {
    struct buf text;
    buf_init(&text, 1 << 16);
    uint32_t seed = number * UINT32_C(2654435761);
    for (int paragraph = 0; paragraph < 2; paragraph++) {
        buf_add(&text, S("<p>"));
        for (uint32_t left = 1 + (seed >> 8) % 3; left > 0; left--) {
            seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
            buf_add(&text, slice_of(SENTENCES[(seed >> 12) % ARRAY_COUNT(SENTENCES)]));
            buf_add(&text, left > 1 ? S(" ") : S("</p>"));
        }
    }
    slice copy = arena_copy(arena, buf_slice(&text));
    buf_fini(&text);
    return copy;
}

void render_material_init(struct render_material *m, struct arena *arena, const struct templates *templates,
                          const struct date_formats *dates) {
    struct arena *kept = arena_new((size_t)1 << 20); /* the other is for pages, and reset */
    m->context = (struct view_context){.arena = arena, .templates = templates, .dates = dates, .site = &SITE};
    m->signed_in = m->context;
    m->signed_in.viewer = &MODERATOR;
    m->discussion = (struct view_discussion){.article = &ARTICLE, .page = 1, .page_count = 1, .threads = m->threads};
    for (int i = 0; i < RENDER_MESSAGES; i++) {
        struct view_comment *comment = &m->comments[i];
        *comment = (struct view_comment){
            .number = 2878763 + i,
            .name = slice_of(NAMES[i * 5 % (int)ARRAY_COUNT(NAMES)]),
            .language = S("fr"),
            .html = html_from_stored(text_of(kept, (uint32_t)i + 1)),
            .submitted_at = TOLD_AT + i * MINUTE,
            .published_at = TOLD_AT + i * MINUTE + MINUTE / 10,
        };
        m->threads[i].root = *comment;
        m->entries[i] = (struct view_queue_entry){.comment = comment, .version = 1, .headline = ARTICLE.headline};
        m->hits[i] = (struct view_search_hit){.article = &ARTICLE,
                                              .snippet = html_from_stored(SNIPPET),
                                              .number = comment->number,
                                              .name = comment->name,
                                              .language = comment->language,
                                              .published_at = comment->published_at};
    }
}
