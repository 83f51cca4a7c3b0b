#include "exchange/demo.h"

#include "base/embedded.h"
#include "domain/article.h"
#include "domain/charter.h"
#include "domain/section.h"
#include "exchange/demo_story.h"
#include "text/date.h"

enum { LEAD_MINUTES = 24 * 60 /* the site was set up so long before its first article */ };

void demo__set_clock(const struct demo *demo, time_ms moment) { clock_set_offset(moment - demo->real); }

slice demo__text(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? slice_make(json_string_value(value), json_string_length(value)) : (slice){0};
}

time_ms demo__moment(const struct demo *demo, const json_t *object, const char *key) {
    return demo->now - json_integer_value(json_object_get(object, key)) * DEMO_MINUTE;
}

static enum status make_site(const struct demo *demo, struct error *error) {
    const json_t *json = json_object_get(demo->root, "site");
    slice language = demo__text(json, "language");
    const char *tag = arena_cstring(demo->arena, language);
    struct site_defaults defaults = {
        .name = demo__text(json, "name"),
        .tagline = demo__text(json_object_get(json, "tagline"), tag ? tag : ""),
        .language = language,
        .time_zone = demo__text(json, "time_zone"),
    };
    struct site site;
    enum status status = site_load(demo->db, demo->arena, &site, error);
    if (status == OK) return error_set(error, CONFLICT, "the database holds a site already");
    if (status != NOT_FOUND) return status;
    status = site_create(demo->db, &defaults, error);
    if (status == OK) status = site_load(demo->db, demo->arena, &site, error);
    if (status) return status;
    site.gives_reasons = true;
    site.removed_display = REMOVED_STUB;
    return site_save(demo->db, &site, (account_id){0}, error);
}

static enum status fill_charter(const struct demo *demo, const char *language, const json_t *json, struct charter *out,
                                struct error *error) {
    const json_t *rules = json_object_get(json, "rules");
    *out = (struct charter){.language = slice_of(language), .introduction = demo__text(json, "introduction")};
    out->rule_count = json_array_size(rules);
    out->rules = ARENA_ARRAY(demo->arena, out->rule_count, struct charter_rule);
    for (size_t i = 0; i < out->rule_count; i++) {
        const json_t *rule = json_array_get(rules, i);
        out->rules[i] = (struct charter_rule){
            .code = demo__text(rule, "code"),
            .title = demo__text(rule, "title"),
            .text = demo__text(rule, "text"),
            .legal_ground = demo__text(rule, "legal_ground"),
        };
        if (!severity_parse(demo__text(rule, "severity"), &out->rules[i].severity))
            return error_set(error, INVALID, "charter %s, rule %zu: no such severity", language, i + 1);
    }
    return OK;
}

static enum status make_charter(const struct demo *demo, account_id by, struct error *error) {
    json_t *json = json_object_get(demo->root, "charter");
    size_t count = 0;
    struct charter *charters = ARENA_ARRAY(demo->arena, json_object_size(json), struct charter);
    const char *language;
    const json_t *one;
    json_object_foreach(json, language, one) {
        enum status status = fill_charter(demo, language, one, &charters[count++], error);
        if (status) return status;
    }
    return charter_save(demo->db, charters, count, by, error);
}

static enum status make_sections(const struct demo *demo, account_id by, struct error *error) {
    const json_t *sections = json_object_get(demo->root, "sections");
    for (size_t i = 0; i < json_array_size(sections); i++) {
        const json_t *json = json_array_get(sections, i);
        struct section section = {
            .slug = demo__text(json, "slug"),
            .title = demo__text(json, "title"),
            .description = demo__text(json, "description"),
            .language = demo__text(json, "language"),
            .position = (int64_t)i + 1,
        };
        section_id id;
        enum status status = section_save(demo->db, &section, by, &id, error);
        if (status) return error_prefix(error, "section %.*s", SLICE_FMT(section.slug));
    }
    return OK;
}

static enum status make_accounts(struct demo *demo, const struct demo_passwords *passwords, struct demo_names *names,
                                 account_id *administrator, struct error *error) {
    const json_t *accounts = json_object_get(demo->root, "accounts");
    slice language = demo__text(json_object_get(demo->root, "site"), "language");
    for (size_t i = 0; i < json_array_size(accounts); i++) {
        const json_t *json = json_array_get(accounts, i);
        struct account_input input = {
            .name = demo__text(json, "name"), .display_name = demo__text(json, "display_name"), .language = language};
        if (!role_parse(demo__text(json, "role"), &input.role))
            return error_set(error, INVALID, "account %.*s: no such role", SLICE_FMT(input.name));
        bool moderates = input.role == ROLE_MODERATOR, edits = input.role == ROLE_EDITOR;
        input.password_hash = moderates ? passwords->moderator : edits ? passwords->editor : passwords->administrator;
        account_id *id = moderates ? &demo->moderator : edits ? &demo->editor : administrator;
        slice *name = moderates ? &names->moderator : edits ? &names->editor : &names->administrator;
        enum status status = account_add(demo->db, &input, (account_id){0}, id, error);
        if (status) return error_prefix(error, "account %.*s", SLICE_FMT(input.name));
        *name = arena_copy(demo->arena, input.name);
    }
    if (!demo->moderator.v || !demo->editor.v || !administrator->v)
        return error_set(error, INVALID, "a moderator, an editor and an administrator are wanted");
    return OK;
}

