#include "view/catalog.h"

#include "base/embedded.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "view/plural.h"

#include <assert.h>
#include <string.h>

_Static_assert((int)CATALOG_MAX_PLURAL_FORMS == (int)PLURAL_MAX_FORMS, "the two ceilings are one");

enum { MO_HEADER = 28, MO_ENTRY = 8, MAX_MESSAGES = 65536, MAX_LANGUAGE = 35 /* RFC 5646 §4.4.1 */ };

/* Sorted by id, as the file is. A plural message's id is its singular; its text holds the forms with a NUL between
   two. */
struct message {
    slice id, text;
};

struct catalog {
    char language[MAX_LANGUAGE + 1];
    const struct plural_rule *plural; /* English's, or its_plural */
    struct plural_rule its_plural;
    size_t count;
    struct message *messages;
};

static const struct catalog ENGLISH = {.language = "en", .plural = &plural_rule_english};

const struct catalog *catalog_english(void) { return &ENGLISH; }

struct mo {
    slice bytes;
    bool swapped;
    uint32_t count, ids, texts;
};

/* The caller has checked at + 4 <= n. */
static uint32_t read_u32(const struct mo *mo, size_t at) {
    uint32_t word;
    memcpy(&word, mo->bytes.p + at, sizeof word);
    return mo->swapped ? __builtin_bswap32(word) : word;
}

static enum status read_header(struct mo *mo, struct error *error) {
    if (mo->bytes.n < MO_HEADER) {
        return error_set(error, INVALID, "not a .mo file: %zu bytes", mo->bytes.n);
    }
    uint32_t magic = read_u32(mo, 0);
    mo->swapped = magic == 0xDE120495u;
    if (!mo->swapped && magic != 0x950412DEu) {
        return error_set(error, INVALID, "not a .mo file: it begins with %08x", magic);
    }
    uint32_t revision = read_u32(mo, 4);
    if (revision >> 16 > 1) {
        return error_set(error, INVALID, "a .mo file of revision %u, which is too new", revision >> 16);
    }
    mo->count = read_u32(mo, 8);
    mo->ids = read_u32(mo, 12);
    mo->texts = read_u32(mo, 16);
    size_t table = (size_t)mo->count * MO_ENTRY;
    if (mo->count > MAX_MESSAGES || mo->ids > mo->bytes.n || mo->texts > mo->bytes.n || table > mo->bytes.n - mo->ids ||
        table > mo->bytes.n - mo->texts) {
        return error_set(error, INVALID, "a broken .mo file: %u messages do not fit into it", mo->count);
    }
    return OK;
}

/* The string of entry i of the table: its length, its offset; a NUL follows it. */
static enum status read_string(const struct mo *mo, uint32_t table, uint32_t i, slice *out, struct error *error) {
    size_t entry = (size_t)table + (size_t)i * MO_ENTRY;
    size_t length = read_u32(mo, entry);
    size_t offset = read_u32(mo, entry + 4);
    if (offset >= mo->bytes.n || length >= mo->bytes.n - offset || mo->bytes.p[offset + length] != '\0') {
        return error_set(error, INVALID, "a broken .mo file: message %u lies outside of it", i);
    }
    slice s = slice_make(mo->bytes.p + offset, length);
    if (!utf8_is_valid(s)) {
        return error_set(error, INVALID, "message %u is not UTF-8", i);
    }
    *out = s;
    return OK;
}

static slice first_part(slice s) { return slice_sub(s, 0, slice_find_char(s, '\0')); }

static enum status read_messages(const struct mo *mo, struct catalog *catalog, struct error *error) {
    catalog->messages = memory_alloc_array(mo->count, sizeof *catalog->messages);
    for (uint32_t i = 0; i < mo->count; i++) {
        struct message *message = &catalog->messages[i];
        enum status status = read_string(mo, mo->ids, i, &message->id, error);
        if (status == OK) {
            status = read_string(mo, mo->texts, i, &message->text, error);
        }
        if (status != OK) {
            return status;
        }
        message->id = first_part(message->id);
        if (i > 0 && slice_compare(catalog->messages[i - 1].id, message->id) >= 0) {
            return error_set(error, INVALID, "a broken .mo file: message %u is out of order", i);
        }
        catalog->count = i + 1;
    }
    return OK;
}

