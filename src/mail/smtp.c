/* libcurl says what went wrong, but not at which command: the protocol's lines are watched for that (CURLOPT_DEBUGFUNCTION).
   Commands are looked at and not kept: AUTH carries the password. */
#include "mail/smtp.h"

#include "base/memory.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* How far a transfer came. */
enum stage {
    STAGE_CONNECT,
    STAGE_HELLO,
    STAGE_TLS,
    STAGE_AUTH,
    STAGE_SENDER,
    STAGE_RECIPIENT,
    STAGE_DATA,
    STAGE_CONTENT
};

struct smtp {
    CURL *curl;
    char *url, *user, *password, *authorities; /* NULL: none */
    _Atomic bool interrupted;
    /* of the transfer under way */
    slice left;
    enum stage stage;
    bool quits; /* what is answered from now on is about QUIT */
    int code;
    char line[SMTP_SAID_MAX]; /* the server's last */
    char problem[CURL_ERROR_SIZE];
};

bool smtp_tls_parse(slice name, enum smtp_tls *out) {
    static const slice NAMES[] = {
        [SMTP_TLS_REQUIRE] = S_INIT("require"), [SMTP_TLS_TRY] = S_INIT("try"), [SMTP_TLS_NO] = S_INIT("no")};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (!slice_equal(name, NAMES[i])) continue;
        *out = (enum smtp_tls)i;
        return true;
    }
    return false;
}

const char *smtp_outcome_name(enum smtp_outcome outcome) {
    switch (outcome) {
    case SMTP_SENT: return "sent";
    case SMTP_LATER: return "later";
    case SMTP_ADDRESS_REFUSED: return "address_refused";
    case SMTP_MESSAGE_REFUSED: return "message_refused";
    case SMTP_SERVER_FAILED: return "server_failed";
    }
    return "";
}

/* --- libcurl's callbacks -------------------------------------------------------------------------------------------- */

static size_t read_mail(char *to, size_t size, size_t count, void *ctx) {
    struct smtp *smtp = ctx;
    size_t n = size * count < smtp->left.n ? size * count : smtp->left.n;
    if (n) memcpy(to, smtp->left.p, n);
    smtp->left = slice_after(smtp->left, n);
    return n;
}

static int keep_going(void *ctx, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up) {
    struct smtp *smtp = ctx;
    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    return atomic_load(&smtp->interrupted) ? 1 : 0;
}

static void note_command(struct smtp *smtp, slice line) {
    static const struct {
        slice verb;
        enum stage stage;
    } VERBS[] = {
        {S_INIT("EHLO"), STAGE_HELLO}, {S_INIT("HELO"), STAGE_HELLO},   {S_INIT("STARTTLS"), STAGE_TLS},
        {S_INIT("AUTH"), STAGE_AUTH},  {S_INIT("MAIL "), STAGE_SENDER}, {S_INIT("RCPT "), STAGE_RECIPIENT},
        {S_INIT("DATA"), STAGE_DATA},
    };
    if (slice_starts_nocase(line, S("QUIT"))) smtp->quits = true;
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
        if (slice_starts_nocase(line, VERBS[i].verb)) smtp->stage = VERBS[i].stage;
}

/* One printable line of valid text: what cannot be shown becomes '?'. */
static void keep_line(char out[static SMTP_SAID_MAX], slice line) {
    size_t n = 0;
    line = slice_trim(line);
    for (size_t i = 0; i < line.n && n < SMTP_SAID_MAX - 1; i++) {
        char c = line.p[i];
        out[n++] = (unsigned char)c < ' ' || (unsigned char)c >= 0x7f ? '?' : c;
    }
    out[n] = '\0';
}

static void note_answer(struct smtp *smtp, slice line) {
    int code = 0;
    if (line.n < 3 || smtp->quits) return;
    for (size_t i = 0; i < 3; i++) {
        if (line.p[i] < '0' || line.p[i] > '9') return;
        code = code * 10 + (line.p[i] - '0');
    }
    smtp->code = code;
    keep_line(smtp->line, line);
    if (smtp->stage == STAGE_DATA && code == 354) smtp->stage = STAGE_CONTENT;
}

static int watch(CURL *curl, curl_infotype type, char *data, size_t size, void *ctx) {
    (void)curl;
    if (type == CURLINFO_HEADER_OUT) note_command(ctx, slice_make(data, size));
    if (type == CURLINFO_HEADER_IN) note_answer(ctx, slice_make(data, size));
    return 0;
}

/* --- A transfer ----------------------------------------------------------------------------------------------------- */

static long use_ssl(enum smtp_tls tls) {
    switch (tls) {
    case SMTP_TLS_REQUIRE: return CURLUSESSL_ALL;
    case SMTP_TLS_TRY: return CURLUSESSL_TRY;
    case SMTP_TLS_NO: return CURLUSESSL_NONE;
    }
    return CURLUSESSL_ALL;
}

