/* Sending a message: form → preview → sent. Nothing typed is ever lost: whatever is wrong, the form
   comes back with what was in it. */
#include "app/charters.h"
#include "app/handlers.h"

#include "app/guard.h"
#include "app/map.h"
#include "app/proofread.h"
#include "app/reading.h"
#include "app/tokens.h"
#include "base/log.h"
#include "view/address.h"
#include "view/page_write.h"

enum {
    DEVICE_LIFE_S = 365 * 24 * 3600,
    TWICE_MS = 60 * 1000, /* within it, a form without a key that comes again is a second click, not a second person */
};

/* A message on its way. */
struct sending {
    struct article article; /* what of it is admitted, until whole_article */
    bool whole;
    struct comment answered; /* number 0: a root comment */
    struct comment_input input;
    struct comment_draft draft;
    struct comment_problems problems;
    struct comment_receipt receipt;
    struct guard_admission admission;
    struct abuse_report abuse;
    enum view_fault form_fault; /* of the form as a whole */
    int64_t form_limit;
    bool new_device;
    struct proofreading proof;
    const struct view_proofreading *shown_proof; /* NULL: there is no preview */
    bool proofread;                              /* the draft has the text, corrected as was chosen */
    bool keyed;                                  /* the form carried a send_key of its own */
};

static void add_problem(struct request *r, struct view_form *form, enum view_field field, enum view_fault fault,
                        int64_t limit) {
    struct view_problem *items = ARENA_ARRAY(r->arena, form->problem_count + 1, struct view_problem);
    items[0] = (struct view_problem){field, fault, limit};
    for (size_t i = 0; i < form->problem_count; i++) items[i + 1] = form->problems[i];
    form->problems = items;
    form->problem_count++;
}

/* The form with what was typed, a fresh token and a key that makes sending it twice one message. */
static struct view_form *form_again(struct request *r, const struct sending *s) {
    struct view_form *form = ARENA_NEW(r->arena, struct view_form);
    slice key = request_field(r, "send_key");
    *form = (struct view_form){.article = s->article.id.v,
                               .reply_to = s->input.reply_to.v,
                               .name = request_field(r, "name"),
                               .text = s->proofread ? s->draft.input.text : request_field(r, "text"),
                               .title = request_field(r, "title"),
                               .email = request_field(r, "email"),
                               .website = request_field(r, "website"),
                               .token = request_token(r, reading_purpose(r->arena, s->article.id)),
                               .send_key = key.n == CRYPTO_TOKEN_CHARS ? key : crypto_token(r->arena),
                               .offers_notices = app_sends_mail(r->app),
                               .notify = s->input.notify,
                               .may_send = true,
                               .pre_moderated = s->article.effective == MODERATION_PRE,
                               .max_characters = r->app->options.message_characters,
                               .problems = map_problems(r->arena, &s->problems),
                               .problem_count = s->problems.count};
    form->made = guard_stamp(r, form->send_key);
    form->refused_words = map_refused_words(r->arena, s->article.language, s->abuse.refused, s->abuse.refused_count);
    form->proof_wait_s = r->app->options.proof_wait_s;
    form->asks_for_proof = guard_asks_for_proof(r);
    if (s->form_fault) add_problem(r, form, VIEW_FIELD_FORM, s->form_fault, s->form_limit);
    return form;
}

static const struct view_comment *answered_of(struct request *r, const struct sending *s) {
    if (!s->answered.number.v || s->answered.state != COMMENT_PUBLISHED) return NULL;
    if (s->answered.article.v != s->article.id.v) return NULL;
    struct view_comment *shown = ARENA_NEW(r->arena, struct view_comment);
    *shown = map_comment(&s->answered);
    return shown;
}

/* Only a page shows more of the article than who may send it a message; most messages end without one. False: answered. */
static bool whole_article(struct request *r, struct sending *s) {
    struct error error = {OK, ""};
    if (s->whole) return true;
    enum status status = article_get(r->db, r->arena, s->article.id, &s->article, &error);
    s->whole = status == OK;
    if (!s->whole) request_fail_status(r, status, &error, VIEW_ERROR_ARTICLE, request_field(r, "text"), S(""));
    return s->whole;
}

