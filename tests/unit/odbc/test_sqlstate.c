/* The states against the mapping page of the standard, typed a second time. */
#include "odbc/sqlstate.h"
#include "unit.h"

/* The page "SQLSTATE Mappings": ODBC 2 state, ODBC 3 state. */
static const struct {
    const char *v2, *v3;
} page[] = {
    { "22003", "HY019" }, { "22008", "22007" }, { "22005", "22018" }, { "24000", "07005" },
    { "37000", "42000" }, { "70100", "HY018" }, { "S0001", "42S01" }, { "S0002", "42S02" },
    { "S0011", "42S11" }, { "S0012", "42S12" }, { "S0021", "42S21" }, { "S0022", "42S22" },
    { "S1000", "HY000" }, { "S1001", "HY001" }, { "S1002", "07009" }, { "S1003", "HY003" },
    { "S1004", "HY004" }, { "S1008", "HY008" }, { "S1009", "HY009" }, { "S1009", "HY024" },
    { "S1010", "HY007" }, { "S1010", "HY010" }, { "S1011", "HY011" }, { "S1012", "HY012" },
    { "S1090", "HY090" }, { "S1091", "HY091" }, { "S1092", "HY092" }, { "S1096", "HY096" },
    { "S1097", "HY097" }, { "S1098", "HY098" }, { "S1099", "HY099" }, { "S1100", "HY100" },
    { "S1101", "HY101" }, { "S1103", "HY103" }, { "S1104", "HY104" }, { "S1105", "HY105" },
    { "S1106", "HY106" }, { "S1107", "HY107" }, { "S1109", "HY109" }, { "S1110", "HY110" },
    { "S1111", "HY111" }, { "S1C00", "HYC00" }, { "S1T00", "HYT00" },
};

static const struct sqlstate *by_name(const char *v3)
{
    for (unsigned i = 0; i < STATES; i++) {
        if (strcmp(sqlstate_of((enum state)i)->v3, v3) == 0) {
            return sqlstate_of((enum state)i);
        }
    }
    return NULL;
}

static void every_row_of_the_mapping_page_is_there(void)
{
    for (size_t i = 0; i < sizeof(page) / sizeof(page[0]); i++) {
        const struct sqlstate *s = by_name(page[i].v3);
        CU_ASSERT_PTR_NOT_NULL_FATAL(s);
        CU_ASSERT_STRING_EQUAL(s->v2, page[i].v2);
    }
}

static void class_01_is_a_warning_and_nothing_else_is(void)
{
    for (unsigned i = 0; i < STATES; i++) {
        const struct sqlstate *s = sqlstate_of((enum state)i);
        CU_ASSERT_EQUAL(strlen(s->v3), 5);
        CU_ASSERT_EQUAL(strlen(s->v2), 5);
        CU_ASSERT_EQUAL(s->is_warning, strncmp(s->v3, "01", 2) == 0);
        CU_ASSERT(strlen(s->text) > 0);
        for (unsigned j = i + 1; j < STATES; j++) {
            CU_ASSERT_STRING_NOT_EQUAL(s->v3, sqlstate_of((enum state)j)->v3);
        }
    }
}

static const struct {
    enum fault_kind kind;
    enum fault_hop hop;
    const char *code, *connecting, *later;
} faults[] = {
    { FAULT_MEMORY, HOP_NONE, "", "HY001", "HY001" },
    { FAULT_CEILING, HOP_NONE, "", "HY001", "HY001" },
    { FAULT_SETTING, HOP_NONE, "", "HY000", "HY000" },
    { FAULT_CREDENTIALS, HOP_BASE, "", "28000", "28000" },
    { FAULT_SIGN_IN, HOP_RUN_AS, "", "28000", "28000" },
    { FAULT_DENIED, HOP_CONSUMER, "AccessDenied", "28000", "28000" },
    { FAULT_DENIED, HOP_SERVICE, "AccessDeniedException", "28000", "42000" },
    { FAULT_NETWORK, HOP_NONE, "", "08001", "08S01" },
    { FAULT_TIMEOUT, HOP_NONE, "", "HYT00", "HYT00" },
    { FAULT_CANCELLED, HOP_NONE, "", "HY008", "HY008" },
    { FAULT_SYNTAX, HOP_NONE, "", "HY000", "42000" },
    { FAULT_NO_TABLE, HOP_NONE, "TABLE_NOT_FOUND", "08004", "42S02" },
    { FAULT_NO_TABLE, HOP_NONE, "CATALOG_NOT_FOUND", "08004", "3D000" },
    { FAULT_TABLE_EXISTS, HOP_NONE, "", "08004", "42S01" },
    { FAULT_NO_COLUMN, HOP_NONE, "", "08004", "42S22" },
    { FAULT_DATA, HOP_NONE, "INVALID_CAST_ARGUMENT", "08004", "22018" },
    { FAULT_DATA, HOP_NONE, "NUMERIC_VALUE_OUT_OF_RANGE", "08004", "22003" },
    { FAULT_DIVISION, HOP_NONE, "DIVISION_BY_ZERO", "08004", "22012" },
    { FAULT_UNSUPPORTED, HOP_NONE, "", "HYC00", "HYC00" },
    { FAULT_QUERY, HOP_NONE, "", "08004", "HY000" },
    { FAULT_FORKED, HOP_NONE, "", "08S01", "08S01" },
};