static const struct message *find_message(const struct catalog *catalog, slice id) {
    size_t low = 0;
    size_t high = catalog->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(id, catalog->messages[middle].id);
        if (order == 0) {
            return &catalog->messages[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

/* The text of the empty message is a header like a mail's. */
static enum status read_plural_forms(struct catalog *catalog, struct error *error) {
    static const slice FIELD = S_INIT("Plural-Forms:");
    catalog->plural = &plural_rule_english;
    const struct message *header = find_message(catalog, S(""));
    slice rest = header ? header->text : S("");
    while (rest.p) {
        slice line = slice_cut(&rest, '\n');
        if (slice_starts_nocase(line, FIELD)) {
            catalog->plural = &catalog->its_plural;
            return plural_parse(slice_trim(slice_after(line, FIELD.n)), &catalog->its_plural, error);
        }
    }
    return OK;
}

enum status catalog_open(slice mo_bytes, slice language, struct catalog **out, struct error *error) {
    if (language.n == 0 || language.n > MAX_LANGUAGE) {
        return error_set(error, INVALID, "not a language tag: '%.*s'", SLICE_FMT(slice_sub(language, 0, 40)));
    }
    struct catalog *catalog = NEW(struct catalog);
    memcpy(catalog->language, language.p, language.n);
    struct mo mo = {.bytes = mo_bytes};
    enum status status = read_header(&mo, error);
    if (status == OK) {
        status = read_messages(&mo, catalog, error);
    }
    if (status == OK) {
        status = read_plural_forms(catalog, error);
    }
    if (status == OK) {
        *out = catalog;
        return OK;
    }
    catalog_free(catalog);
    (void)error_prefix(error, "translations '%.*s'", SLICE_FMT(language)); /* whose own result needs an error */
    return status;
}

void catalog_free(struct catalog *catalog) {
    if (catalog) {
        memory_free(catalog->messages);
        memory_free(catalog);
    }
}

void catalog_free_p(struct catalog **catalog) { catalog_free(*catalog); }

enum status catalog_open_embedded(slice language, struct catalog **out, struct error *error) {
    char path[MAX_LANGUAGE + sizeof ".mo"];
    if (language.n == 0 || language.n > MAX_LANGUAGE || memchr(language.p, '\0', language.n)) {
        return error_set(error, INVALID, "not a language tag");
    }
    memcpy(path, language.p, language.n);
    memcpy(path + language.n, ".mo", sizeof ".mo");
    const struct embedded_file *file = embedded_find(embedded_catalogs, embedded_catalogs_count, path);
    if (file) {
        return catalog_open(slice_make(file->data, file->size), language, out, error);
    }
    if (!slice_equal(language, S("en"))) {
        return error_set(error, NOT_FOUND, "there is no translation for the language '%.*s'", SLICE_FMT(language));
    }
    *out = NEW(struct catalog);
    **out = ENGLISH;
    return OK;
}

slice catalog_language(const struct catalog *catalog) { return slice_of(catalog->language); }

slice catalog_get_slice(const struct catalog *catalog, slice message) {
    /* The empty message is the header, which is nobody's text. */
    const struct message *found = message.n ? find_message(catalog, message) : NULL;
    slice text = found ? first_part(found->text) : message;
    return text.n ? text : message;
}

bool catalog_has(const struct catalog *catalog, slice message) {
    const struct message *found = message.n ? find_message(catalog, message) : NULL;
    return found && found->text.n > 0;
}

slice catalog_get(const struct catalog *catalog, const char *message) {
    return catalog_get_slice(catalog, slice_of(message));
}

unsigned catalog_plural_forms(const struct catalog *catalog) { return catalog->plural->forms; }

unsigned catalog_plural_form(const struct catalog *catalog, int64_t n) {
    return plural_form(catalog->plural, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

/* The text of a form; empty when the message or the form is missing. */
static slice translated_form(const struct catalog *catalog, slice one, unsigned form) {
    const struct message *found = one.n ? find_message(catalog, one) : NULL;
    slice rest = found ? found->text : S("");
    slice text = S("");
    for (unsigned i = 0; i <= form && rest.p; i++) {
        text = slice_cut(&rest, '\0');
        if (i == form) {
            return text;
        }
    }
    return S("");
}

slice catalog_get_form(const struct catalog *catalog, slice one, slice many, unsigned form) {
    assert(form < catalog->plural->forms);
    slice text = translated_form(catalog, one, form);
    return text.n ? text : form == 0 ? one : many;
}

slice catalog_get_plural(const struct catalog *catalog, const char *one, const char *many, int64_t n) {
    slice text = translated_form(catalog, slice_of(one), catalog_plural_form(catalog, n));
    return text.n ? text : n == 1 || n == -1 ? slice_of(one) : slice_of(many);
}

static const slice *find_argument(slice name, const struct catalog_argument *arguments, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(arguments[i].name, name)) {
            return &arguments[i].value;
        }
    }
    return NULL;
}

/* Where the next place "{name}" that has an argument begins and ends in message from `from` on; begin is message.n when
   there is none. */
struct place {
    size_t begin, end;
    const slice *value;
};

static struct place next_place(slice message, size_t from, const struct catalog_argument *arguments, size_t count) {
    for (size_t i = from; i < message.n; i++) {
        if (message.p[i] != '{') {
            continue;
        }
        slice rest = slice_after(message, i + 1);
        size_t length = slice_find_char(rest, '}');
        const slice *value = length == SIZE_MAX ? NULL : find_argument(slice_sub(rest, 0, length), arguments, count);
        if (value) {
            return (struct place){i, i + 1 + length + 1, value};
        }
    }
    return (struct place){message.n, message.n, NULL};
}

slice catalog_format(struct arena *arena, slice message, const struct catalog_argument *arguments, size_t count) {
    size_t size = message.n;
    for (size_t at = 0; at < message.n;) {
        struct place place = next_place(message, at, arguments, count);
        size += place.value ? place.value->n : 0;
        at = place.end;
    }
    char *out = arena_alloc(arena, size + 1);
    size_t n = 0;
    for (size_t at = 0; at < message.n;) {
        struct place place = next_place(message, at, arguments, count);
        memcpy(out + n, message.p + at, place.begin - at);
        n += place.begin - at;
        if (place.value && place.value->n) {
            memcpy(out + n, place.value->p, place.value->n);
            n += place.value->n;
        }
        at = place.end;
    }
    return slice_make(out, n);
}
