/* Where XML comes from, and how it may be parsed: the one place that sets libxml2's reader up.
   No network, no external subset, no substitution of entities, libxml2's own ceilings on (texts of 10 MB, 256 levels).
   Shared by the readers of this folder; one thread each. */
#ifndef PALABRE_EXCHANGE_XML_INPUT_H
#define PALABRE_EXCHANGE_XML_INPUT_H

#include "base/error.h"
#include "base/slice.h"

#include <libxml/xmlreader.h>

struct xml_input {
    int fd;       /* -1: memory */
    slice memory; /* what is left of it */
    int64_t bytes_read, bytes_total;
    int64_t controls_dropped;
    bool begun;
    bool is_wide;       /* UTF-16 or UTF-32: bytes are no characters, nothing is filtered */
    enum status status; /* why a read failed */
    /* What stands between the input and the parser (wxr_shortcut.h): gives bytes as xml_input_read does. NULL: nothing. */
    size_t (*more)(void *ctx, char *out, size_t max);
    void *more_ctx;
    char detail[160];
};

/* The first fatal complaint of the parser. */
struct xml_fault {
    bool is_set;
    int code; /* xmlParserErrors */
    int line;
    bool has_root;     /* a first element had begun */
    bool in_root;      /* elements were still open */
    char message[240]; /* one line */
};

/* NOT_FOUND, UNAVAILABLE, INVALID (a folder). */
enum status xml_input_open(struct xml_input *input, const char *path, struct error *error) MUST_USE;
void xml_input_init_memory(struct xml_input *input, slice bytes); /* bytes: borrowed until xml_input_fini */
void xml_input_fini(struct xml_input *input);                     /* fine on one that failed to open */

/* The next bytes as they are, at most max. 0: the end, or status is set. */
size_t xml_input_read(struct xml_input *input, char *out, size_t max);

/* A reader of it, to be freed with xmlFreeTextReader before xml_input_fini; both arguments must live as long. */
enum status xml_input_reader(struct xml_input *input, struct xml_fault *fault, xmlTextReaderPtr *out,
                             struct error *error) MUST_USE;

/* From here on what libxml2 has to say outside of its parser (a conversion of characters that fails) goes to this fault,
   and not to standard error; NULL: to nobody. This thread's. Call it around what reads. */
void xml_fault_listen(struct xml_fault *fault);

/* Says a fault (or, when none is set, that the document ends too early, at this line). Gives INVALID. */
enum status xml_fault_say(const struct xml_fault *fault, int line, struct error *error) MUST_USE;

#endif
