/* A JSON text read once from front to back, without a tree: what is not wanted is skipped, strings
   are unescaped where they stand. For result pages, where half of the bytes are a repetition that
   nobody needs. */
#ifndef ATHENA_PAGE_SCAN_H
#define ATHENA_PAGE_SCAN_H

#include "base/span.h"

struct page_scan {
    char *at, *end;  /* writable: strings are unescaped in place */
    bool is_bad;     /* once set, every function answers "nothing more" */
};

/* Steps into an object or array; false (and bad, unless it is null) when something else stands
   here. */
bool page_scan_open(struct page_scan *s, char bracket);
/* The next member's name, positioned before its value; false at the end of the object, which is
   left. */
bool page_scan_member(struct page_scan *s, struct span *name);
/* Whether another element stands here; false at the end of the array, which is left. */
bool page_scan_element(struct page_scan *s);
/* A string; NO_SPAN for null and, after skipping it, for any other value. */
struct span page_scan_text(struct page_scan *s);
/* The raw bytes of any value, stepped over. */
struct span page_scan_skip(struct page_scan *s);
/* Nothing but blanks is left. */
bool page_scan_is_over(struct page_scan *s);

#endif
