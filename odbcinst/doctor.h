/* The checks of `athena-odbc doctor`: what they share. Checks run in order; each looks whether what
 * it builds on is there. */
#ifndef ODBCINST_DOCTOR_H
#define ODBCINST_DOCTOR_H

#include "command.h"
#include "ini_text.h"
#include "probe.h"
#include "section.h"
#include "target.h"

enum verdict { CHECK_OK, CHECK_WARN, CHECK_FAIL, CHECK_SKIP };

enum { FINDINGS_MAX = 48, DETAILS_MAX = 20, FINDING_TEXT_MAX = 640 };

struct finding {
    const char *check;
    enum verdict verdict;
    int64_t took_ms;
    char who[CREDS_ARN_MAX], what[FINDING_TEXT_MAX], fix[FINDING_TEXT_MAX];
    unsigned n_details;
    char details[DETAILS_MAX][FINDING_TEXT_MAX];
};

struct doctor {
    const struct arguments *arguments;
    const char *name; /* the data source, or a connection string */
    struct finding findings[FINDINGS_MAX];
    unsigned n;
    int64_t mark_ms; /* when the check that is under way began */

    struct section_places places;
    struct ini_text user, system, drivers;
    const struct ini_text *file; /* where the data source stands, or NULL */
    const struct ini_section *section;
    const struct ini_section *driver; /* its section of odbcinst.ini, or NULL */

    struct target target;
    struct probe probe;
    bool is_loaded, is_wired, has_answer; /* has_answer: STS was reached */
    int64_t skew_ms;
    bool has_skew;
    struct probe_base base;
    bool is_base_good, is_chain_good;
    char run_as[CREDS_ARN_MAX], end[CREDS_ARN_MAX]; /* session ARNs: hop 1's, the last one's */
    char account[16];
    struct workgroup_facts workgroup;
};

/* Starts the clock of the next finding. */
void doctor_begin(struct doctor *d);
/* Adds a finding; the others add to the last one. */
void doctor_say(struct doctor *d, const char *check, enum verdict verdict, const char *format, ...)
    PRINTF_LIKE(4, 5);
void doctor_who(struct doctor *d, const char *who);
void doctor_fix(struct doctor *d, const char *format, ...) PRINTF_LIKE(2, 3);
void doctor_detail(struct doctor *d, const char *format, ...) PRINTF_LIKE(2, 3);
/* The notes of a fault as details. */
void doctor_notes(struct doctor *d, const struct fault *f);

/* doctor_local.c: this machine. */
void doctor_check_files(struct doctor *d);
void doctor_check_driver(struct doctor *d);
void doctor_check_trace(struct doctor *d);
void doctor_check_keys(struct doctor *d);
/* doctor_guard.c: who may read and change what. */
void doctor_check_secrets(struct doctor *d);
void doctor_check_governance(struct doctor *d);
/* doctor_network.c: the way to AWS. */
void doctor_check_reach(struct doctor *d);
void doctor_check_clock(struct doctor *d);
/* doctor_chain.c: who we become. */
void doctor_check_base(struct doctor *d);
void doctor_check_run_as(struct doctor *d);
void doctor_check_consumer(struct doctor *d);
void doctor_check_external_id(struct doctor *d);
void doctor_check_session_policy(struct doctor *d);
/* doctor_service.c: what that identity may do. */
void doctor_check_workgroup(struct doctor *d);
void doctor_check_catalog(struct doctor *d);
void doctor_check_results(struct doctor *d);
void doctor_check_query(struct doctor *d);
void doctor_check_behaviour(struct doctor *d);

#endif
