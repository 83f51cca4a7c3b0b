/* A page of somebody else's: whatever it is, what comes out is valid text of the lengths that were asked for. */
#include "base/utf8.h"
#include "text/quoted_page.h"

#include <assert.h>

enum { ARENA_BYTES = 16 * 1024 * 1024, MOST = 600 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const slice TYPES[] = {S_INIT("text/html"), S_INIT("text/html; charset=iso-8859-1"), S_INIT(""),
                                  S_INIT("text/html; charset=utf-16")};
    if (size == 0) return 0;
    struct arena *arena = arena_new(ARENA_BYTES);
    struct quoted_page page;
    struct error error;
    slice html = slice_make(data + 1, size - 1);
    enum status status =
        quoted_page_read(arena, html, TYPES[data[0] % 4], S("https://example.org/a"), MOST, &page, &error);
    if (status == OK) {
        const slice fields[] = {page.title, page.author, page.site, page.url, page.language, page.markdown};
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) assert(utf8_is_valid(fields[i]));
        assert(utf8_length(page.title) <= 200 && utf8_length(page.author) <= 200);
        assert(utf8_length(page.markdown) <= 2 * MOST + 400); /* every character shielded, blank lines between */
    }
    arena_free(arena);
    return 0;
}
