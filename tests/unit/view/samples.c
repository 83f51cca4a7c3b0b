#include "samples.h"

#include "text/markdown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#define MINUTE ((time_ms)60 * 1000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const time_ms morning = (time_ms)1641514740 * 1000; /* 2022-01-07 01:19 in Paris */

static const int64_t first_number = 2878763;

static const struct view_language languages[] = {{S_INIT("fr"), S_INIT("Français")}, {S_INIT("en"), S_INIT("English")}};

static const struct view_section french_sections[] = {
    {S_INIT("vallee"), S_INIT("Vallée"), S_INIT("Ce qui se décide, se construit et se défait entre les deux cols."),
     S_INIT("fr")},
    {S_INIT("culture"), S_INIT("Culture"), S_INIT(""), S_INIT("fr")},
    {S_INIT("sciences"), S_INIT("Sciences"), S_INIT(""), S_INIT("fr")},
    {S_INIT("opinions"), S_INIT("Opinions"), S_INIT(""), S_INIT("fr")},
};
static const struct view_section english_sections[] = {
    {S_INIT("valley"), S_INIT("Valley"), S_INIT("What is decided, built and undone between the two passes."),
     S_INIT("en")},
    {S_INIT("culture"), S_INIT("Culture"), S_INIT(""), S_INIT("en")},
    {S_INIT("science"), S_INIT("Science"), S_INIT(""), S_INIT("en")},
    {S_INIT("opinion"), S_INIT("Opinion"), S_INIT(""), S_INIT("en")},
};

static const char french_body[] =
    "Le vieux pont de pierre ne rouvrira pas aux voitures. Après dix-huit mois de travaux et trois reports, le conseil a "
    "voté jeudi soir, par onze voix contre huit, la conversion de l'ouvrage en passage réservé aux piétons, aux vélos et "
    "aux troupeaux. \"Nous n'avons pas fermé un pont, nous avons ouvert une place\", résume la maire.\n\n"
    "# Onze voix contre huit\n\n"
    "La séance avait commencé dans le calme ; elle s'est achevée à minuit passé. Les opposants, menés par l'ancien "
    "adjoint aux routes, demandaient une contre-expertise : l'étude de 2019 comptait **2 340 passages par jour**, celle "
    "de l'automne à peine la moitié.\n\n"
    "> Un pont qui ne porte plus que ceux qui marchent porte encore un village.\n\n"
    "Trois mesures accompagnent la décision :\n\n"
    "- un arrêt de car de part et d'autre, avec abri ;\n"
    "- la reprise du chemin bas, large de trois mètres ;\n"
    "- une passerelle provisoire pour les secours, jusqu'en mars.\n\n"
    "![Le pont vu de l'amont, avant la crue](/static/demo/old-bridge.svg \"Le pont vu de l'amont, avant la crue. Dessin de "
    "la rédaction.\")\n\n"
    "Le détail du vote est [sur le site de la commune](https://www.example.org/deliberations/2022). Les travaux de finition "
    "doivent durer jusqu'au printemps.\n";

static const char english_body[] =
    "The old stone bridge will not reopen to cars. After eighteen months of works and three delays, the council voted on "
    "Thursday night, eleven to eight, to keep it for walkers, bicycles and herds. \"We have not closed a bridge, we have "
    "opened a square\", says the mayor.\n\n"
    "# Eleven to eight\n\n"
    "The session had begun quietly; it ended past midnight. Its opponents, led by the former deputy for roads, wanted a "
    "second survey: that of 2019 counted **2,340 crossings a day**, last autumn's hardly half as many.\n\n"
    "> A bridge that carries only those who walk still carries a village.\n\n"
    "Three measures come with the decision:\n\n"
    "- a bus stop on either side, with a shelter;\n"
    "- the lower path mended, three metres wide;\n"
    "- a footbridge for ambulances, until March.\n\n"
    "![The bridge from upstream, before the flood](/static/demo/old-bridge.svg \"The bridge from upstream, before the "
    "flood. Drawing: the newsroom.\")\n\n"
    "The vote in detail is [on the village's site](https://www.example.org/deliberations/2022). The last works should take "
    "until spring.\n";

