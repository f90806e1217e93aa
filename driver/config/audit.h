/* The audit file: one line per event, written at once, never a secret. Local evidence only;
   CloudTrail is the record. */
#ifndef CONFIG_AUDIT_H
#define CONFIG_AUDIT_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/json.h"

/* Starts a line in out: an object with the time and the event's name. Add members with w, then call
   audit_write. */
void audit_begin(struct json_writer *w, struct buf *out, const char *event, struct fault *f);
/* Ends the line and appends it to the file: opened append, no-follow, close-on-exec, made 0600; it
   must be a regular file that belongs to the effective user. */
MUST_USE bool audit_write(struct json_writer *w, const char *path, struct fault *f);

#endif