static void load_answered(struct request *r, struct sending *s) {
    struct error error;
    if (s->input.reply_to.v && comment_get(r->db, r->arena, s->input.reply_to, &s->answered, &error) != OK)
        s->answered.number.v = 0;
}

static void reply_compose(struct request *r, struct sending *s, int status, const struct view_comment *preview) {
    struct error error = {OK, ""};
    if (!whole_article(r, s)) return;
    load_answered(r, s);
    struct view_article article = map_article(&s->article);
    struct view_compose page = {.article = &article,
                                .form = form_again(r, s),
                                .answered = answered_of(r, s),
                                .preview = preview,
                                .proofreading = preview ? s->shown_proof : NULL,
                                .charter =
                                    charters_get(r->app->charters, r->db, r->arena, &r->site, s->article.language)};
    struct buf *body = request_buf(r);
    r->keep_for_back = true;
    enum status rendered = view_compose(request_view_in(r, s->article.language), &page, body, &error);
    request_reply_page(r, status, body, rendered, &error);
}

static void reply_preview(struct request *r, struct sending *s, int status) {
    const struct comment_draft *d = &s->draft;
    s->shown_proof = proofread_view(r, d, &s->proof);
    struct view_comment *preview = ARENA_NEW(r->arena, struct view_comment);
    *preview = (struct view_comment){.root = d->root.v,
                                     .parent = d->input.reply_to.v,
                                     .parent_name = d->parent_name,
                                     .state = VIEW_COMMENT_PENDING,
                                     .name = d->input.name,
                                     .title = d->input.title,
                                     .language = d->input.language,
                                     .website = d->input.website,
                                     .html = s->shown_proof->html,
                                     .submitted_at = clock_now()};
    reply_compose(r, s, status, preview);
}

/* The article, published, as far as sending needs it; answers itself when there is none. */
static bool load_article(struct request *r, struct sending *s, article_id id, struct article_admission *admission) {
    struct error error = {OK, ""};
    enum status status = article_admission(r->db, r->arena, id, admission, &error);
    if (status == OK && admission->state != ARTICLE_PUBLISHED) status = NOT_FOUND;
    if (status != OK) request_fail_status(r, status, &error, VIEW_ERROR_ARTICLE, request_field(r, "text"), S(""));
    s->article = (struct article){.id = id,
                                  .language = admission->language,
                                  .effective = admission->effective,
                                  .accepts_comments = admission->accepts_comments};
    return status == OK;
}

void write_reply_form(struct request *r) {
    struct sending *s = ARENA_NEW(r->arena, struct sending);
    struct error error = {OK, ""};
    comment_number number = {request_number(r, "number")};
    enum status status = comment_get(r->db, r->arena, number, &s->answered, &error);
    if (status == OK && s->answered.state != COMMENT_PUBLISHED) status = NOT_FOUND;
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_COMMENT, S(""), S(""));
        return;
    }
    struct article_admission admission;
    if (!load_article(r, s, s->answered.article, &admission)) return;
    s->input.reply_to = number;
    if (!s->article.accepts_comments) s->form_fault = VIEW_FAULT_CLOSED;
    reply_compose(r, s, 200, NULL);
}

static void read_input(struct request *r, struct sending *s) {
    int64_t reply_to = request_field_int(r, "reply_to");
    bool odd = request_field(r, "reply_to").n && reply_to <= 0;
    s->input = (struct comment_input){.article = s->article.id,
                                      .reply_to = {odd ? INT64_MAX : reply_to},
                                      .name = request_field(r, "name"),
                                      .text = request_field(r, "text"),
                                      .title = request_field(r, "title"),
                                      .email = request_field(r, "email"),
                                      .website = request_field(r, "website"),
                                      .notify = app_sends_mail(r->app) && request_field(r, "notify").n > 0,
                                      .language = s->article.language,
                                      .device_token = request_device(r),
                                      .fingerprint = request_fingerprint(r),
                                      .address_sealed = request_sealed_address(r),
                                      .account = r->signed_in ? r->account.id : (account_id){0}};
}

/* The form's one-time key, or, for a form that has not been through the preview, one made of all it holds. From it
   follows the secret of the private link: the same form sent again is the same message, and leads to the same page. */
