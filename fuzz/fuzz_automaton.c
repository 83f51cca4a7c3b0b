/* Words and a text of small symbols: what the automaton finds is what looking everywhere finds. Bytes above 250 end a
   word; a word that is empty ends the list. */
#include "text/automaton.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MAX = 64, SYMBOLS_MAX = 4096, END = 250 };

struct input {
    uint32_t symbols[SYMBOLS_MAX];
    struct automaton_word words[WORDS_MAX];
    size_t word_count, used;
    uint32_t *text;
    size_t text_count;
    uint64_t sum, count;
};

static uint64_t weight(size_t index, size_t start) { return (index + 1) * 1000003 + (start + 1) * 7919; }

static bool note(void *ctx, size_t index, size_t start) {
    struct input *in = ctx;
    assert(index < in->word_count && start + in->words[index].count <= in->text_count);
    in->sum += weight(index, start);
    in->count++;
    return true;
}

static void read(struct input *in, const uint8_t *data, size_t size) {
    size_t i = 0;
    if (size > SYMBOLS_MAX) size = SYMBOLS_MAX;
    while (i < size && in->word_count < WORDS_MAX && data[i] <= END) {
        struct automaton_word *word = &in->words[in->word_count++];
        word->symbols = &in->symbols[in->used];
        for (; i < size && data[i] <= END; i++, word->count++) in->symbols[in->used++] = data[i] % 5;
        i++;
    }
    in->text = &in->symbols[in->used];
    for (; i < size; i++) in->text[in->text_count++] = data[i] % 5;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input in = {0};
    read(&in, data, size);
    struct automaton *a = automaton_new(in.words, in.word_count);
    automaton_scan(a, in.text, in.text_count, note, &in);
    automaton_free(a);
    uint64_t sum = 0, count = 0;
    for (size_t w = 0; w < in.word_count; w++)
        for (size_t at = 0; at + in.words[w].count <= in.text_count; at++) {
            if (memcmp(in.text + at, in.words[w].symbols, in.words[w].count * sizeof *in.text) != 0) continue;
            sum += weight(w, at);
            count++;
        }
    assert(count == in.count && sum == in.sum);
    return 0;
}
