/* The journal, and one's own sessions. */
#include "view/page_desk_journal.h"

#include "view/page_desk_common.h"

/* What acts are called. What is not in the table is shown by its code: the journal hides nothing. */
static const struct {
    slice code;
    const char *text;
} ACTS[] = {
    {S_INIT("comment.submit"), T("message sent")},
    {S_INIT("comment.publish"), T("message published")},
    {S_INIT("comment.reject"), T("message rejected")},
    {S_INIT("comment.spam"), T("message marked as spam")},
    {S_INIT("comment.remove"), T("message removed")},
    {S_INIT("comment.withdraw"), T("message withdrawn by its author")},
    {S_INIT("comment.edit"), T("message edited")},
    {S_INIT("comment.undo"), T("decision undone")},
    {S_INIT("report.submit"), T("message reported")},
    {S_INIT("report.dismiss"), T("reports dismissed")},
    {S_INIT("report.uphold"), T("report upheld")},
    {S_INIT("comment.pick"), T("message picked for the readers")},
    {S_INIT("comment.unpick"), T("message taken off the picks")},
    {S_INIT("comment.import"), T("message imported")},
    {S_INIT("comments.import"), T("messages imported")},
    {S_INIT("ban.set"), T("author banned")},
    {S_INIT("ban.revoke"), T("ban ended")},
    {S_INIT("article.save"), T("article saved")},
    {S_INIT("article.state"), T("state of the article changed")},
    {S_INIT("article.discussion"), T("discussion opened or closed")},
    {S_INIT("article.related"), T("“See also” chosen")},
    {S_INIT("article.import"), T("article imported")},
    {S_INIT("follow.begin"), T("discussion followed by e-mail")},
    {S_INIT("follow.end"), T("discussion no longer followed")},
    {S_INIT("follow.end_all"), T("no discussion followed any more")},
    {S_INIT("mail.retry"), T("failed mails tried again")},
    {S_INIT("mail.forget"), T("failed mails forgotten")},
    {S_INIT("mail.pause"), T("address paused")},
    {S_INIT("mail.resume"), T("address resumed")},
    {S_INIT("mail.never"), T("no mail wanted at an address")},
    {S_INIT("watch.add"), T("watched word added")},
    {S_INIT("watch.save"), T("watched word changed")},
    {S_INIT("watch.remove"), T("watched word removed")},
    {S_INIT("watch.overran"), T("watched expression took too long")},
    {S_INIT("section.save"), T("section saved")},
    {S_INIT("charter.save"), T("charter saved")},
    {S_INIT("site.create"), T("site made")},
    {S_INIT("site.save"), T("settings of the site saved")},
    {S_INIT("site_word.add"), T("word added to the dictionary")},
    {S_INIT("site_word.remove"), T("word taken out of the dictionary")},
    {S_INIT("account.add"), T("account made")},
    {S_INIT("account.save"), T("account changed")},
    {S_INIT("account.password"), T("password changed")},
    {S_INIT("session.open"), T("signed in")},
    {S_INIT("session.close"), T("signed out")},
};

/* What was acted on: before the colon of its code. */
static const struct {
    slice kind;
    const char *text; /* {number} */
} SUBJECTS[] = {
    {S_INIT("comment"), T("message no. {number}")}, {S_INIT("article"), T("article no. {number}")},
    {S_INIT("account"), T("account no. {number}")}, {S_INIT("section"), T("section no. {number}")},
    {S_INIT("charter"), T("charter no. {number}")}, {S_INIT("session"), T("session no. {number}")},
    {S_INIT("report"), T("report no. {number}")},   {S_INIT("subscription"), T("subscription no. {number}")},
    {S_INIT("ban"), T("ban no. {number}")},         {S_INIT("watch"), T("watched word no. {number}")},
};

/* The names of details. Those that are not here are shown as they stand in the row that was hashed. */
static const struct {
    slice code;
    const char *text;
} DETAILS[] = {
    {S_INIT("from"), T("state before")},
    {S_INIT("state"), T("state")},
    {S_INIT("decision"), T("decision no.")},
    {S_INIT("undone"), T("decision undone no.")},
    {S_INIT("rule"), T("rule")},
    {S_INIT("report"), T("report no.")},
    {S_INIT("charter"), T("charter no.")},
    {S_INIT("session"), T("session no.")},
    {S_INIT("count"), T("how many")},
    {S_INIT("first"), T("first")},
    {S_INIT("last"), T("last")},
    {S_INIT("revision"), T("revision")},
    {S_INIT("version"), T("version")},
    {S_INIT("text_sha256"), T("SHA-256 of the text")},
    {S_INIT("word"), T("word")},
    {S_INIT("headline"), T("headline")},
    {S_INIT("title"), T("title")},
    {S_INIT("name"), T("name")},
    {S_INIT("display_name"), T("displayed name")},
    {S_INIT("role"), T("role")},
    {S_INIT("language"), T("language")},
    {S_INIT("moderation"), T("moderation")},
    {S_INIT("closed"), T("discussion closed")},
    {S_INIT("source"), T("imported from")},
    {S_INIT("key"), T("number there")},
};

