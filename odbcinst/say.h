/* How the command speaks: faults, notices, tables, documents. Text that came from a service is made
 * harmless for terminals. */
#ifndef ODBCINST_SAY_H
#define ODBCINST_SAY_H

#include <stdio.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/json.h"

/* The whole fault: as text to stderr, or as {"error": {...}} to stdout. Returns the exit status
 * that fits its kind. */
int say_fault(const struct fault *f, bool as_json);
/* The members of a fault, inside an open object. */
void say_fault_members(struct json_writer *w, const struct fault *f);
/* Warnings to stderr. */
void say_notices(const struct notices *list);
/* Writes with control characters replaced. */
void say_text(FILE *to, struct span text);
/* Ends a JSON answer (a document in w->out) on stdout, indented; returns status, or STATUS_FAILED
 * when it could not be made. */
int say_json(struct json_writer *w, int status);
/* A compact JSON text, indented by two blanks a level. Appended. */
MUST_USE bool say_indent(struct span json, struct buf *out, struct fault *f);

/* "1.4 GB"; binary units as AWS bills them. */
void say_bytes(int64_t bytes, char *to, size_t room);
/* "0.000048" */
void say_cost(double cost, char *to, size_t room);

/* A table that is held until it is printed. */
struct table {
    struct arena arena;
    struct buf cells; /* struct span, row by row */
    unsigned n_columns;
    bool failed;
};
/* names ends with NULL. The first row is the header. */
void table_begin(struct table *t, const char *const *names);
void table_cell(struct table *t, struct span text);
void table_cell_c(struct table *t, const char *text);
/* Prints and frees. False when memory was short. */
bool table_print(struct table *t, FILE *to);

#endif
