/* Forms: the words for what is wrong, beside the field and in the summary. */
#include "view/page_common.h"

static const slice field_names[VIEW_FIELDS] = {
    [VIEW_FIELD_FORM] = S_INIT(""),
    [VIEW_FIELD_NAME] = S_INIT("name"),
    [VIEW_FIELD_TEXT] = S_INIT("text"),
    [VIEW_FIELD_TITLE] = S_INIT("title"),
    [VIEW_FIELD_EMAIL] = S_INIT("email"),
    [VIEW_FIELD_WEBSITE] = S_INIT("website"),
    [VIEW_FIELD_REPLY_TO] = S_INIT("reply_to"),
    [VIEW_FIELD_RULE] = S_INIT("rule"),
    [VIEW_FIELD_ACCOUNT] = S_INIT("account"),
    [VIEW_FIELD_PASSWORD] = S_INIT("password"),
    [VIEW_FIELD_PASSWORD_AGAIN] = S_INIT("password_again"),
    [VIEW_FIELD_PUBLICATION] = S_INIT("publication"),
    [VIEW_FIELD_TAGLINE] = S_INIT("tagline"),
    [VIEW_FIELD_LANGUAGE] = S_INIT("language"),
    [VIEW_FIELD_TIME_ZONE] = S_INIT("time_zone"),
    [VIEW_FIELD_HEADLINE] = S_INIT("headline"),
    [VIEW_FIELD_STANDFIRST] = S_INIT("standfirst"),
    [VIEW_FIELD_BYLINE] = S_INIT("byline"),
    [VIEW_FIELD_BODY] = S_INIT("body"),
    [VIEW_FIELD_SECTION] = S_INIT("section"),
    [VIEW_FIELD_KIND] = S_INIT("kind"),
    [VIEW_FIELD_SOURCE_URL] = S_INIT("source_url"),
    [VIEW_FIELD_SOURCE_SITE] = S_INIT("source_site"),
    [VIEW_FIELD_SOURCE_AUTHOR] = S_INIT("source_author"),
    [VIEW_FIELD_SOURCE_TITLE] = S_INIT("source_title"),
    [VIEW_FIELD_SOURCE_DATE] = S_INIT("source_date"),
    [VIEW_FIELD_RELATED] = S_INIT("related"),
    [VIEW_FIELD_MODERATION] = S_INIT("moderation"),
    [VIEW_FIELD_DISCUSSION] = S_INIT("discussion"),
    [VIEW_FIELD_SLUG] = S_INIT("slug"),
    [VIEW_FIELD_DESCRIPTION] = S_INIT("description"),
    [VIEW_FIELD_INTRODUCTION] = S_INIT("introduction"),
    [VIEW_FIELD_CODE] = S_INIT("code"),
    [VIEW_FIELD_LEGAL_GROUND] = S_INIT("legal_ground"),
    [VIEW_FIELD_ROLE] = S_INIT("role"),
    [VIEW_FIELD_DISPLAY_NAME] = S_INIT("display_name"),
    [VIEW_FIELD_CLOSE_AFTER_DAYS] = S_INIT("close_after_days"),
    [VIEW_FIELD_PASSWORD_NOW] = S_INIT("password_now"),
};

slice view_field_name(enum view_field field) { return field_names[field]; }