/* Values that are codes; under these names only, since a headline may read 'pending', too. */
static const struct {
    slice code;
    const char *text;
} STATES[] = {
    {S_INIT("pending"), T("Pending")}, {S_INIT("published"), T("Published")}, {S_INIT("rejected"), T("Rejected")},
    {S_INIT("spam"), T("Spam")},       {S_INIT("removed"), T("Removed")},     {S_INIT("withdrawn"), T("Withdrawn")},
    {S_INIT("draft"), T("Draft")},
};

static slice subject_text(const struct view__page *p, slice subject) {
    slice number = subject, kind = slice_cut(&number, ':');
    if (slice_equal(subject, S("site"))) return view__text(p, T("the site"));
    for (size_t i = 0; i < ARRAY_COUNT(SUBJECTS) && number.n > 0; i++) {
        if (!slice_equal(SUBJECTS[i].kind, kind)) continue;
        const struct catalog_argument argument = {S("number"), number};
        return catalog_format(p->arena, view__text(p, SUBJECTS[i].text), &argument, 1);
    }
    return subject;
}

static slice detail_name(const struct view__page *p, slice code) {
    for (size_t i = 0; i < ARRAY_COUNT(DETAILS); i++)
        if (slice_equal(DETAILS[i].code, code)) return view__text(p, DETAILS[i].text);
    return code;
}

static slice detail_value(const struct view__page *p, const struct view_journal_row *row,
                          const struct view_journal_datum *datum) {
    if (!slice_equal(datum->name, S("from")) && !slice_equal(datum->name, S("state"))) return datum->value;
    bool own = slice_starts(row->subject, S("comment:")) && slice_equal(datum->value, S("withdrawn"));
    if (own) return view__text(p, T("Withdrawn by its author"));
    for (size_t i = 0; i < ARRAY_COUNT(STATES); i++)
        if (slice_equal(STATES[i].code, datum->value)) return view__text(p, STATES[i].text);
    return datum->value;
}

static slice act_text(const struct view__page *p, slice code) {
    for (size_t i = 0; i < ARRAY_COUNT(ACTS); i++)
        if (slice_equal(ACTS[i].code, code)) return view__text(p, ACTS[i].text);
    return code;
}

static slice actor_text(const struct view__page *p, const struct view_journal_row *row) {
    if (row->actor_name.n > 0) return view__title(p, p->language, row->actor_name);
    if (slice_equal(row->actor, S("author"))) return view__text(p, T("its author"));
    if (slice_equal(row->actor, S("reader"))) return view__text(p, T("a reader"));
    if (slice_equal(row->actor, S("system"))) return S("Palabre");
    if (slice_equal(row->actor, S("import"))) return view__text(p, T("an import"));
    return row->actor;
}

/* Where a subject can be seen at the desk; empty: nowhere. */
static slice subject_address(const struct view__page *p, slice subject) {
    int64_t number;
    slice rest = subject, kind = slice_cut(&rest, ':');
    if (!slice_to_int64(rest, &number)) return S("");
    if (slice_equal(kind, S("comment")))
        return arena_format(p->arena, ADDRESS_DESK "/comments/%lld", (long long)number);
    if (slice_equal(kind, S("article"))) return arena_format(p->arena, "/articles/%lld", (long long)number);
    return S("");
}

static slice journal_address(const struct view__page *p, slice subject, int64_t before) {
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 4096);
    buf_add(&b, S(ADDRESS_DESK "/journal"));
    if (subject.n > 0) {
        buf_add(&b, S("?subject="));
        buf_add_url(&b, subject);
    }
    if (before) buf_add_format(&b, "%sbefore=%lld", subject.n > 0 ? "&" : "?", (long long)before);
    return arena_copy(p->arena, buf_slice(&b));
}

static void set_row(struct view__page *p, struct value *item, const struct view_journal_row *row, time_ms now) {
    value_set_int(item, S("id"), row->id);
    value_set_int(item, S("chain"), row->chain);
    value_set_int(item, S("sequence"), row->sequence);
    view__desk_set_time(p, item, "at", row->at, now);
    value_set_string(item, S("actor"), actor_text(p, row));
    value_set_string(item, S("act"), act_text(p, row->act));
    value_set_string(item, S("subject"), row->subject);
    value_set_string(item, S("subject_text"), subject_text(p, row->subject));
    value_set_string(item, S("href"), subject_address(p, row->subject));
    value_set_string(item, S("only_href"), journal_address(p, row->subject, 0));
    value_set_string(item, S("hash"), row->hash);
    value_set_string(item, S("hash_start"), slice_sub(row->hash, 0, 10));
    struct value *data = value_set_list(item, S("data"));
    for (size_t i = 0; i < row->data_count; i++) {
        struct value *datum = value_list_add(data);
        value_set_string(datum, S("name"), detail_name(p, row->data[i].name));
        value_set_string(datum, S("value"), detail_value(p, row, &row->data[i]));
    }
    value_set_bool(item, S("has_data"), row->data_count > 0);
}

