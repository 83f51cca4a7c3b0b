#include "mail/message.h"

#include "base/crypto.h"

#include <string.h>

enum {
    LINE_MAX_BYTES = 76,  /* RFC 2045 §6.7 (5), RFC 2047 §2 */
    WORD_FRAME_BYTES = 12 /* "=?utf-8?B?" and "?=" */
};

static bool is_control(char c) { return (unsigned char)c < ' ' || c == 0x7f; }

/* --- Addresses ------------------------------------------------------------------------------------------------------ */

static bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 5322 §3.2.3 */
static bool is_atom_char(char c) { return is_letter_or_digit(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c)); }

static bool is_dot_string(slice s) {
    if (s.n == 0 || s.p[0] == '.' || s.p[s.n - 1] == '.' || slice_contains(s, S(".."))) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '.' && !is_atom_char(s.p[i])) return false;
    return true;
}

static bool is_host(slice s) {
    if (s.n == 0 || s.p[0] == '.' || s.p[0] == '-' || s.p[s.n - 1] == '.' || slice_contains(s, S(".."))) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '.' && s.p[i] != '-' && !is_letter_or_digit(s.p[i])) return false;
    return true;
}

bool mail_address_is_sendable(slice address) {
    size_t at = slice_find_char(address, '@');
    if (at == SIZE_MAX || address.n > MAIL_ADDRESS_MAX || at > 64) return false;
    return is_dot_string(slice_sub(address, 0, at)) && is_host(slice_after(address, at + 1));
}

/* What stands between < and > in a header. */
static bool is_reference(slice s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f || s.p[i] == '<' || s.p[i] == '>')
            return false;
    return true;
}

/* --- Headers -------------------------------------------------------------------------------------------------------- */

static void add_base64(struct buf *out, slice bytes) {
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t left = bytes.n - i;
        unsigned group = (unsigned)(unsigned char)bytes.p[i] << 16;
        if (left > 1) group |= (unsigned)(unsigned char)bytes.p[i + 1] << 8;
        if (left > 2) group |= (unsigned char)bytes.p[i + 2];
        buf_add_char(out, DIGITS[group >> 18 & 63]);
        buf_add_char(out, DIGITS[group >> 12 & 63]);
        buf_add_char(out, left > 1 ? DIGITS[group >> 6 & 63] : '=');
        buf_add_char(out, left > 2 ? DIGITS[group & 63] : '=');
    }
}

static bool is_inside_character(slice s, size_t at) { return at < s.n && ((unsigned char)s.p[at] & 0xc0) == 0x80; }

/* RFC 2047: each word whole characters, each line at most 76 bytes. column: where the line stands. */
static void add_encoded_words(struct buf *out, slice text, size_t column) {
    while (text.n > 0) {
        size_t room = column + WORD_FRAME_BYTES + 8 < LINE_MAX_BYTES ? LINE_MAX_BYTES - column - WORD_FRAME_BYTES : 8;
        size_t n = room / 4 * 3;
        if (n > text.n) n = text.n;
        while (n > 0 && is_inside_character(text, n)) n--;
        if (n == 0) n = text.n < 3 ? text.n : 3; /* no UTF-8; it ends all the same */
        buf_add(out, S("=?utf-8?B?"));
        add_base64(out, slice_sub(text, 0, n));
        buf_add(out, S("?="));
        text = slice_after(text, n);
        if (text.n > 0) buf_add(out, S("\r\n "));
        column = 1;
    }
}

/* Whether the text may stand as it is: ASCII, nothing that reads as an encoded word, and on one line. */
static bool is_plain(slice text, size_t column) {
    if (column + text.n > LINE_MAX_BYTES || slice_contains(text, S("=?"))) return false;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ' || (unsigned char)text.p[i] >= 0x7f) return false;
    return true;
}

static bool is_phrase(slice text) {
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != ' ' && !is_atom_char(text.p[i])) return false;
    return text.n > 0;
}

/* On one line: controls are spaces, runs of white space one. The caller's buffer. */
static slice one_line(struct buf *line, slice text) {
    text = slice_trim(text);
    buf_clear(line);
    for (size_t i = 0; i < text.n; i++) {
        char c = is_control(text.p[i]) ? ' ' : text.p[i];
        bool again = c == ' ' && line->n > 0 && line->p[line->n - 1] == ' ';
        if (!again) buf_add_char(line, c);
    }
    return slice_trim(buf_slice(line));
}

static void add_text(struct buf *out, slice name, slice text) {
    struct buf line;
    if (!text.n) return;
    buf_init(&line, MAIL_MESSAGE_MAX);
    slice clean = one_line(&line, text);
    buf_add(out, name);
    buf_add(out, S(": "));
    if (is_plain(clean, name.n + 2))
        buf_add(out, clean);
    else
        add_encoded_words(out, clean, name.n + 2);
    buf_add(out, S("\r\n"));
    buf_fini(&line);
}

static size_t column_of(const struct buf *out) {
    size_t column = 0;
    while (column < out->n && out->p[out->n - 1 - column] != '\n') column++;
    return column;
}

/* Name: "words" <what>; the words may be missing. */
static void add_named(struct buf *out, slice name, slice words, slice what) {
    struct buf line;
    buf_init(&line, MAIL_MESSAGE_MAX);
    slice clean = one_line(&line, words);
    buf_add(out, name);
    buf_add(out, S(": "));
    if (is_phrase(clean) && is_plain(clean, name.n + 2))
        buf_add(out, clean);
    else
        add_encoded_words(out, clean, name.n + 2);
    if (clean.n) buf_add(out, column_of(out) + what.n + 3 > LINE_MAX_BYTES ? S("\r\n ") : S(" "));
    buf_add_format(out, "<%.*s>\r\n", SLICE_FMT(what));
    buf_fini(&line);
}