static void choose_secret(struct request *r, struct sending *s) {
    struct comment_input *i = &s->input;
    slice key = request_field(r, "send_key");
    s->keyed = key.n == CRYPTO_TOKEN_CHARS;
    if (!s->keyed) {
        slice form =
            arena_format(r->arena, "%.*s\n%.*s\n%.*s\n%lld\n%.*s\n%.*s\n%.*s", SLICE_FMT(request_field(r, "token")),
                         SLICE_FMT(i->fingerprint), SLICE_FMT(i->device_token), (long long)i->reply_to.v,
                         SLICE_FMT(i->name), SLICE_FMT(i->title), SLICE_FMT(i->text));
        key = token_derive(r->app, r->arena, S("form "), form);
    }
    i->secret = token_derive(r->app, r->arena, S("secret "),
                             arena_format(r->arena, "%lld %.*s", (long long)i->article.v, SLICE_FMT(key)));
}

static void redirect_to_receipt(struct request *r, const struct sending *s) {
    slice address = address_message(r->arena, s->input.secret);
    request_redirect(r, arena_format(r->arena, "%.*s?done=sent", SLICE_FMT(address)));
}

static enum status apply_send(struct db *db, struct request *r, void *data, struct error *error) {
    struct sending *s = data;
    s->problems.count = 0;
    s->draft.counts_later = true;
    enum status status = comment_submit(db, r->arena, &s->draft, &s->receipt, &s->problems, error);
    if (status == OK && s->receipt.uncounted) r->submitted_to = s->article.id;
    r->put_off = status == OK && !s->receipt.repeated;
    if (status == OK) status = guard_report(db, &s->abuse, error);
    if (status == OK && s->receipt.state == COMMENT_PUBLISHED && !s->receipt.repeated) {
        struct comment made;
        status = comment_get(db, r->arena, s->receipt.number, &made, error);
        if (status != OK) return status;
        comment_number root = made.root.v ? made.root : made.number;
        struct comment root_comment = made;
        if (made.root.v) status = comment_get(db, r->arena, root, &root_comment, error);
        if (status != OK) return status;
        request_touch_thread(r, s->article.id, root, root_comment.ordinal);
        request_tell(r, s->article.id, made.number, LIVE_PUBLISHED);
    }
    return status;
}

/* Sent twice, and nobody knows any more that it was the same hand: the receipt without the private link. */
static void reply_repeated(struct request *r, struct sending *s) {
    struct error error = {OK, ""};
    struct comment sent;
    enum status status = comment_get(r->db, r->arena, s->receipt.number, &sent, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_FORM, request_field(r, "text"), S(""));
        return;
    }
    if (clock_now() - sent.submitted_at <= TWICE_MS) {
        redirect_to_receipt(r, s);
        return;
    }
    if (!whole_article(r, s)) return;
    struct view_article article = map_article(&s->article);
    struct view_comment message = map_comment(&sent);
    struct view_received page = {&article, &message, S(""), true};
    struct buf *body = request_buf(r);
    status = view_received(request_view_in(r, s->article.language), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

/* To the private page, so that reloading it, or going back to it, sends nothing again. False: it takes the database to
   say what became of it. */
static bool answer_received(struct request *r, void *data) {
    struct sending *s = data;
    if (s->receipt.repeated && !s->keyed) return false;
    if (!s->receipt.repeated) guard_taken(r, s->receipt.number, s->article.id, s->draft.input.device_token);
    /* The cookie of a first sending was lost with its answer: another one would belong to no message. */
    if (s->new_device && !s->receipt.repeated)
        request_set_cookie(r, S("palabre_author"), s->draft.input.device_token, DEVICE_LIFE_S);
    redirect_to_receipt(r, s);
    return true;
}

static void after_send(struct request *r, void *data, enum status status, const struct error *error) {
    struct sending *s = data;
    if (status == OK) {
        if (!answer_received(r, s)) reply_repeated(r, s);
    } else if (s->problems.count) {
        reply_compose(r, s, 422, NULL);
    } else {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, request_field(r, "text"), S(""));
    }
}