struct message {
    const char *name, *title, *text;
    enum view_badge badge;
    enum view_comment_state state;
    int parent; /* index among the replies of the thread, from 1; 0: the root */
    bool has_website, edited;
};

static const char long_text[] =
    "Je reprends les chiffres, parce qu'on les cite de travers depuis le début de cette discussion.\n\n"
    "L'étude de 2019 comptait les passages dans les deux sens, semaine et dimanche confondus. Celle de l'automne ne compte "
    "que les jours ouvrés, hors vacances. On ne peut pas soustraire l'une de l'autre et conclure.\n\n"
    "Ce qu'on peut dire, en revanche :\n\n"
    "- le trafic du matin a baissé d'un tiers, pas de moitié ;\n"
    "- celui du soir n'a pas bougé ;\n"
    "- les camions passaient déjà par la rive gauche depuis 2020 ;\n"
    "- personne n'a compté les vélos.\n\n"
    "Le détour par le chemin bas, je l'ai chronométré : huit minutes en voiture, quatorze quand le car manœuvre devant "
    "l'école. Pour un artisan qui traverse six fois par jour, c'est une heure. Pour ma mère, qui traverse une fois par "
    "semaine pour le marché, c'est rien, et elle ne risque plus d'être accrochée par un rétroviseur.\n\n"
    "Donc oui, il y a des perdants, et il faut les aider ; non, ce n'est pas \"tout le village\". Et la question du secours "
    "en hiver n'est pas réglée par une passerelle de deux tonnes et demie : l'ambulance en pèse trois et demie, chargée. "
    "C'est écrit page 41 du rapport, que j'invite chacun à lire avant de s'invectiver.\n\n"
    "Enfin, sur l'argent : la réfection complète était chiffrée à 1,9 million d'euros, dont un tiers à la charge de la "
    "commune. C'est l'équivalent de la cantine pendant sept ans. On peut le regretter, mais c'est de cela qu'il s'agit.";

static const struct message french_messages[SAMPLE_THREADS][4] = {
    {{"Claire M.", "",
      "Enfin une décision. J'habite rive gauche depuis trente ans : le bruit, c'était *toute* la nuit.", 0, 0, 0, 0, 0},
     {"Bastien", "", "Et les commerces ? Ma boulangerie a perdu un client sur trois depuis la fermeture...", 0, 0, 0, 0,
      0},
     {"Claire M.", "", "> un client sur trois\n\nC'est vrai partout dans la vallée, pont ou pas pont.", 0, 0, 1, 0, 0},
     {"Hélène Roux", "", "Les chiffres de la chambre de commerce arrivent mardi ; nous les publierons ici.",
      VIEW_BADGE_AUTHOR, 0, 1, 0, 0}},
    {{"un habitant du haut", "Et en hiver ?",
      "Une passerelle \"provisoire jusqu'en mars\", on sait ce que ça veut dire : `mars` de quelle année ?", 0, 0, 0, 0,
      1},
     {"", "", "", 0, VIEW_COMMENT_REMOVED, 0, 0, 0}},
    {{"J.-P. Ferrand", "", long_text, 0, 0, 0, true, 0}},
    {{"", "", "", 0, VIEW_COMMENT_WITHDRAWN, 0, 0, 0},
     {"Modération", "", "Rappel : la charte vaut aussi pour les surnoms donnés aux élus.", VIEW_BADGE_MODERATOR, 0, 0,
      0, 0}},
    {{"Léo", "",
      "Le compte rendu complet : https://www.example.org/deliberations/2022-01-06-conseil-municipal-de-la-vallee/annexes/vote-nominatif.html",
      0, 0, 0, 0, 0}},
    {{"Moustache", "",
      "1. D'abord on ferme.\n2. Ensuite on étudie.\n3. Enfin on s'étonne.\n\nTrois fois que je vois ça, trois fois la même musique.",
      0, 0, 0, 0, 0}},
    {{"Inès", "", "Le marché sur le pont, dès le premier dimanche de mai : qui vient ?", VIEW_BADGE_MEMBER, 0, 0, 0,
      0}},
    {{"Robert", "", "Moi !", 0, 0, 0, 0, 0}},
};

