/* Athena's CSV: every value quoted, "" inside is one quote, NULL is the empty unquoted field,
   records end in \n. Private to rows/. */
#ifndef ROWS_CSV_SPLIT_H
#define ROWS_CSV_SPLIT_H

#include "base/span.h"

enum csv_step {
    CSV_RECORD,   /* a record was split; *used bytes belong to it */
    CSV_MORE,     /* the text ends inside a record; nothing was changed */
    CSV_BAD,      /* a quote where none may be */
    CSV_COLUMNS,  /* not as many fields as there are columns; *n_fields tells how many */
};

/* Splits the record at the start of text into n_columns cells that point into text; quoted quotes
   are undoubled in place once the record is known to be whole. is_last: no more text will come, a
   missing newline at the end is fine. */
enum csv_step csv_split(char *text, size_t len, bool is_last, unsigned n_columns,
                        struct span *cells, size_t *used, unsigned *n_fields);

/* at stands behind an opening quote: the closing one, or end when it is not there. A quote as the
   very last byte counts as closing. */
const char *csv_closing_quote(const char *at, const char *end, bool *has_doubled);

/* Looks for the end of a record that began earlier: *in_quotes is carried from text to text.
   Returns bytes up to and with its newline, or 0 when it does not end here. */
size_t csv_find_end(struct span text, bool *in_quotes);

/* Asks for the text a little further on than `at`, from `ahead` on; returns up to where it was
   asked for. Processors look ahead by themselves, but not over the end of a page. */
static inline const char *csv_look_ahead(const char *ahead, const char *at)
{
    enum { AHEAD_BYTES = 2048, CACHE_LINE = 64 };

    for (; ahead < at + AHEAD_BYTES; ahead += CACHE_LINE) {
        __builtin_prefetch(ahead);
    }
    return ahead;
}

#endif