static const char *const field_labels[VIEW_FIELDS] = {
    [VIEW_FIELD_NAME] = T("Name"),
    [VIEW_FIELD_TEXT] = T("Text"),
    [VIEW_FIELD_TITLE] = T("Title"),
    [VIEW_FIELD_EMAIL] = T("E-mail"),
    [VIEW_FIELD_WEBSITE] = T("Website"),
    [VIEW_FIELD_RULE] = T("Rule"),
    [VIEW_FIELD_ACCOUNT] = T("Name to sign in with"),
    [VIEW_FIELD_PASSWORD] = T("Password"),
    [VIEW_FIELD_PASSWORD_AGAIN] = T("The password again"),
    [VIEW_FIELD_PUBLICATION] = T("Name of the publication"),
    [VIEW_FIELD_TAGLINE] = T("In a few words"),
    [VIEW_FIELD_LANGUAGE] = T("Language of the publication"),
    [VIEW_FIELD_TIME_ZONE] = T("Time zone"),
    [VIEW_FIELD_HEADLINE] = T("Headline"),
    [VIEW_FIELD_STANDFIRST] = T("Standfirst"),
    [VIEW_FIELD_BYLINE] = T("By-line"),
    [VIEW_FIELD_BODY] = T("Text"),
    [VIEW_FIELD_SECTION] = T("Section"),
    [VIEW_FIELD_KIND] = T("Kind"),
    [VIEW_FIELD_SOURCE_URL] = T("Address of the page quoted"),
    [VIEW_FIELD_SOURCE_SITE] = T("Publication quoted"),
    [VIEW_FIELD_SOURCE_AUTHOR] = T("Its author"),
    [VIEW_FIELD_SOURCE_TITLE] = T("Its title"),
    [VIEW_FIELD_SOURCE_DATE] = T("Its date"),
    [VIEW_FIELD_RELATED] = T("See also"),
    [VIEW_FIELD_MODERATION] = T("Moderation of messages"),
    [VIEW_FIELD_DISCUSSION] = T("Discussion"),
    [VIEW_FIELD_SLUG] = T("Name in addresses"),
    [VIEW_FIELD_DESCRIPTION] = T("Description"),
    [VIEW_FIELD_INTRODUCTION] = T("Introduction"),
    [VIEW_FIELD_CODE] = T("Code"),
    [VIEW_FIELD_LEGAL_GROUND] = T("Legal ground"),
    [VIEW_FIELD_ROLE] = T("Role"),
    [VIEW_FIELD_DISPLAY_NAME] = T("Name shown to colleagues"),
    [VIEW_FIELD_CLOSE_AFTER_DAYS] = T("Days until discussions close"),
    [VIEW_FIELD_PASSWORD_NOW] = T("Your password now"),
};

/* What a fault is called where the field makes no difference. */
static const char *const fault_texts[VIEW_FAULTS] = {
    [VIEW_FAULT_EMPTY] = T("This field is empty."),
    [VIEW_FAULT_INVALID_UTF8] = T("These characters arrived damaged (they are not UTF-8). Please type them again."),
    [VIEW_FAULT_CONTROL] = T("There are control characters in it, which cannot be shown. Please type it again."),
    [VIEW_FAULT_FORM] = T("This cannot be used here."),
    [VIEW_FAULT_NO_ADDRESS] = T("This is not an e-mail address, such as name@example.org."),
    [VIEW_FAULT_REPLY_GONE] =
        T("The message you answer is no longer there. Your text is kept: you can send it as a new comment."),
    [VIEW_FAULT_REPLY_ELSEWHERE] =
        T("The message you answer stands under another article. Your text is kept: you can send it as a new comment."),
    [VIEW_FAULT_CLOSED] = T("This discussion takes no more messages. Your text is kept below, for you to copy."),
    [VIEW_FAULT_REPEATED] = T("You have already sent this very text here."),
    [VIEW_FAULT_NAME_RESERVED] = T("This name belongs to somebody of the newsroom. Please choose another."),
    [VIEW_FAULT_STALE] =
        T("This form was open for too long, or did not come from here. Nothing is lost: please send it again."),
    [VIEW_FAULT_TOO_MANY] = T("Too many messages in a short time. Your text is kept: please send it a little later."),
    [VIEW_FAULT_TAKEN] = T("This name is taken. Please choose another."),
    [VIEW_FAULT_DIFFERENT] = T("The two passwords are not the same."),
    [VIEW_FAULT_WRONG] = T("Wrong name or password."),
    [VIEW_FAULT_CONFLICT] = T("A moderator has decided meanwhile: this message can no longer be changed."),
    [VIEW_FAULT_NUMBER] = T("This is not a whole number that can be used here."),
    [VIEW_FAULT_FULL] = T("There are as many as there can be."),
    [VIEW_FAULT_PAGE_NO_ADDRESS] = T("This is not an address of the web: it begins with http:// or https://."),
    [VIEW_FAULT_PAGE_NOT_PUBLIC] =
        T("This address leads into a private network: pages are read from the public web only."),
    [VIEW_FAULT_PAGE_NOT_FOUND] = T("There is no such site: its name is not known."),
    [VIEW_FAULT_PAGE_NO_ANSWER] =
        T("That site does not answer, or not safely. The fields below can be filled in by hand."),
    [VIEW_FAULT_PAGE_TOO_SLOW] =
        T("That site took too long to answer. Try again, or fill in the fields below by hand."),
    [VIEW_FAULT_PAGE_TOO_LARGE] = T("That page is too large to be read. The fields below can be filled in by hand."),
    [VIEW_FAULT_PAGE_BAD_ANSWER] =
        T("That site answered with an error. Please check the address, or fill in the fields below by hand."),
    [VIEW_FAULT_PAGE_NOTHING] = T(
        "There is no page to quote at this address, or none that can be read. The fields below can be filled in by hand."),
    [VIEW_FAULT_HELD] =
        T("With this change a moderator would have to read the message first. Please change it otherwise, "
          "or send a new message."),
    [VIEW_FAULT_UNCONFIRMED] = T("Not sent yet: please look at the proofreading, and confirm that you mean it so."),
    [VIEW_FAULT_TO_MEND] = T("Not sent yet: please mend first what the proofreading asks for."),
    [VIEW_FAULT_UNMENDED] = T("Not saved yet: please mend first what the proofreading asks for."),
    [VIEW_FAULT_LAST_ADMINISTRATOR] = T("This is the last administrator: make somebody else administrator first."),
};