static void add_reference(struct buf *out, const char *name, slice what) {
    if (!what.n) return;
    bool fold = strlen(name) + what.n + 4 > LINE_MAX_BYTES;
    buf_add_format(out, "%s:%s<%.*s>\r\n", name, fold ? "\r\n " : " ", SLICE_FMT(what));
}

/* --- Bodies --------------------------------------------------------------------------------------------------------- */

/* RFC 2045 §6.7. A dot or "From " at the start of a line is encoded as well: old relays change them. */
static bool is_literal(slice text, size_t i, size_t column) {
    char c = text.p[i];
    bool at_end = i + 1 == text.n || text.p[i + 1] == '\n' || text.p[i + 1] == '\r';
    if (c == ' ' || c == '\t') return !at_end;
    if (column == 0 && (c == '.' || slice_starts(slice_after(text, i), S("From ")))) return false;
    return c > ' ' && c < 0x7f && c != '=';
}

static void add_quoted_printable(struct buf *out, slice text) {
    static const char HEX[] = "0123456789ABCDEF";
    size_t column = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '\r') continue;
        if (c == '\n') {
            buf_add(out, S("\r\n"));
            column = 0;
            continue;
        }
        bool literal = is_literal(text, i, column);
        if (column + (literal ? 1 : 3) > LINE_MAX_BYTES - 1) {
            buf_add(out, S("=\r\n"));
            column = 0;
            literal = is_literal(text, i, column);
        }
        if (literal) {
            buf_add_char(out, (char)c);
        } else {
            char escape[] = {'=', HEX[c >> 4], HEX[c & 15]};
            buf_add(out, slice_make(escape, sizeof escape));
        }
        column += literal ? 1 : 3;
    }
    if (column) buf_add(out, S("\r\n"));
}

static void add_part(struct buf *out, const char *type, slice text) {
    buf_add_format(out, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", type);
    add_quoted_printable(out, text);
}

/* "=_" cannot stand in quoted-printable: the boundary is nowhere in the parts. */
static void add_alternatives(struct buf *out, const struct mail_message *m) {
    struct crypto_hash hash = crypto_sha256(m->message_id);
    struct buf boundary;
    buf_init(&boundary, 64);
    buf_add(&boundary, S("=_"));
    crypto_add_hex(&boundary, slice_make(hash.bytes, 12));
    slice mark = buf_slice(&boundary);
    buf_add_format(out, "Content-Type: multipart/alternative; boundary=\"%.*s\"\r\n\r\n--%.*s\r\n", SLICE_FMT(mark),
                   SLICE_FMT(mark));
    add_part(out, "text/plain", m->text);
    buf_add_format(out, "\r\n--%.*s\r\n", SLICE_FMT(mark));
    add_part(out, "text/html", m->html);
    buf_add_format(out, "\r\n--%.*s--\r\n", SLICE_FMT(mark));
    buf_fini(&boundary);
}

static enum status check(const struct mail_message *m, struct error *error) {
    if (!mail_address_is_sendable(m->from)) return error_set(error, INVALID, "the sender is not a plain address");
    if (!mail_address_is_sendable(m->to)) return error_set(error, INVALID, "the recipient is not a plain address");
    if (m->reply_to.n && !mail_address_is_sendable(m->reply_to))
        return error_set(error, INVALID, "the address for replies is not a plain address");
    const slice references[] = {m->message_id, m->thread_id, m->list_id, m->archive, m->unsubscribe, m->language};
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++)
        if (!is_reference(references[i])) return error_set(error, INVALID, "an id or address cannot stand in a header");
    for (size_t i = 0; i < m->date.n; i++)
        if (is_control(m->date.p[i])) return error_set(error, INVALID, "the date cannot stand in a header");
    return OK;
}

enum status mail_message_write(const struct mail_message *m, struct buf *out, struct error *error) {
    enum status status = check(m, error);
    if (status != OK) return status;
    add_named(out, S("From"), m->from_name, m->from);
    add_reference(out, "To", m->to);
    add_reference(out, "Reply-To", m->reply_to);
    add_text(out, S("Subject"), m->subject);
    buf_add_format(out, "Date: %.*s\r\n", SLICE_FMT(m->date));
    add_reference(out, "Message-ID", m->message_id);
    add_reference(out, "In-Reply-To", m->thread_id);
    add_reference(out, "References", m->thread_id);
    if (m->list_id.n) add_named(out, S("List-Id"), m->list_name, m->list_id);
    add_reference(out, "List-Archive", m->archive);
    add_reference(out, "List-Unsubscribe", m->unsubscribe);
    if (m->unsubscribe.n) buf_add(out, S("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    buf_add(out, S("Auto-Submitted: auto-generated\r\n"));
    if (m->bulk) buf_add(out, S("Precedence: list\r\n"));
    add_text(out, S("Content-Language"), m->language);
    buf_add(out, S("MIME-Version: 1.0\r\n"));
    if (m->html.n)
        add_alternatives(out, m);
    else
        add_part(out, "text/plain", m->text);
    return out->status == OK ? OK : error_set(error, LIMIT, "the mail is too long");
}
