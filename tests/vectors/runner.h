/* What the areas of the conformance runner share: counting, naming, reading. */
#ifndef VECTORS_RUNNER_H
#define VECTORS_RUNNER_H

#include "base/json.h"
#include "base/span.h"

/* Counts one case; a failed one is printed with its detail (may be NULL), unless exceptions.txt
   lists it. */
void runner_case(struct span name, bool ok, const char *detail);
/* The same for a case that the driver has no feature for; counted and named, never as passed. */
void runner_skip(struct span name, const char *reason);

/* DIRECTORY/path as JSON, NULL when it is not there; json_free it. */
struct json *runner_json(const char *path);
/* DIRECTORY/path; false when it is not there; buf_free it. */
bool runner_read(const char *path, struct buf *out);
const char *runner_directory(void);
/* Calls each(name) for the sub-folders of DIRECTORY/path in the order of their names. */
void runner_folders(const char *path, void (*each)(const char *folder, const char *name));

void run_sigv4(void);
void run_profile(void);
void run_chain(void);
void run_refresh(void);
void run_endpoints(void);
void run_protocols(void);
void run_retry(void);

#endif