/* Token, trap and limits. False: answered, with the form and what was typed. */
static bool may_write(struct request *r, struct sending *s, bool send) {
    int64_t retry_s = 0;
    if (!request_token_ok(r, reading_purpose(r->arena, s->article.id))) {
        s->form_fault = VIEW_FAULT_STALE;
        reply_compose(r, s, 403, NULL);
        return false;
    }
    bool in_limits =
        send ? request_take_sending(r, &retry_s) : limiter_take(r->app->previewing, request_address_key(r), &retry_s);
    if (!in_limits) {
        guard_turned_away(r);
        s->form_fault = VIEW_FAULT_TOO_MANY;
        s->form_limit = retry_s;
        reply_compose(r, s, 429, NULL);
        return false;
    }
    return true;
}

/* Bans, slow mode, the proof of work. False: answered, likewise. */
static bool is_admitted(struct request *r, struct sending *s) {
    struct error error = {OK, ""};
    enum status status = guard_admit(r, s->article.id, &s->admission, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_FORM, s->input.text, S(""));
        return false;
    }
    s->form_limit = s->admission.limit;
    switch (s->admission.answer) {
    case GUARD_ADMITS: return true;
    case GUARD_BANNED:
        guard_turned_away(r);
        s->form_fault = VIEW_FAULT_BANNED;
        break;
    case GUARD_SLOW: s->form_fault = VIEW_FAULT_SLOW; break;
    case GUARD_UNPROVEN: s->form_fault = VIEW_FAULT_UNPROVEN; break;
    }
    reply_compose(r, s, s->admission.answer == GUARD_SLOW ? 429 : 403, NULL);
    return false;
}

static enum status look_at(struct request *r, struct sending *s, bool send, struct error *error) {
    enum status status =
        comment_prepare(r->db, r->arena, &s->input, r->app->options.message_characters, &s->draft, &s->problems, error);
    s->proofread = status == OK;
    if (status == OK) status = proofread_draft(r, send, &s->draft, &s->problems, &s->proof, error);
    if (status != OK) return status;
    status = guard_look(r, send ? &s->admission.sending : NULL, &s->draft, &s->problems, &s->abuse, error);
    if (send && status == INVALID) guard_turned_away(r);
    return status;
}

/* Whether the site takes it as proofreading left it. False: answered, with the preview. */
static bool passes_proofreading(struct request *r, struct sending *s) {
    if (s->proof.blocks)
        s->form_fault = VIEW_FAULT_TO_MEND;
    else if (s->proof.asks && !proofread_is_confirmed(r))
        s->form_fault = VIEW_FAULT_UNCONFIRMED;
    else
        return true;
    reply_preview(r, s, 422);
    return false;
}

static void send_or_preview(struct request *r, struct sending *s, bool send) {
    if (!send) {
        reply_preview(r, s, 200);
        return;
    }
    if (!passes_proofreading(r, s)) return;
    s->new_device = s->draft.input.device_token.n == 0;
    if (s->new_device) s->draft.input.device_token = crypto_token(r->arena);
    request_write_answer(r, s, apply_send, after_send, answer_received);
}

void write_message(struct request *r) {
    struct sending *s = ARENA_NEW(r->arena, struct sending);
    struct error error = {OK, ""};
    bool send = slice_equal(request_field(r, "action"), S("send"));
    struct article_admission admission;
    if (!load_article(r, s, (article_id){request_number(r, "id")}, &admission)) return;
    read_input(r, s);
    s->input.admission = &admission;
    if (!may_write(r, s, send)) return;
    if (request_field(r, VIEW_HONEYPOT).n) {
        guard_turned_away(r);
        s->form_fault = VIEW_FAULT_STALE; /* people never see that field; should one fill it, the text is not lost */
        reply_compose(r, s, 422, NULL);
        return;
    }
    if (send && !is_admitted(r, s)) return;
    if (send) choose_secret(r, s);
    enum status status = look_at(r, s, send, &error);
    if (status == INVALID && s->problems.count)
        reply_compose(r, s, 422, NULL);
    else if (status != OK)
        request_fail_status(r, status, &error, VIEW_ERROR_FORM, s->input.text, S(""));
    else
        send_or_preview(r, s, send);
}