static enum status fill_article(const struct demo *demo, const json_t *json, struct article *out, struct error *error) {
    const json_t *source = json_object_get(json, "source");
    *out = (struct article){
        .language = demo__text(json, "language"),
        .headline = demo__text(json, "headline"),
        .standfirst = demo__text(json, "standfirst"),
        .byline = demo__text(json, "byline"),
        .body_source = demo__text(json, "body"),
        .body_format = BODY_MARKDOWN,
        .source_url = demo__text(source, "url"),
        .source_site = demo__text(source, "site"),
        .source_author = demo__text(source, "author"),
        .source_title = demo__text(source, "title"),
    };
    if (!article_kind_parse(demo__text(json, "kind"), &out->kind)) return error_set(error, INVALID, "no such kind");
    if (!moderation_parse(demo__text(json, "moderation"), &out->moderation))
        return error_set(error, INVALID, "no such moderation");
    slice date = demo__text(source, "date"); /* a day: its noon */
    if (date.n && !date_parse_iso(arena_format(demo->arena, "%.*sT12:00:00Z", SLICE_FMT(date)), &out->source_date))
        return error_set(error, INVALID, "no such date");
    struct section section;
    enum status status = section_find(demo->db, demo->arena, demo__text(json, "section"), &section, error);
    if (status == OK) out->section = section.id;
    return status;
}

enum status demo__write_article(const struct demo *demo, struct demo_article *slot, struct error *error) {
    struct article article;
    enum status status = fill_article(demo, slot->json, &article, error);
    if (status == OK) status = article_prepare(demo->arena, &article, error);
    return status ? status : article_save(demo->db, &article, demo->editor, &slot->id, error);
}

enum status demo__publish_article(const struct demo *demo, const struct demo_article *slot, struct error *error) {
    return article_set_state(demo->db, slot->id, ARTICLE_PUBLISHED, 0, demo->editor, error);
}

enum status demo__close_discussion(const struct demo *demo, const struct demo_article *slot, struct error *error) {
    struct article article;
    enum status status = article_get(demo->db, demo->arena, slot->id, &article, error);
    if (status) return status;
    return article_set_discussion(demo->db, slot->id, true, article.moderation, demo->editor, error);
}

static enum status list_articles(struct demo *demo, struct error *error) {
    const json_t *articles = json_object_get(demo->root, "articles");
    demo->article_count = json_array_size(articles);
    if (!demo->article_count || demo->article_count > DEMO_ITEMS_MAX)
        return error_set(error, INVALID, "between 1 and %d articles are wanted", DEMO_ITEMS_MAX);
    demo->articles = ARENA_ARRAY(demo->arena, demo->article_count, struct demo_article);
    for (size_t i = 0; i < demo->article_count; i++) {
        const json_t *json = json_array_get(articles, i);
        time_ms at = demo__moment(demo, json, "published");
        size_t place = i; /* by date */
        for (; place > 0 && demo->articles[place - 1].published_at > at; place--)
            demo->articles[place] = demo->articles[place - 1];
        demo->articles[place] = (struct demo_article){.key = demo__text(json, "key"), .json = json, .published_at = at};
    }
    return OK;
}

static enum status build(struct demo *demo, const struct demo_passwords *passwords, struct demo_names *names,
                         struct error *error) {
    account_id administrator = {0};
    enum status status = list_articles(demo, error);
    if (status) return status;
    demo__set_clock(demo, demo->articles[0].published_at - LEAD_MINUTES * DEMO_MINUTE);
    status = make_site(demo, error);
    if (status == OK) status = make_accounts(demo, passwords, names, &administrator, error);
    if (status == OK) status = make_charter(demo, administrator, error);
    if (status == OK) status = make_sections(demo, administrator, error);
    return status == OK ? demo__tell(demo, error) : status;
}

enum status demo_load_json(struct db *write, struct arena *arena, slice json, time_ms now,
                           const struct demo_passwords *passwords, struct demo_names *out, struct error *error) {
    json_error_t fault;
    json_t *root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &fault);
    if (!root) return error_set(error, INVALID, "publication.json: line %d: %s", fault.line, fault.text);
    time_ms before = clock_now();
    clock_set_offset(0);
    struct demo demo = {.db = write, .arena = arena, .root = root, .now = now, .real = clock_now()};
    struct demo_names names = {0};
    enum status status = db_write_begin(write, error);
    if (status == OK) {
        status = build(&demo, passwords, &names, error);
        if (status) (void)error_prefix(error, "publication.json");
        if (status == OK) status = db_write_commit(write, error);
        if (status) db_write_rollback(write);
    }
    clock_set_offset(before - demo.real);
    if (status == OK) *out = names;
    json_decref(root);
    return status;
}

enum status demo_load(struct db *write, struct arena *arena, time_ms now, const struct demo_passwords *passwords,
                      struct demo_names *out, struct error *error) {
    const struct embedded_file *file = embedded_find(embedded_demo, embedded_demo_count, "publication.json");
    if (!file) return error_set(error, INTERNAL, "the program holds no demonstration");
    return demo_load_json(write, arena, slice_make(file->data, file->size), now, passwords, out, error);
}