/* Where the field makes a difference. */
static const struct {
    enum view_field field;
    enum view_fault fault;
    const char *text;
} special_texts[] = {
    {VIEW_FIELD_NAME, VIEW_FAULT_EMPTY, T("Please choose a name, any you like.")},
    {VIEW_FIELD_NAME, VIEW_FAULT_FORM,
     T("This cannot be used as a name: it needs letters or digits that can be seen.")},
    {VIEW_FIELD_TEXT, VIEW_FAULT_EMPTY, T("There is no text yet.")},
    {VIEW_FIELD_EMAIL, VIEW_FAULT_TOO_MANY, T("Too many requests in a short time. Please try again in some minutes.")},
    {VIEW_FIELD_EMAIL, VIEW_FAULT_EMPTY, T("To be written to, an address is needed.")},
    {VIEW_FIELD_EMAIL, VIEW_FAULT_FORM, T("This is not an e-mail address. You may leave the field empty.")},
    {VIEW_FIELD_WEBSITE, VIEW_FAULT_FORM, T("This is not the address of a website. You may leave the field empty.")},
    {VIEW_FIELD_RULE, VIEW_FAULT_EMPTY, T("Please choose a rule, or “Something else”.")},
    {VIEW_FIELD_ACCOUNT, VIEW_FAULT_FORM, T("Two to forty small letters, digits, dashes or dots.")},
    {VIEW_FIELD_TIME_ZONE, VIEW_FAULT_FORM, T("No such time zone. Examples: Europe/Paris, UTC.")},
    {VIEW_FIELD_FORM, VIEW_FAULT_EMPTY, T("A charter needs one rule at least.")},
    {VIEW_FIELD_HEADLINE, VIEW_FAULT_EMPTY, T("An article needs a headline.")},
    {VIEW_FIELD_SOURCE_URL, VIEW_FAULT_EMPTY, T("An excerpt needs the address of the page it quotes.")},
    {VIEW_FIELD_SOURCE_URL, VIEW_FAULT_FORM,
     T("This is not the address of a page: it begins with https:// or http://.")},
    {VIEW_FIELD_RELATED, VIEW_FAULT_FORM,
     T("Numbers or addresses of other articles, one a line, each once, eight at most.")},
    {VIEW_FIELD_SOURCE_DATE, VIEW_FAULT_FORM, T("This is not a date. Example: 2026-01-31.")},
    {VIEW_FIELD_SECTION, VIEW_FAULT_FORM, T("There is no such section any more.")},
    {VIEW_FIELD_SLUG, VIEW_FAULT_FORM, T("Small letters a to z, digits and single hyphens only.")},
    {VIEW_FIELD_SLUG, VIEW_FAULT_TAKEN, T("Another section is at this address.")},
    {VIEW_FIELD_CODE, VIEW_FAULT_FORM, T("Up to forty small letters a to z, digits and hyphens.")},
    {VIEW_FIELD_CODE, VIEW_FAULT_TAKEN, T("Another rule has this code.")},
    {VIEW_FIELD_PASSWORD_NOW, VIEW_FAULT_WRONG, T("This is not your password.")},
};

