/* The log: off unless a DSN or odbcinst.ini switched it on. One write per line, never a secret:
   callers hand in only fields from an allow-list. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/fault.h"
#include "base/span.h"

enum log_level { LOG_OFF, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE };

/* Opens (append, no-follow, close-on-exec, 0600, own regular file) or changes level. The first path
   wins for the process. */
MUST_USE bool log_open(const char *path, enum log_level level, struct fault *f);
bool log_is_on(enum log_level level);
void log_line(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);
/* OFF ERROR WARN INFO DEBUG TRACE or 0..6 as other drivers number them. */
bool log_parse_level(struct span text, enum log_level *out);

#endif
