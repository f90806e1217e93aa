/* JSON documents: what is read can be written, and what was written reads as the same. */
#include "fuzz.h"

#include "athena/page_scan.h"
#include "aws/xml.h"
#include "base/json.h"

static void written_again(const struct json *document)
{
    struct buf once = { .ceiling = 1 << 24 }, twice = { .ceiling = 1 << 24 };
    struct fault f = { .kind = FAULT_NONE };
    struct json *again = NULL;

    if (json_print(document, &once, &f)) {
        PROMISE(json_parse(buf_span(&once), &again, &f));
        PROMISE(json_print(again, &twice, &f) && span_equal(buf_span(&once), buf_span(&twice)));
        json_free(again);
    }
    buf_free(&once);
    buf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(data, size);
    struct arena arena = { .ceiling_bytes = 1 << 24 };
    struct page_scan scan = { copy, copy + size, false };
    struct json *document = NULL;
    struct xml_node *root = NULL;
    struct fault f = { .kind = FAULT_NONE };

    if (json_parse((struct span){ copy, size }, &document, &f)) {
        written_again(document);
        (void)!xml_from_json(document, &arena, &root, &f);
    } else {
        PROMISE(f.kind != FAULT_NONE);
    }
    json_free(document);
    PROMISE(fuzz_is_inside(page_scan_skip(&scan), copy, size));
    (void)page_scan_is_over(&scan);
    arena_free(&arena);
    free(copy);
    return 0;
}