static const char *find_text(const struct view_problem *problem) {
    for (size_t i = 0; i < ARRAY_COUNT(special_texts); i++) {
        if (special_texts[i].field == problem->field && special_texts[i].fault == problem->fault) {
            return special_texts[i].text;
        }
    }
    return fault_texts[problem->fault];
}

static slice counted(struct view__page *p, slice message, int64_t count) {
    return catalog_format(p->arena, message, (struct catalog_argument[]){{S("count"), view__number(p, count)}}, 1);
}

slice view__problem_text(struct view__page *p, const struct view_problem *problem) {
    const struct catalog *c = p->catalog;
    int64_t limit = problem->limit;
    if (problem->fault == VIEW_FAULT_TOO_LONG) {
        return counted(p,
                       catalog_get_plural(
                           c, TN("Too long: at most one character.", "Too long: at most {count} characters."), limit),
                       limit);
    }
    if (problem->fault == VIEW_FAULT_TOO_SHORT) {
        return counted(
            p,
            catalog_get_plural(c, TN("Too short: at least one character.", "Too short: at least {count} characters."),
                               limit),
            limit);
    }
    if (problem->fault == VIEW_FAULT_TOO_MANY && limit > 0) {
        return counted(p,
                       catalog_get_plural(
                           c,
                           TN("Too many messages in a short time. Your text is kept: please send it again in a second.",
                              "Too many messages in a short time. Your text is kept: please send it again in {count} "
                              "seconds."),
                           limit),
                       limit);
    }
    slice abuse = view__abuse_text(p, problem);
    if (abuse.n) return abuse;
    const char *text = find_text(problem);
    return text ? view__text(p, text) : S("");
}

/* What is hidden, or the form as a whole, has no field to lead to. */
static bool has_field(enum view_field field) { return field != VIEW_FIELD_FORM && field != VIEW_FIELD_REPLY_TO; }

static void add_problem_at(struct view__page *p, struct value *list, const struct view__own_problem *problem) {
    const struct catalog_argument arguments[] = {{S("field"), problem->label}, {S("problem"), problem->text}};
    struct value *item = value_list_add_object(list);
    value_set_string(item, S("text"), catalog_format(p->arena, view__text(p, T("{field}: {problem}")), arguments, 2));
    value_set_string(item, S("href"), arena_format(p->arena, "#field-%.*s", SLICE_FMT(problem->id)));
}

static void add_problem(struct view__page *p, struct value *list, struct value *errors,
                        const struct view_problem *problem) {
    slice text = view__problem_text(p, problem);
    if (text.n == 0) return;
    slice name = view_field_name(problem->field);
    if (!has_field(problem->field)) {
        struct value *item = value_list_add_object(list);
        value_set_null(item, S("href"));
        value_set_string(item, S("text"), text);
        return;
    }
    /* The form of a message calls it so. */
    bool pseudonym = problem->field == VIEW_FIELD_NAME && p->asks_pseudonym;
    const char *label = pseudonym ? T("Pseudonym") : field_labels[problem->field];
    add_problem_at(p, list, &(struct view__own_problem){name, view__text(p, label), text});
    if (!value_get(errors, name)) value_set_string(errors, name, text); /* the first one of a field is said beside it */
}