static char *copy(slice s) {
    if (!s.n) return NULL;
    char *text = memory_alloc(s.n + 1);
    memcpy(text, s.p, s.n);
    return text;
}

static void configure(struct smtp *smtp, const struct smtp_options *o) {
    CURL *c = smtp->curl;
    curl_easy_setopt(c, CURLOPT_URL, smtp->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_USE_SSL, use_ssl(o->tls));
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    if (smtp->authorities) curl_easy_setopt(c, CURLOPT_CAINFO, smtp->authorities);
    if (smtp->user) curl_easy_setopt(c, CURLOPT_USERNAME, smtp->user);
    if (smtp->password) curl_easy_setopt(c, CURLOPT_PASSWORD, smtp->password);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)(o->timeout_ms / 2));
    curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(o->timeout_ms / 1000 ? o->timeout_ms / 1000 : 1));
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, read_mail);
    curl_easy_setopt(c, CURLOPT_READDATA, smtp);
    curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, watch);
    curl_easy_setopt(c, CURLOPT_DEBUGDATA, smtp);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, keep_going);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, smtp);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, smtp->problem);
}

enum status smtp_new(const struct smtp_options *options, struct smtp **out, struct error *error) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(error, UNAVAILABLE, "libcurl does not start");
    struct smtp *smtp = NEW(struct smtp);
    smtp->curl = curl_easy_init();
    if (!smtp->curl) {
        smtp_free(smtp);
        return error_set(error, UNAVAILABLE, "libcurl gives no handle");
    }
    smtp->url = copy(options->url);
    smtp->user = copy(options->user);
    smtp->password = copy(options->password);
    smtp->authorities = copy(options->authorities);
    configure(smtp, options);
    *out = smtp;
    return OK;
}

void smtp_free(struct smtp *smtp) {
    if (!smtp) return;
    if (smtp->curl) curl_easy_cleanup(smtp->curl);
    memory_free(smtp->url);
    memory_free(smtp->user);
    memory_free(smtp->password);
    memory_free(smtp->authorities);
    memory_free(smtp);
    curl_global_cleanup();
}

void smtp_interrupt(struct smtp *smtp) { atomic_store(&smtp->interrupted, true); }

static enum smtp_outcome outcome_of(const struct smtp *smtp, CURLcode result) {
    if (result == CURLE_OK) return SMTP_SENT;
    bool for_good = smtp->code >= 500;
    switch (smtp->stage) {
    case STAGE_RECIPIENT: return for_good ? SMTP_ADDRESS_REFUSED : SMTP_LATER;
    case STAGE_DATA:
    case STAGE_CONTENT: return for_good ? SMTP_MESSAGE_REFUSED : SMTP_LATER;
    case STAGE_CONNECT:
    case STAGE_HELLO:
    case STAGE_TLS:
    case STAGE_AUTH:
    case STAGE_SENDER: break;
    }
    return SMTP_SERVER_FAILED;
}

/* "550 5.1.1 …" (RFC 3463 §3.2: address status). */
static bool says_no_such_address(const char *line) {
    slice after = slice_of(line);
    return after.n > 8 && slice_starts(slice_after(after, 4), S("5.1."));
}

static void tell(const struct smtp *smtp, CURLcode result, struct smtp_result *out) {
    bool answered = smtp->code >= 400 || result == CURLE_OK;
    out->outcome = outcome_of(smtp, result);
    out->code = smtp->code;
    out->no_such_address = out->outcome == SMTP_ADDRESS_REFUSED && says_no_such_address(smtp->line);
    if (answered && smtp->line[0])
        keep_line(out->said, slice_of(smtp->line));
    else
        keep_line(out->said, slice_of(smtp->problem[0] ? smtp->problem : curl_easy_strerror(result)));
}

void smtp_send(struct smtp *smtp, slice from, slice to, slice mail, struct smtp_result *result) {
    char sender[300], recipient[300];
    struct curl_slist *recipients = NULL;
    *result = (struct smtp_result){.outcome = SMTP_SERVER_FAILED};
    (void)snprintf(sender, sizeof sender, "<%.*s>", SLICE_FMT(from));
    (void)snprintf(recipient, sizeof recipient, "<%.*s>", SLICE_FMT(to));
    recipients = curl_slist_append(NULL, recipient);
    smtp->left = mail;
    smtp->stage = STAGE_CONNECT;
    smtp->code = 0;
    smtp->quits = false;
    smtp->line[0] = smtp->problem[0] = '\0';
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, recipients);
    CURLcode code = curl_easy_perform(smtp->curl);
    tell(smtp, code, result);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(recipients);
}
