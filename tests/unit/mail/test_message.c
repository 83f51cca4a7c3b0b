#include "mail/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct mail_message sample(void) {
    return (struct mail_message){
        .from_name = S("Le Tilleul"),
        .from = S("journal@example.org"),
        .to = S("lea@example.net"),
        .subject = S("Un message"),
        .message_id = S("outbox-1.2@example.org"),
        .date = S("Fri, 07 Jan 2022 01:19:05 +0100"),
        .text = S("Bonjour\n"),
    };
}

static struct buf written(const struct mail_message *message) {
    struct buf out;
    struct error error = {OK, ""};
    buf_init(&out, MAIL_MESSAGE_MAX);
    enum status status = mail_message_write(message, &out, &error);
    if (status != OK) fail_msg("%s", error.detail);
    return out;
}

static void assert_has(const struct buf *mail, const char *part) {
    if (!slice_contains(buf_slice(mail), slice_of(part)))
        fail_msg("no '%s' in:\n%.*s", part, SLICE_FMT(buf_slice(mail)));
}

/* Every line ends in CRLF, is at most 76 bytes long and ASCII. */
static void assert_lines(const struct buf *mail) {
    size_t from = 0;
    for (size_t i = 0; i < mail->n; i++) {
        assert_true((unsigned char)mail->p[i] < 0x80);
        if (mail->p[i] == '\r') assert_true(i + 1 < mail->n && mail->p[i + 1] == '\n');
        if (mail->p[i] != '\n') continue;
        assert_true(i > 0 && mail->p[i - 1] == '\r');
        if (i - 1 - from > 76) fail_msg("too long: %.*s", (int)(i - from), mail->p + from);
        from = i + 1;
    }
    assert_int_equal(from, mail->n);
}

static void a_plain_mail(void **state) {
    (void)state;
    struct mail_message m = sample();
    struct buf mail = written(&m);
    assert_lines(&mail);
    assert_has(&mail, "From: Le Tilleul <journal@example.org>\r\n");
    assert_has(&mail, "To: <lea@example.net>\r\n");
    assert_has(&mail, "Subject: Un message\r\n");
    assert_has(&mail, "Message-ID: <outbox-1.2@example.org>\r\n");
    assert_has(&mail, "Auto-Submitted: auto-generated\r\n");
    assert_has(&mail, "\r\n\r\nBonjour\r\n");
    assert_false(slice_contains(buf_slice(&mail), S("List-")));
    assert_false(slice_contains(buf_slice(&mail), S("Precedence")));
    buf_fini(&mail);
}