void view__set_problems_and(struct view__page *p, const struct view_problem *problems, size_t count,
                            const struct view__own_problem *own, size_t own_count) {
    struct value *errors = value_set_object(p->root, S("errors"));
    if (count + own_count == 0) {
        value_set_null(p->root, S("problems"));
        return;
    }
    struct value *object = value_set_object(p->root, S("problems"));
    value_set_string(p->root, S("problems_title"),
                     catalog_get_plural(p->catalog, TN("There is something to mend:", "There are some things to mend:"),
                                        (int64_t)(count + own_count)));
    struct value *list = value_set_list(object, S("list"));
    for (size_t i = 0; i < count; i++) add_problem(p, list, errors, &problems[i]);
    for (size_t i = 0; i < own_count; i++) add_problem_at(p, list, &own[i]);
}

void view__set_problems(struct view__page *p, const struct view_problem *problems, size_t count) {
    view__set_problems_and(p, problems, count, NULL, 0);
}

static void set_follow(struct view__page *p, const struct view_form *form) {
    value_set_null(p->root, S("follow"));
    if (!form->follow_token.n) return;
    struct value *follow = value_set_object(p->root, S("follow"));
    value_set_string(follow, S("action"), address_follow_article(p->arena, form->article));
    value_set_string(follow, S("token"), form->follow_token);
    value_set_null(follow, S("email"));
    value_set_null(follow, S("errors"));
    value_set_bool(follow, S("daily"), false);
    value_set_bool(follow, S("primary"), false); /* the page has one already */
    value_set_string(follow, S("honeypot"), S(VIEW_HONEYPOT));
}

void view__set_form(struct view__page *p, const struct view_form *form, bool previewed) {
    if (!form) {
        value_set_null(p->root, S("form"));
        return;
    }
    p->asks_pseudonym = true;
    p->refused_words = form->refused_words;
    view__set_problems(p, form->problems, form->problem_count);
    const struct value *errors = value_get(p->root, S("errors"));
    struct value *object = value_set_object(p->root, S("form"));
    value_set_string(object, S("action"), address_send(p->arena, form->article));
    value_set_int(object, S("article"), form->article);
    value_set_int(object, S("reply_to"), form->reply_to);
    value_set_string(object, S("names"), arena_format(p->arena, "/articles/%lld/names", (long long)form->article));
    value_set_string(object, S("mention_script"), view__asset(p, S("mention.js")));
    value_set_string(object, S("write_style"), view__asset(p, S("write.css")));
    value_set_string(object, S("draft"),
                     arena_format(p->arena, "%lld:%lld", (long long)form->article, (long long)form->reply_to));
    value_set_string(object, S("name"), form->name);
    value_set_string(object, S("text"), form->text);
    value_set_string(object, S("title"), form->title);
    value_set_string(object, S("email"), form->email);
    value_set_string(object, S("website"), form->website);
    value_set_string(object, S("token"), form->token);
    value_set_string(object, S("send_key"), form->send_key);
    value_set_string(object, S("made"), form->made);
    value_set_string(object, S("honeypot"), S(VIEW_HONEYPOT));
    if (form->asks_for_proof) view__set_proof(p, object, form);
    value_set_int(object, S("max"), form->max_characters);
    value_set_string(object, S("max_text"), view__number(p, form->max_characters));
    value_set_bool(object, S("pre_moderated"), form->pre_moderated);
    value_set_bool(object, S("offers_notices"), form->offers_notices);
    value_set_bool(object, S("notify"), form->notify);
    set_follow(p, form);
    value_set_bool(object, S("may_send"), form->may_send);
    value_set_bool(object, S("previewed"), previewed);
    bool open = form->notify || form->title.n > 0 || form->email.n > 0 || form->website.n > 0 ||
                value_get(errors, S("title")) || value_get(errors, S("email")) || value_get(errors, S("website"));
    value_set_bool(object, S("more_open"), open);
}
