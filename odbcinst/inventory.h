/* The list of spokes: one consumer account a row, from YAML, JSON or CSV. Keys are the driver's
   own; `name`, `account`, `role` and `partition` are shorthands, and {name} and {account} may stand
   in any value. */
#ifndef ODBCINST_INVENTORY_H
#define ODBCINST_INVENTORY_H

#include "config/settings.h"

enum { INVENTORY_SPOKES_MAX = 10000, INVENTORY_FILE_MAX = 16 * 1024 * 1024 };

/* What a row may say beside the driver's keys. */
enum inventory_word { WORD_NAME, WORD_ACCOUNT, WORD_ROLE, WORD_PARTITION, INVENTORY_WORDS };

/* Spans live in the inventory's arena; NO_SPAN = not given. */
struct inventory_spoke {
    struct span word[INVENTORY_WORDS];
    struct span text[SETTINGS_COUNT]; /* checked, in its normal form */
    unsigned line;                    /* of the file; its number in JSON */
};

struct inventory {
    char path[4096];
    bool is_by_root; /* the file is root's and nobody else may write it: it counts as a system data
                        source */
    struct arena arena; /* secret */
    struct inventory_spoke defaults;
    struct inventory_spoke *at; /* by name */
    unsigned n, room;
};

/* Reads, fills in defaults and shorthands, checks every value. Sends nothing. inventory_free it,
 * failed or not. */
MUST_USE bool inventory_load(struct inventory *inv, const char *path, struct fault *f);
void inventory_free(struct inventory *inv);
/* NULL when there is none. */
const struct inventory_spoke *inventory_find(const struct inventory *inv, struct span name);
/* The settings the driver would have from the data source that this row stands for; the driver's
 * section of odbcinst.ini governs them. */
MUST_USE bool inventory_settings(const struct inventory *inv, const struct inventory_spoke *spoke,
                                 struct settings *out, struct notices *notices, struct fault *f);

/* For the readers: a new row; then its values. to_defaults puts a value under every row. */
MUST_USE bool inventory_begin(struct inventory *inv, unsigned line, struct fault *f);
MUST_USE bool inventory_add(struct inventory *inv, bool to_defaults, struct span key,
                            struct span value, unsigned line, struct fault *f);
/* What a reader was given is complete: defaults, shorthands, checks, order. For inventory_load and
 * dsn import. */
MUST_USE bool inventory_finish(struct inventory *inv, struct fault *f);

MUST_USE bool inventory_read_csv(struct inventory *inv, struct span text, struct fault *f);
MUST_USE bool inventory_read_json(struct inventory *inv, struct span text, struct fault *f);
MUST_USE bool inventory_read_yaml(struct inventory *inv, struct span text, struct fault *f);

#endif
