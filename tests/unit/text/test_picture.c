/* Sizes of pictures by their first bytes, and what becomes of the markup. */
#include "case.h"

#include "text/picture.h"

static void reads_sizes(void **state) {
    (void)state;
    static const struct {
        slice bytes;
        int width, height;
    } CASES[] = {
        {S_INIT("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\2\x80\0\0\1\xE0\b\6"), 640, 480},
        {S_INIT("GIF89a\x40\1\xF0\0\xF7\0\0"), 320, 240},
        {S_INIT("\xFF\xD8\xFF\xE0\0\4ab\xFF\xFF\xC4\0\3x\xFF\xC2\0\x11\b\1\xE0\2\x80\3"), 640, 480},
        {S_INIT("RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9D\1*\x80\2\xE0\1"), 640, 480},
        {S_INIT("RIFF\0\0\0\0WEBPVP8L\0\0\0\0/\x7F\xC2\x77\0\0"), 640, 480},
        {S_INIT("RIFF\0\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0\x7F\2\0\xDF\1\0"), 640, 480},
        {S_INIT("\0\0\0\x20"
                "ftypavif....ispe\0\0\0\0\0\0\0\x40\0\0\0\x40....ispe\0\0\0\0\0\0\2\x80\0\0\1\xE0"),
         640, 480},
        {S_INIT("<?xml version=\"1.0\"?>\n<svg xmlns=\"x\" viewBox=\"0 0 960.5 540\" role=\"img\">"), 960, 540},
        {S_INIT("<svg width=\"64px\" height=\"32\" viewBox=\"0 0 1 1\">"), 64, 32},
        {S_INIT("<svg width=\"100%\" height=\"100%\" viewBox=\"0,0,3,2\">"), 3, 2},
        {S_INIT("<svg viewBox=\"0 0 10\">"), 0, 0},
        {S_INIT("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\1\x86\xA0\0\0\0\1"), 0, 0}, /* 100,000 wide */
        {S_INIT("\x89PNG\r\n\x1A\n"), 0, 0},
        {S_INIT("GIF89a"), 0, 0},
        {S_INIT("\xFF\xD8\xFF\xC0"), 0, 0},
        {S_INIT("\xFF\xD8\xFF\xE0\0\0\xFF\xE0\0\0\xFF\xE0\0\0"), 0, 0},
        {S_INIT("RIFF\0\0\0\0WEBPVP8X"), 0, 0},
        {S_INIT(""), 0, 0},
    };
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct picture_size size = picture_size(CASES[i].bytes);
        if (size.width == CASES[i].width && size.height == CASES[i].height) continue;
        print_error("case %zu: %d x %d\n", i, size.width, size.height);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static bool find(const void *ctx, struct arena *arena, slice src, struct picture *out) {
    (void)ctx;
    (void)arena;
    if (!slice_starts(src, S("/here/"))) return false;
    *out = (struct picture){S("/kept/a.png"), {4, 3}};
    return true;
}

static void sets_sizes(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {"<p>a</p>", "<p>a</p>"},
        {"<img src=\"/here/a\" alt=\"b\"> <img src=\"/there/a\" alt=\"\">",
         "<img src=\"/kept/a.png\" width=\"4\" height=\"3\" alt=\"b\"> <img src=\"/there/a\" alt=\"\">"},
        {"<img src=\"/here/a\" alt=\"\" width=\"2\" height=\"1\">",
         "<img src=\"/kept/a.png\" alt=\"\" width=\"2\" height=\"1\">"},
        {"<img src=\"/here/a", "<img src=\"/kept/a.png\" width=\"4\" height=\"3\""},
    };
    struct arena *arena = arena_new(1 << 20);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct html got = picture_set_sizes(arena, html_from_stored(slice_of(CASES[i].in)), find, NULL);
        wrong += case_differs(CASES[i].in, got.s, CASES[i].out);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_sizes), cmocka_unit_test(sets_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
