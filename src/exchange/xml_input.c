#include "exchange/xml_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status xml_input_open(struct xml_input *input, const char *path, struct error *error) {
    *input = (struct xml_input){.fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (input->fd < 0 && errno == ENOENT) return error_set(error, NOT_FOUND, "there is no such file");
    if (input->fd < 0) return error_set(error, UNAVAILABLE, "cannot be opened: %s", strerror(errno));
    struct stat info;
    if (fstat(input->fd, &info) != 0) return error_set(error, UNAVAILABLE, "cannot be read: %s", strerror(errno));
    if (S_ISDIR(info.st_mode)) return error_set(error, INVALID, "this is a folder, not a file");
    if (S_ISREG(info.st_mode)) input->bytes_total = info.st_size;
    return OK;
}

void xml_input_init_memory(struct xml_input *input, slice bytes) {
    *input = (struct xml_input){.fd = -1, .memory = bytes, .bytes_total = (int64_t)bytes.n};
}

void xml_input_fini(struct xml_input *input) {
    if (input->fd > 0) close(input->fd);
    input->fd = -1;
}

size_t xml_input_read(struct xml_input *input, char *out, size_t max) {
    if (input->fd < 0) {
        size_t n = input->memory.n < max ? input->memory.n : max;
        if (n) memcpy(out, input->memory.p, n);
        input->memory = slice_after(input->memory, n);
        return n;
    }
    for (;;) {
        ssize_t n = read(input->fd, out, max);
        if (n >= 0) return (size_t)n;
        if (errno == EINTR) continue;
        input->status = UNAVAILABLE;
        snprintf(input->detail, sizeof input->detail, "cannot be read: %s", strerror(errno));
        return 0;
    }
}

/* What the first bytes tell. libxml2 asks for four first. */
static void look_at_start(struct xml_input *input, slice start) {
    input->begun = true;
    input->is_wide = slice_starts(start, S("\xff\xfe")) || slice_starts(start, S("\xfe\xff")) ||
                     slice_find_char(start, '\0') != SIZE_MAX;
    bool compressed = slice_starts(start, S("\x1f\x8b")) || slice_starts(start, S("PK\x03\x04")) ||
                      slice_starts(start, S("BZh")) || slice_starts(start, S("\xfd\x37zX")) ||
                      slice_starts(start, S("\x28\xb5\x2f\xfd"));
    if (!compressed) return;
    input->status = INVALID;
    snprintf(input->detail, sizeof input->detail, "the file is compressed: unpack it first");
}

static bool is_forbidden(char c) {
    unsigned char u = (unsigned char)c;
    return u < 0x20 && u != '\t' && u != '\n' && u != '\r' && u != '\0';
}

/* WordPress writes control characters that people pasted into posts as they are, which XML forbids: without this,
   one of them would stop a whole import. NUL stays, and is refused: it means a damaged file. */
static size_t drop_controls(struct xml_input *input, char *bytes, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!is_forbidden(bytes[i])) bytes[kept++] = bytes[i];
    input->controls_dropped += (int64_t)(n - kept);
    return kept;
}

static int on_read(void *context, char *out, int max) {
    struct xml_input *input = context;
    if (max <= 0) return 0;
    for (;;) {
        size_t n =
            input->more ? input->more(input->more_ctx, out, (size_t)max) : xml_input_read(input, out, (size_t)max);
        if (!input->begun) look_at_start(input, slice_make(out, n));
        if (input->status) return -1;
        input->bytes_read += (int64_t)n;
        if (n == 0 || input->is_wide) return (int)n;
        n = drop_controls(input, out, n);
        if (n) return (int)n; /* 0 would mean the end */
    }
}

static int on_close(void *context) {
    (void)context;
    return 0;
}

static void on_fault(void *context, xmlErrorPtr e) {
    struct xml_fault *fault = context;
    if (!fault || fault->is_set || !e || (e->level != XML_ERR_FATAL && e->domain != XML_FROM_IO)) return;
    fault->is_set = true;
    fault->code = e->code;
    fault->line = e->line;
    const xmlParserCtxt *parser = e->domain == XML_FROM_PARSER ? e->ctxt : NULL;
    fault->in_root = parser && parser->nameNr > 0;
    fault->has_root = parser && parser->myDoc && xmlDocGetRootElement(parser->myDoc);
    slice message = slice_trim(slice_of(e->message));
    message = slice_sub(message, 0, slice_find_char(message, '\n'));
    snprintf(fault->message, sizeof fault->message, "%.*s", SLICE_FMT(message));
}

void xml_fault_listen(struct xml_fault *fault) { xmlSetStructuredErrorFunc(fault, on_fault); }

enum status xml_input_reader(struct xml_input *input, struct xml_fault *fault, xmlTextReaderPtr *out,
                             struct error *error) {
    /* NOCDATA: CDATA sections come as the text they are. No XML_PARSE_HUGE: it would lift the ceilings on entities
       together with those on texts. */
    const int options = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT;
    *fault = (struct xml_fault){0};
    xmlTextReaderPtr reader = xmlReaderForIO(on_read, on_close, input, NULL, NULL, options);
    if (input->status) {
        if (reader) xmlFreeTextReader(reader);
        return error_set(error, input->status, "%s", input->detail);
    }
    if (!reader) return error_set(error, INTERNAL, "libxml2 gives no reader");
    xmlTextReaderSetStructuredErrorHandler(reader, on_fault, fault);
    *out = reader;
    return OK;
}

static bool is_early_end(int code) {
    return code == XML_ERR_TAG_NOT_FINISHED || code == XML_ERR_CDATA_NOT_FINISHED ||
           code == XML_ERR_COMMENT_NOT_FINISHED || code == XML_ERR_PI_NOT_FINISHED || code == XML_ERR_GT_REQUIRED;
}

enum status xml_fault_say(const struct xml_fault *fault, int line, struct error *error) {
    if (!fault->is_set)
        return error_set(error, INVALID, "line %d: the document ends too early: is the file cut off?", line);
    if (fault->code == XML_IO_ENCODER || fault->code == XML_I18N_CONV_FAILED)
        return error_set(error, INVALID, "line %d: characters that are not in the encoding the file names", line);
    if (fault->code == XML_ERR_DOCUMENT_EMPTY || !fault->has_root)
        return error_set(error, INVALID, "line 1: not XML, or empty");
    /* libxml2 calls a missing end "extra content", too. */
    if (fault->code == XML_ERR_DOCUMENT_END && fault->in_root)
        return error_set(error, INVALID, "line %d: the document ends too early: is the file cut off?", fault->line);
    return error_set(error, INVALID, "line %d: not well-formed XML%s: %s", fault->line,
                     is_early_end(fault->code) ? " (is the file cut off?)" : "", fault->message);
}