static void headers_of_a_list(void **state) {
    (void)state;
    struct mail_message m = sample();
    m.list_name = S("Le pont");
    m.list_id = S("discussion-3.example.org");
    m.unsubscribe = S("https://example.org/follow/3.4.abc/stop");
    m.bulk = true;
    struct buf mail = written(&m);
    assert_has(&mail, "List-Id: Le pont <discussion-3.example.org>\r\n");
    assert_has(&mail, "List-Unsubscribe: <https://example.org/follow/3.4.abc/stop>\r\n");
    assert_has(&mail, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
    assert_has(&mail, "Precedence: list\r\n");
    buf_fini(&mail);
}

static void words_in_other_scripts_are_encoded(void **state) {
    (void)state;
    struct mail_message m = sample();
    m.from_name = S("L’Été");
    m.subject = S("Réponse à « Léa » : l’église n’est pas fermée, la mairie non plus, et le marché aura lieu 🎉🎉🎉🎉🎉");
    struct buf mail = written(&m);
    assert_lines(&mail);
    assert_has(&mail, "From: =?utf-8?B?TOKAmcOJdMOp?= <journal@example.org>\r\n");
    assert_has(&mail, "Subject: =?utf-8?B?");
    assert_has(&mail, "?=\r\n =?utf-8?B?");
    buf_fini(&mail);
}

/* Whatever somebody calls himself, it stays in its header. */
static void nothing_gets_out_of_its_header(void **state) {
    (void)state;
    static const slice NASTY[] = {
        S_INIT("Léa\r\nBcc: everybody@example.com"),
        S_INIT("Lea\nBcc: everybody@example.com\n\nBody"),
        S_INIT("Lea\r\n\r\n--=_x\r\nContent-Type: x/y"),
        S_INIT("Lea\" <other@example.com>, \"x"),
        S_INIT("=?utf-8?Q?a=0D=0ABcc:_x?="),
        S_INIT("Lea\x01\x02 <other@example.com>"),
    };
    for (size_t i = 0; i < sizeof NASTY / sizeof NASTY[0]; i++) {
        struct mail_message m = sample();
        m.from_name = m.list_name = NASTY[i];
        m.list_id = S("x.example.org");
        struct buf mail = written(&m);
        assert_false(slice_contains(buf_slice(&mail), S("other@example.com")));
        buf_fini(&mail);
        m.subject = NASTY[i];
        mail = written(&m);
        slice all = buf_slice(&mail), head = slice_sub(all, 0, slice_find(all, S("\r\n\r\n")));
        assert_lines(&mail);
        assert_false(slice_contains(head, S("\nBcc")));
        assert_false(slice_contains(head, S("=0D")));
        assert_true(slice_ends(all, S("\r\n\r\nBonjour\r\n")));
        buf_fini(&mail);
    }
}

static void what_is_no_address_is_refused(void **state) {
    (void)state;
    static const char *const BAD[] = {"",           "lea",       "@x.org",        "lea@",        "a b@x.org",
                                      "lea@x.org>", "l\n@x.org", "lea@x.org\r\n", "<lea@x.org>", "\"a b\"@x.org",
                                      "a@b@c.org",  "a,b@x.org", "a..b@x.org",    ".a@x.org",    "léa@x.org",
                                      "a@-x.org",   "a@x..org"};
    struct buf out;
    struct error error;
    buf_init(&out, MAIL_MESSAGE_MAX);
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct mail_message m = sample();
        m.to = slice_of(BAD[i]);
        assert_false(mail_address_is_sendable(m.to));
        assert_int_equal(mail_message_write(&m, &out, &error), INVALID);
    }
    assert_true(mail_address_is_sendable(S("o'hara+x=y.z@mail.example.org")));
    struct mail_message m = sample();
    m.unsubscribe = S("https://example.org/\r\nBcc: x");
    assert_int_equal(mail_message_write(&m, &out, &error), INVALID);
    assert_int_equal(out.n, 0);
    buf_fini(&out);
}

static void two_parts(void **state) {
    (void)state;
    struct mail_message m = sample();
    m.text =
        S("Été, 2 = 2 et une très très très très très très très très très très longue ligne qui passe soixante-seize.\n"
          ".\nFrom ici  \nfin");
    m.html = S("<!DOCTYPE html><p>Été</p>");
    struct buf mail = written(&m);
    assert_lines(&mail);
    assert_has(&mail, "Content-Type: multipart/alternative; boundary=\"=_");
    assert_has(&mail, "=C3=89t=C3=A9, 2 =3D 2 et une");
    assert_has(&mail, "=\r\n");
    assert_has(&mail, "\r\n=2E\r\n=46rom ici =20\r\nfin\r\n");
    assert_has(&mail, "Content-Type: text/html; charset=utf-8\r\n");
    assert_has(&mail, "<!DOCTYPE html><p>=C3=89t=C3=A9</p>\r\n");
    buf_fini(&mail);
}

static void a_full_buffer_says_so(void **state) {
    (void)state;
    struct mail_message m = sample();
    struct buf out;
    struct error error;
    buf_init(&out, 100);
    assert_int_equal(mail_message_write(&m, &out, &error), LIMIT);
    buf_fini(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_mail),
        cmocka_unit_test(headers_of_a_list),
        cmocka_unit_test(words_in_other_scripts_are_encoded),
        cmocka_unit_test(nothing_gets_out_of_its_header),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(two_parts),
        cmocka_unit_test(a_full_buffer_says_so),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