static const struct message english_messages[SAMPLE_THREADS][4] = {
    {{"Claire M.", "",
      "A decision at last. I have lived on the left bank for thirty years: the noise lasted *all* night.", 0, 0, 0, 0,
      0},
     {"Bastien", "", "And the shops? My bakery has lost one customer in three since it closed...", 0, 0, 0, 0, 0},
     {"Claire M.", "", "> one customer in three\n\nSo it is all over the valley, bridge or no bridge.", 0, 0, 1, 0, 0},
     {"Helen Roux", "", "The chamber of commerce gives its figures on Tuesday; we shall print them here.",
      VIEW_BADGE_AUTHOR, 0, 1, 0, 0}},
    {{"one from the upper village", "And in winter?",
      "A footbridge \"until March\": we know what that means. `March` of which year?", 0, 0, 0, 0, 1},
     {"", "", "", 0, VIEW_COMMENT_REMOVED, 0, 0, 0}},
    {{"J.-P. Ferrand", "", long_text, 0, 0, 0, true, 0}},
    {{"", "", "", 0, VIEW_COMMENT_WITHDRAWN, 0, 0, 0},
     {"Moderation", "", "The charter holds for nicknames given to councillors, too.", VIEW_BADGE_MODERATOR, 0, 0, 0,
      0}},
    {{"Leo", "",
      "The minutes: https://www.example.org/deliberations/2022-01-06-village-council-of-the-valley/annexes/vote-by-name.html",
      0, 0, 0, 0, 0}},
    {{"Whiskers", "", "1. First they close it.\n2. Then they study it.\n3. Then they wonder.\n\nThird time, same tune.",
      0, 0, 0, 0, 0}},
    {{"Ines", "", "A market on the bridge, from the first Sunday of May: who comes?", VIEW_BADGE_MEMBER, 0, 0, 0, 0}},
    {{"Robert", "", "I do!", 0, 0, 0, 0, 0}},
};

#define RULE(c, t, x, l)                                                                                               \
    { .code = S_INIT(c), .title = S_INIT(t), .text = S_INIT(x), .legal_ground = S_INIT(l) }

static const struct view_rule french_rules[] = {
    RULE("respect", "Respecter les personnes",
         "On discute les idées et les actes ; on n'insulte ni ne menace personne.", ""),
    RULE(
        "haine", "Ni haine ni discrimination",
        "Les propos qui visent des personnes pour leur origine, leur religion, leur sexe ou leur handicap sont refusés.",
        "loi du 29 juillet 1881, art. 24"),
    RULE("publicite", "Pas de publicité", "Un lien utile est bienvenu ; une réclame, non.", ""),
};
static const struct view_rule english_rules[] = {
    RULE("respect", "Respect people", "Ideas and acts are discussed; nobody is insulted or threatened.", ""),
    RULE("hate", "No hatred, no discrimination",
         "Attacks on people for their origin, religion, sex or disability are refused.", ""),
    RULE("advertising", "No advertising", "A useful link is welcome; an advertisement is not.", ""),
};

struct html samples_comment_html(struct samples *s, const char *markdown) {
    struct error error = {0};
    struct html html = {0};
    const struct markdown_options options = {.language = s->french ? S("fr") : S("en")};
    assert_int_equal(markdown_comment(s->arena, slice_of(markdown), &options, &html, &error), OK);
    return html;
}

static struct html article_html(struct samples *s, const char *markdown, slice language) {
    struct error error = {0};
    struct html html = {0};
    const struct markdown_options options = {.language = language};
    assert_int_equal(markdown_article(s->arena, slice_of(markdown), &options, &html, &error), OK);
    return html;
}

static struct view_comment make_comment(struct samples *s, const struct message *m, int64_t number) {
    return (struct view_comment){.number = number,
                                 .state = m->state,
                                 .badge = m->badge,
                                 .name = slice_of(m->name),
                                 .title = slice_of(m->title),
                                 .language = s->french ? S("fr") : S("en"),
                                 .website = m->has_website ? S("https://www.example.net/ferrand") : S(""),
                                 .html = m->text[0] ? samples_comment_html(s, m->text) : html_from_stored(S("")),
                                 .submitted_at = morning + (number - first_number) * MINUTE,
                                 .published_at = morning + (number - first_number) * MINUTE,
                                 .edited_at = m->edited ? morning + 3 * HOUR : 0};
}