static void every_kind_of_fault_has_its_state(void)
{
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct fault f = { .kind = faults[i].kind, .hop = faults[i].hop };
        span_to_c(span_of(faults[i].code), f.code, sizeof(f.code));
        CU_ASSERT_STRING_EQUAL(sqlstate_of(sqlstate_of_fault(&f, true))->v3, faults[i].connecting);
        CU_ASSERT_STRING_EQUAL(sqlstate_of(sqlstate_of_fault(&f, false))->v3, faults[i].later);
    }
    for (unsigned kind = FAULT_MEMORY; kind < FAULT_KINDS; kind++) {
        struct fault f = { .kind = (enum fault_kind)kind };
        bool is_notice =
            kind == FAULT_SETTING_WARNING || kind == FAULT_OPTION_CHANGED || kind == FAULT_WARNING;
        CU_ASSERT_EQUAL(sqlstate_of(sqlstate_of_fault(&f, false))->is_warning, is_notice);
        CU_ASSERT_EQUAL(sqlstate_of(sqlstate_of_fault(&f, true))->is_warning, is_notice);
    }
}

static void every_outcome_of_a_conversion_has_its_state(void)
{
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_OK), STATES);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_NULL), STATES);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_NO_DATA), STATES);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_TRUNCATED), STATE_01004);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_FRACTION_LOST), STATE_01S07);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_RANGE), STATE_22003);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_BAD_TEXT), STATE_22018);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_BAD_DATETIME), STATE_22007);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_ZONE_UNKNOWN), STATE_22007);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_DATETIME_OVERFLOW), STATE_22008);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_INTERVAL_OVERFLOW), STATE_22015);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_NO_INDICATOR), STATE_22002);
    CU_ASSERT_EQUAL(diag_outcome_state(VALUE_ILLEGAL_PAIR), STATE_07006);
}

/* The list on the page of SQLGetDiagField. */
static void origins_are_as_the_page_lists_them(void)
{
    static const char *const odbc[] = { "01S00", "01S01", "01S02", "01S06", "01S07", "07S01",
                                        "08S01", "21S01", "21S02", "25S01", "25S02", "25S03",
                                        "42S01", "42S02", "42S11", "42S12", "42S21", "42S22",
                                        "HY095", "HY097", "HY098", "HY099", "HY100", "HY101",
                                        "HY105", "HY107", "HY109", "HY110", "HY111", "HYT00",
                                        "HYT01", "IM001", "IM012" };
    static const char *const iso[] = { "01000", "01004", "07006", "22003", "42000",
                                       "HY000", "HY010", "HYC00", "28000" };

    for (size_t i = 0; i < sizeof(odbc) / sizeof(odbc[0]); i++) {
        CU_ASSERT_STRING_EQUAL(sqlstate_subclass_origin(odbc[i]), "ODBC 3.0");
    }
    for (size_t i = 0; i < sizeof(iso) / sizeof(iso[0]); i++) {
        CU_ASSERT_STRING_EQUAL(sqlstate_subclass_origin(iso[i]), "ISO 9075");
    }
    CU_ASSERT_STRING_EQUAL(sqlstate_class_origin("IM001"), "ODBC 3.0");
    CU_ASSERT_STRING_EQUAL(sqlstate_class_origin("HYT00"), "ISO 9075");
}

static const struct unit_test tests[] = {
    { "every row of the mapping page is there", every_row_of_the_mapping_page_is_there },
    { "class 01 is a warning and nothing else is", class_01_is_a_warning_and_nothing_else_is },
    { "every kind of fault has its state", every_kind_of_fault_has_its_state },
    { "every outcome of a conversion has its state", every_outcome_of_a_conversion_has_its_state },
    { "origins are as the page lists them", origins_are_as_the_page_lists_them },
};

UNIT_MAIN("odbc/sqlstate", tests)
