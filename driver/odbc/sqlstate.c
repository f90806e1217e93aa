/* Reads sqlstate.def: names, texts, and which state a fault or a conversion's outcome has. */
#include "odbc/sqlstate.h"

#include <string.h>

enum { IS_ERROR = false, IS_WARNING = true };

static const struct sqlstate states[STATES] = {
#define STATE(v3, v2, outcome, text) { #v3, #v2, IS_##outcome, text },
#include "odbc/sqlstate.def"
};

static const struct { enum state connecting, later; } of_faults[FAULT_KINDS] = {
#define FAULT_STATE(kind, connecting, later) [FAULT_##kind] = { STATE_##connecting, STATE_##later },
#include "odbc/sqlstate.def"
};

static const struct { const char *code; enum state state; } of_codes[] = {
#define CODE_STATE(code, v3) { #code, STATE_##v3 },
#include "odbc/sqlstate.def"
};

static const struct { enum value_outcome outcome; enum state state; } of_outcomes[] = {
#define OUTCOME_STATE(outcome, v3) { VALUE_##outcome, STATE_##v3 },
#include "odbc/sqlstate.def"
};

const struct sqlstate *sqlstate_of(enum state state)
{
    return &states[state];
}

static bool may_be_told_by_code(enum fault_kind kind)
{
    return kind == FAULT_DATA || kind == FAULT_QUERY || kind == FAULT_SYNTAX ||
           kind == FAULT_NOT_FOUND || kind == FAULT_NO_TABLE || kind == FAULT_NO_COLUMN;
}

enum state sqlstate_of_fault(const struct fault *f, bool is_connecting)
{
    bool is_role_hop = f->hop == HOP_BASE || f->hop == HOP_RUN_AS || f->hop == HOP_CONSUMER;

    if (f->kind == FAULT_DENIED && is_role_hop) {
        return STATE_28000;
    }
    for (size_t i = 0; !is_connecting && may_be_told_by_code(f->kind)
         && i < sizeof(of_codes) / sizeof(of_codes[0]); i++) {
        if (strcmp(f->code, of_codes[i].code) == 0) {
            return of_codes[i].state;
        }
    }
    return is_connecting ? of_faults[f->kind].connecting : of_faults[f->kind].later;
}

enum state diag_outcome_state(enum value_outcome outcome)
{
    for (size_t i = 0; i < sizeof(of_outcomes) / sizeof(of_outcomes[0]); i++) {
        if (of_outcomes[i].outcome == outcome) {
            return of_outcomes[i].state;
        }
    }
    return STATES;
}

const char *sqlstate_class_origin(const char *v3)
{
    return strncmp(v3, "IM", 2) == 0 ? "ODBC 3.0" : "ISO 9075";
}

const char *sqlstate_subclass_origin(const char *v3)
{
    static const char *const of_odbc[] = { "HY095", "HY097", "HY098", "HY099", "HY100",
                                           "HY101", "HY105", "HY107", "HY109", "HY110",
                                           "HY111", "HYT00", "HYT01" };

    if (strncmp(v3, "IM", 2) == 0 || v3[2] == 'S') {
        return "ODBC 3.0";
    }
    for (size_t i = 0; i < sizeof(of_odbc) / sizeof(of_odbc[0]); i++) {
        if (strcmp(v3, of_odbc[i]) == 0) {
            return "ODBC 3.0";
        }
    }
    return "ISO 9075";
}