static void fill_thread(struct samples *s, struct view_thread *thread, const struct message *messages,
                        int64_t *number) {
    thread->root = make_comment(s, &messages[0], *number);
    (*number)++;
    struct view_comment *replies = ARENA_ARRAY(s->arena, 3, struct view_comment);
    thread->replies = replies;
    for (size_t i = 1; i < 4 && messages[i].text; i++) {
        struct view_comment *reply = &replies[thread->reply_count++];
        *reply = make_comment(s, &messages[i], *number);
        reply->root = thread->root.number;
        reply->parent = messages[i].parent ? replies[messages[i].parent - 1].number : thread->root.number;
        reply->parent_name = messages[i].parent ? replies[messages[i].parent - 1].name : thread->root.name;
        (*number)++;
    }
}

static void fill_own(struct samples *s) {
    const struct message root = {
        "Camille", "", s->french ? "Et pourquoi pas un bac ?" : "Why not a ferry?", 0, VIEW_COMMENT_PENDING, 0, 0, 0};
    const struct message reply = {"Camille",
                                  "",
                                  s->french ? "Je viendrai avec mon accordéon." : "I shall bring my accordion.",
                                  0,
                                  VIEW_COMMENT_PENDING,
                                  0,
                                  0,
                                  0};
    s->own[0] = make_comment(s, &root, 2878790);
    s->own[1] = make_comment(s, &reply, 2878791);
    s->own[1].root = s->own[1].parent = s->threads[6].root.number;
    s->own[1].parent_name = s->threads[6].root.name;
    for (size_t i = 0; i < ARRAY_COUNT(s->own); i++) {
        s->own[i].is_own = true;
        s->own[i].published_at = 0;
        s->own[i].secret = S("kd93jf_0sdf-3jf93");
    }
}

static void fill_articles(struct samples *s) {
    bool fr = s->french;
    s->article = (struct view_article){
        .id = 12,
        .slug = fr ? S("le-pont-ne-rouvrira-pas") : S("the-bridge-stays-closed"),
        .language = fr ? S("fr") : S("en"),
        .headline = fr ? S("Le vieux pont ne rouvrira pas aux voitures : \"une place, pas une impasse\"")
                       : S("The old bridge will not reopen to cars: \"a square, not a dead end\""),
        .standfirst =
            fr ? S("Le conseil a tranché jeudi soir, par onze voix contre huit. Piétons, vélos et troupeaux "
                   "garderont l'ouvrage ; les camions, eux, feront le tour.")
               : S("The council decided on Thursday night, eleven to eight. Walkers, bicycles and herds keep the "
                   "bridge; lorries will go round."),
        .byline = fr ? S("Hélène Roux") : S("Helen Roux"),
        .section_slug = fr ? S("vallee") : S("valley"),
        .section_title = fr ? S("Vallée") : S("Valley"),
        .published_at = morning - DAY,
        .updated_at = morning + 4 * HOUR,
        .comment_count = 1248,
        .accepts_comments = true,
    };
    s->article.body = article_html(s, fr ? french_body : english_body, s->article.language);
    s->excerpt = (struct view_article){
        .id = 9,
        .kind = VIEW_ARTICLE_EXCERPT,
        .slug = S("swifts"),
        .language = fr ? S("en") : S("fr"),
        .headline = fr ? S("Swifts sleep on the wing, a radar confirms")
                       : S("Les martinets dorment en vol, un radar le confirme"),
        .section_slug = fr ? S("sciences") : S("science"),
        .section_title = fr ? S("Sciences") : S("Science"),
        .source_url = S("https://www.example.com/science/swifts?page=2&view=full"),
        .source_site = S("The Valley Observer"),
        .source_author = S("Ann O'Hara"),
        .source_title = fr ? S("Swifts sleep on the wing") : S("Les martinets dorment en vol"),
        .source_date = morning - 9 * DAY,
        .published_at = morning - 3 * DAY,
        .comment_count = 0,
        .accepts_comments = true,
    };
    s->excerpt.body = article_html(
        s,
        fr ? "Common swifts stay in the air for ten months of the year.\n\nA radar above the northern pass has "
             "now followed them through the night: they climb at dusk, doze on the glide, and climb again.\n"
           : "Le martinet noir reste en l'air dix mois par an.\n\nUn radar posé au col nord les a suivis toute "
             "une nuit : ils montent au crépuscule, somnolent en planant, remontent.\n",
        s->excerpt.language);
    s->articles[0] = s->article;
    s->articles[0].body = html_from_stored(S(""));
    s->articles[1] = s->excerpt;
    static const char *const french_headlines[] = {"Le lavoir a retrouvé son toit",
                                                   "Faut-il éteindre les réverbères après minuit ?",
                                                   "Un an sans médecin : récit d'une attente", "La dernière scierie"};
    static const char *const english_headlines[] = {"The wash-house has its roof again",
                                                    "Street lamps after midnight: on or off?",
                                                    "A year without a doctor: chronicle of a wait", "The last sawmill"};
    for (size_t i = 2; i < ARRAY_COUNT(s->articles); i++) {
        s->articles[i] = s->articles[0];
        s->articles[i].id = 10 - (int64_t)i;
        s->articles[i].headline = slice_of((fr ? french_headlines : english_headlines)[i - 2]);
        if (i % 2 == 1) s->articles[i].standfirst = S("");
        s->articles[i].comment_count = i == 2 ? 1 : (int64_t)(i * 7);
        s->articles[i].published_at = morning - (time_ms)i * 5 * DAY;
        s->articles[i].section_slug = s->site.sections[i % 4].slug;
        s->articles[i].section_title = s->site.sections[i % 4].title;
    }
}

