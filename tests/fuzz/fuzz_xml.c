/* XML answers of STS and S3: as a tree, and as a refusal. */
#include "fuzz.h"

#include "aws/error.h"
#include "aws/xml.h"

static void read_refusal(struct span text)
{
    struct http_response r = { .status = 403 };
    struct aws_error e;
    struct fault f = { .kind = FAULT_NONE };

    PROMISE(buf_add(&r.body, text, &f));
    aws_error_read(&r, &e);
    PROMISE(memchr(e.message, 0, sizeof(e.message)) != NULL && memchr(e.code, 0, sizeof(e.code)));
    aws_error_to_fault(&e, r.status, SPAN("sts:AssumeRole"), HOP_RUN_AS, &f);
    PROMISE(f.kind != FAULT_NONE);
    http_response_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(data, size);
    struct span text = { copy, size };
    struct arena arena = { .ceiling_bytes = 1 << 26 };
    struct xml_node *root = NULL;
    struct fault f = { .kind = FAULT_NONE };

    if (xml_parse(text, &arena, &root, &f)) {
        unsigned n = 0, depth = 0;

        for (const struct xml_node *node = root; node != NULL && n <= XML_NODES_MAX; n++) {
            PROMISE(node->name.at != NULL && node->text.at != NULL && depth <= XML_DEPTH_MAX);
            depth += node->first != NULL;
            node = node->first != NULL ? node->first : node->next;
        }
        PROMISE(n <= XML_NODES_MAX);
        (void)xml_text(root, "Error/Message");
        (void)xml_text(root, "AssumeRoleResult/Credentials/SessionToken");
    } else {
        PROMISE(f.kind != FAULT_NONE);
    }
    read_refusal(text);
    arena_free(&arena);
    free(copy);
    return 0;
}