enum status view_desk_journal(const struct view_context *context, const struct view_desk_journal *page, struct buf *out,
                              struct error *error) {
    struct view__page p = {.context = context, .arena = context->arena};
    slice here = journal_address(&p, page->subject, page->before);
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_JOURNAL, here}, T("Journal"));
    struct value *journal = value_set_object(p.root, S("journal"));
    value_set_string(journal, S("subject"), page->subject);
    value_set_string(journal, S("all_href"), S(ADDRESS_DESK "/journal"));
    value_set_string(journal, S("export_href"), S(ADDRESS_DESK "/journal.jsonl"));
    struct value *rows = value_set_list(journal, S("rows"));
    for (size_t i = 0; i < page->count; i++) set_row(&p, value_list_add(rows), &page->rows[i], page->now);
    value_set_bool(journal, S("any"), page->count > 0);
    if (page->before) value_set_string(journal, S("first_href"), journal_address(&p, page->subject, 0));
    if (page->more)
        value_set_string(journal, S("older_href"), journal_address(&p, page->subject, page->rows[page->count - 1].id));
    return view__page_render(&p, S("desk/journal"), out, error);
}

/* --- Sessions ----------------------------------------------------------------------------------------------------- */

/* "Firefox, Linux": enough to know one's own devices again. The order matters: most name others before themselves. */
static slice agent_name(const struct view__page *p, slice agent) {
    static const slice browsers[][2] = {{S_INIT("Firefox/"), S_INIT("Firefox")},
                                        {S_INIT("Edg/"), S_INIT("Edge")},
                                        {S_INIT("OPR/"), S_INIT("Opera")},
                                        {S_INIT("Chrome/"), S_INIT("Chrome")},
                                        {S_INIT("Safari/"), S_INIT("Safari")}};
    static const slice systems[][2] = {{S_INIT("Android"), S_INIT("Android")}, {S_INIT("iPhone"), S_INIT("iPhone")},
                                       {S_INIT("iPad"), S_INIT("iPad")},       {S_INIT("Windows"), S_INIT("Windows")},
                                       {S_INIT("Mac OS X"), S_INIT("macOS")},  {S_INIT("Linux"), S_INIT("Linux")}};
    slice browser = S(""), system = S("");
    for (size_t i = 0; i < ARRAY_COUNT(browsers) && browser.n == 0; i++)
        if (slice_contains(agent, browsers[i][0])) browser = browsers[i][1];
    for (size_t i = 0; i < ARRAY_COUNT(systems) && system.n == 0; i++)
        if (slice_contains(agent, systems[i][0])) system = systems[i][1];
    if (browser.n > 0 && system.n > 0)
        return arena_format(p->arena, "%.*s, %.*s", SLICE_FMT(browser), SLICE_FMT(system));
    if (browser.n > 0) return browser;
    return agent.n > 0 ? slice_sub(agent, 0, slice_find_char(agent, ' ')) : view__text(p, T("unknown browser"));
}

enum status view_desk_sessions(const struct view_context *context, const struct view_desk_sessions *page,
                               struct buf *out, struct error *error) {
    struct view__page p;
    slice here = S(ADDRESS_DESK "/sessions");
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_SESSIONS, here}, T("My sessions"));
    value_set_string(p.root, S("close_action"), S(ADDRESS_DESK "/sessions/close"));
    value_set_bool(p.root, S("closed"), page->notice == VIEW_SESSIONS_CLOSED);
    value_set_bool(p.root, S("gone"), page->notice == VIEW_SESSIONS_GONE);
    value_set_bool(p.root, S("several"), page->count > 1);
    struct value *list = value_set_list(p.root, S("sessions"));
    for (size_t i = 0; i < page->count; i++) {
        const struct view_session *session = &page->sessions[i];
        struct value *item = value_list_add(list);
        value_set_int(item, S("id"), session->id);
        value_set_string(item, S("agent"), agent_name(&p, session->user_agent));
        value_set_bool(item, S("current"), session->current);
        view__desk_set_time(&p, item, "created", session->created_at, page->now);
        view__desk_set_time(&p, item, "seen", session->last_seen_at, page->now);
        view__desk_set_time(&p, item, "expires", session->expires_at, page->now);
    }
    return view__page_render(&p, S("desk/sessions"), out, error);
}