void samples_init(struct samples *s, slice language) {
    struct error error = {0};
    *s = (struct samples){.arena = arena_new((size_t)64 * 1024 * 1024), .french = slice_equal(language, S("fr"))};
    bool fr = s->french;
    assert_int_equal(catalog_open_embedded(language, &s->catalog, &error), OK);
    if (templates_open(s->catalog, &s->templates, &error) != OK) fail_msg("%s", error.detail);
    assert_int_equal(date_formats_new(language, S("Europe/Paris"), &s->dates, &error), OK);
    s->site = (struct view_site){
        .name = fr ? S("Le Courrier des deux cols") : S("The Two Passes Courier"),
        .tagline =
            fr ? S("Nouvelles de la vallée, et ce qu'on en dit") : S("News of the valley, and what is said of it"),
        .base_url = S("https://courrier.example"),
        .language = language,
        .languages = languages,
        .language_count = ARRAY_COUNT(languages),
        .sections = fr ? french_sections : english_sections,
        .section_count = ARRAY_COUNT(french_sections),
    };
    s->context =
        (struct view_context){.arena = s->arena, .templates = s->templates, .dates = s->dates, .site = &s->site};
    fill_articles(s);
    int64_t number = first_number;
    for (size_t i = 0; i < SAMPLE_THREADS; i++) {
        fill_thread(s, &s->threads[i], (fr ? french_messages : english_messages)[i], &number);
    }
    s->threads[0].more_replies = 12;
    fill_own(s);
    s->charter = (struct view_charter){
        .version = 3,
        .language = language,
        .introduction =
            fr ? S("Cette discussion est modérée *avant* publication, par des personnes. Voici ce qu'elles lisent.")
               : S("This discussion is moderated *before* publication, by people. This is what they read."),
        .rules = fr ? french_rules : english_rules,
        .rule_count = ARRAY_COUNT(french_rules),
        .created_at = morning - 400 * DAY};
    s->form = (struct view_form){.article = 12, .pre_moderated = true, .max_characters = 10000};
}

void samples_fini(struct samples *s) {
    date_formats_free(s->dates);
    templates_free(s->templates);
    catalog_free(s->catalog);
    arena_free(s->arena);
}
