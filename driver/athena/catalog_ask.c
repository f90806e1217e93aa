/* The frame of every metadata question. */
#include "athena/catalog_ask.h"

#include "athena/failure.h"

void ask_begin(struct catalog_ask *k, struct fault *f)
{
    *k = (struct catalog_ask){ 0 };
    k->w = (struct json_writer){ .out = &k->body, .f = f };
    json_open(&k->w, '{');
}

void ask_add(struct catalog_ask *k, const char *name, struct span text)
{
    if (text.len > 0) {
        json_string_member(&k->w, name, text);
    }
}

void ask_add_page(struct catalog_ask *k, struct span next_token, unsigned most)
{
    ask_add(k, "NextToken", next_token);
    json_name(&k->w, "MaxResults");
    json_number(&k->w, most);
}

bool ask_send(struct catalog_ask *k, struct aws_client *c, const char *operation,
              const struct aws_bounds *b, struct fault *f)
{
    json_close(&k->w, '}');
    if (!json_done(&k->w)) {
        return false;
    }
    if (!aws_json_call(c, operation, buf_span(&k->body), b, &k->answer, f)) {
        failure_refine(f);
        return false;
    }
    return true;
}

void ask_end(struct catalog_ask *k)
{
    json_free(k->answer);
    buf_free(&k->body);
    *k = (struct catalog_ask){ 0 };
}
