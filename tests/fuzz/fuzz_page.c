/* Pages of GetQueryResults, and refusals: the first byte chooses the status, the rest is the body
   of the answer. */
#include "fuzz.h"

#include "athena/athena.h"
#include "base/clock.h"
#include "net/http.h"

struct one_answer {
    struct http base;
    struct span body;
    int status;
};

static bool send_answer(struct http *h, const struct http_request *q, struct http_response *r,
                        struct fault *f)
{
    struct one_answer *a = (struct one_answer *)h;

    (void)q;
    http_response_reset(r);
    r->status = a->status;
    return buf_add(&r->body, a->body, f);
}

static void close_answer(struct http *h)
{
    (void)h;
}

static const struct http_ops ops = { .send = send_answer, .close = close_answer };

static void cells_are_readable(const struct results_page *p)
{
    size_t total = 0;

    for (size_t i = 0; i < (size_t)p->n_rows * p->n_columns; i++) {
        for (size_t k = 0; k < p->cells[i].len; k++) {
            total += (unsigned char)p->cells[i].at[k];
        }
    }
    for (unsigned i = 0; i < p->n_rows; i++) {
        PROMISE(p->n_in_row[i] <= p->n_columns);
    }
    PROMISE(total < SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = { 200, 200, 200, 400, 403, 500 };
    struct one_answer answer = { .base = { &ops },
                                 .status = statuses[fuzz_byte(&data, &size) % 6] };
    char *copy = fuzz_copy(data, size);
    struct arena arena = { .ceiling_bytes = 1 << 26 };
    struct aws_client *client = NULL;
    struct results_page page = { 0 };
    struct fault f = { .kind = FAULT_NONE };
    struct aws_client_settings settings = { .service = AWS_ATHENA,
                                            .region = SPAN("eu-west-1"),
                                            .transport = &answer.base,
                                            .clock = clock_system(),
                                            .attempts_max = 1,
                                            .hop = HOP_SERVICE };

    answer.body = (struct span){ copy, size };
    PROMISE(aws_client_new(&settings, &client, &f));
    if (athena_get_results(client, SPAN("q-1"), NO_SPAN, 0, NULL, &arena, &page, &f)) {
        PROMISE(answer.status == 200);
        cells_are_readable(&page);
    } else {
        PROMISE(f.kind != FAULT_NONE && f.text[0] != 0);
    }
    aws_client_free(client);
    arena_free(&arena);
    free(copy);
    return 0;
}
