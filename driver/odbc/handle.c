/* What the four ODBC objects have in common: the head, the lists they hang in, whose width and
   whose version they follow. */
#include "odbc/handle.h"

#include <assert.h>
#include <unistd.h>

void handle_init(struct handle *h, enum handle_kind kind, struct handle *parent)
{
    latch_init(&h->latch);
    diag_init(&h->diag);
    h->kind = kind;
    h->parent = parent;
    h->next = NULL;
    h->pid = (int)getpid();
    h->alive = parent != NULL ? parent->alive : NULL;
    h->magic = HANDLE_MAGIC;
}

void handle_done(struct handle *h)
{
    assert(h->magic == HANDLE_MAGIC);
    h->magic = 0;
    diag_done(&h->diag);
}

void handle_link(struct handle **list, struct handle *h)
{
    h->next = *list;
    *list = h;
}

void handle_unlink(struct handle **list, struct handle *h)
{
    while (*list != NULL && *list != h) {
        list = &(*list)->next;
    }
    if (*list == h) {
        *list = h->next;
        h->next = NULL;
    }
}

static const struct env *handle_env(const struct handle *h)
{
    while (h->parent != NULL) {
        h = h->parent;
    }
    assert(h->kind == HANDLE_ENV);
    return (const struct env *)h;
}

bool handle_is_of_parent(const struct handle *h)
{
    return h->pid != (int)getpid();
}

enum wide_unit handle_wide_unit(const struct handle *h)
{
    return handle_env(h)->wide_unit;
}

bool handle_is_odbc2(const struct handle *h)
{
    return handle_env(h)->odbc_version == SQL_OV_ODBC2;
}

struct dbc *handle_dbc(const struct handle *h)
{
    while (h != NULL && h->kind != HANDLE_DBC) {
        h = h->parent;
    }
    return (struct dbc *)h;
}
