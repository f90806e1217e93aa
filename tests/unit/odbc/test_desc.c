/* Descriptors: defaults, rights, dependent fields, consistency, copying, explicit ones. */
#include "fake_spoke.h"
#include "odbc/desc_field.h"

static struct stmt *stmt;

static void open_world(void)
{
    SQLHANDLE h = NULL;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    latch_take(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(stmt_new(world_dbc, &h), SQL_SUCCESS);
    latch_give(&world_dbc->handle.latch);
    stmt = h;
}

static SQLRETURN set_number(struct desc *d, SQLSMALLINT record, SQLSMALLINT field, SQLLEN number)
{
    diag_clear(&d->handle);
    return desc_set_field(d, record, field, (void *)(intptr_t)number, (struct text){ 0 });
}

static SQLLEN get_small(struct desc *d, SQLSMALLINT record, SQLSMALLINT field)
{
    SQLSMALLINT value = -9999;

    diag_clear(&d->handle);
    CU_ASSERT_EQUAL(desc_get_field(d, record, field, &value, (struct room){ 0 }), SQL_SUCCESS);
    return value;
}

/* The two tables "Initialization of Descriptor Fields", typed again: per descriptor w read and
   write, r read only, - unused. */
static const struct {
    SQLSMALLINT id;
    bool is_header;
    const char *rights;
} fields[] = {
    { SQL_DESC_ALLOC_TYPE, true, "rrrr" },
    { SQL_DESC_ARRAY_SIZE, true, "ww--" },
    { SQL_DESC_ARRAY_STATUS_PTR, true, "wwww" },
    { SQL_DESC_BIND_OFFSET_PTR, true, "ww--" },
    { SQL_DESC_BIND_TYPE, true, "ww--" },
    { SQL_DESC_COUNT, true, "wwrw" },
    { SQL_DESC_ROWS_PROCESSED_PTR, true, "--ww" },
    { SQL_DESC_AUTO_UNIQUE_VALUE, false, "--r-" },
    { SQL_DESC_BASE_COLUMN_NAME, false, "--r-" },
    { SQL_DESC_BASE_TABLE_NAME, false, "--r-" },
    { SQL_DESC_CASE_SENSITIVE, false, "--rr" },
    { SQL_DESC_CATALOG_NAME, false, "--r-" },
    { SQL_DESC_CONCISE_TYPE, false, "wwrw" },
    { SQL_DESC_DATA_PTR, false, "ww-w" },
    { SQL_DESC_DATETIME_INTERVAL_CODE, false, "wwrw" },
    { SQL_DESC_DATETIME_INTERVAL_PRECISION, false, "wwrw" },
    { SQL_DESC_DISPLAY_SIZE, false, "--r-" },
    { SQL_DESC_FIXED_PREC_SCALE, false, "--rr" },
    { SQL_DESC_INDICATOR_PTR, false, "ww--" },
    { SQL_DESC_LABEL, false, "--r-" },
    { SQL_DESC_LENGTH, false, "wwrw" },
    { SQL_DESC_LITERAL_PREFIX, false, "--r-" },
    { SQL_DESC_LITERAL_SUFFIX, false, "--r-" },
    { SQL_DESC_LOCAL_TYPE_NAME, false, "--rr" },
    { SQL_DESC_NAME, false, "--rw" },
    { SQL_DESC_NULLABLE, false, "--rr" },
    { SQL_DESC_NUM_PREC_RADIX, false, "wwrw" },
    { SQL_DESC_OCTET_LENGTH, false, "wwrw" },
    { SQL_DESC_OCTET_LENGTH_PTR, false, "ww--" },
    { SQL_DESC_PARAMETER_TYPE, false, "---w" },
    { SQL_DESC_PRECISION, false, "wwrw" },
    { SQL_DESC_ROWVER, false, "--rr" },
    { SQL_DESC_SCALE, false, "wwrw" },
    { SQL_DESC_SCHEMA_NAME, false, "--r-" },
    { SQL_DESC_SEARCHABLE, false, "--r-" },
    { SQL_DESC_TABLE_NAME, false, "--r-" },
    { SQL_DESC_TYPE, false, "wwrw" },
    { SQL_DESC_TYPE_NAME, false, "--rr" },
    { SQL_DESC_UNNAMED, false, "--rw" },
    { SQL_DESC_UNSIGNED, false, "--rr" },
    { SQL_DESC_UPDATABLE, false, "--r-" },
};

static void rights_of_every_field_are_as_the_standard_prints_them(void)
{
    struct desc *descs[4];
    unsigned n_known = 0;

    open_world();
    descs[0] = &stmt->auto_ard;
    descs[1] = &stmt->auto_apd;
    descs[2] = &stmt->ird;
    descs[3] = &stmt->ipd;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const struct desc_field *f = desc_field_find(fields[i].id);
        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        CU_ASSERT_EQUAL(f->is_header, fields[i].is_header);
        for (unsigned k = 0; k < 4; k++) {
            char right = fields[i].rights[k];
            enum field_access want = right == 'w'   ? ACCESS_RW
                                     : right == 'r' ? ACCESS_R_
                                                    : ACCESS___;
            CU_ASSERT_EQUAL(f->access[descs[k]->role], want);
            if (want != ACCESS_RW) {
                CU_ASSERT_EQUAL(set_number(descs[k], 1, fields[i].id, 0), SQL_ERROR);
                STATE_IS(descs[k], 1, k == 2 ? "HY016" : "HY091");
            }
            if (want == ACCESS___) {
                SQLLEN value = 0;
                diag_clear(&descs[k]->handle);
                CU_ASSERT_EQUAL(
                    desc_get_field(descs[k], 1, fields[i].id, &value, (struct room){ 0 }),
                    SQL_ERROR);
                STATE_IS(descs[k], 1, "HY091");
            }
        }
    }
    for (int id = -200; id < 2000; id++) {
        n_known += desc_field_find((SQLSMALLINT)id) != NULL;
    }
    CU_ASSERT_EQUAL(n_known, sizeof(fields) / sizeof(fields[0]));
    world_free();
}

static void fresh_descriptors_have_the_standards_defaults(void)
{
    SQLULEN size = 0;
    SQLINTEGER bind = -1;
    void *pointer = &size;

    open_world();
    CU_ASSERT_EQUAL(get_small(&stmt->auto_ard, 0, SQL_DESC_ALLOC_TYPE), SQL_DESC_ALLOC_AUTO);
    CU_ASSERT_EQUAL(get_small(&stmt->auto_ard, 0, SQL_DESC_COUNT), 0);
    CU_ASSERT_EQUAL(
        desc_get_field(&stmt->auto_ard, 0, SQL_DESC_ARRAY_SIZE, &size, (struct room){ 0 }),
        SQL_SUCCESS);
    CU_ASSERT_EQUAL(size, 1);
    CU_ASSERT_EQUAL(
        desc_get_field(&stmt->auto_apd, 0, SQL_DESC_BIND_TYPE, &bind, (struct room){ 0 }),
        SQL_SUCCESS);
    CU_ASSERT_EQUAL(bind, SQL_BIND_BY_COLUMN);
    CU_ASSERT_EQUAL(
        desc_get_field(&stmt->ird, 0, SQL_DESC_ARRAY_STATUS_PTR, &pointer, (struct room){ 0 }),
        SQL_SUCCESS);
    CU_ASSERT_PTR_NULL(pointer);
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, 0, SQL_DESC_COUNT, 2), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_small(&stmt->auto_ard, 2, SQL_DESC_TYPE), SQL_C_DEFAULT);
    CU_ASSERT_EQUAL(get_small(&stmt->auto_ard, 2, SQL_DESC_CONCISE_TYPE), SQL_C_DEFAULT);
    CU_ASSERT_EQUAL(set_number(&stmt->ipd, 0, SQL_DESC_COUNT, 1), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_small(&stmt->ipd, 1, SQL_DESC_PARAMETER_TYPE), SQL_PARAM_INPUT);
    CU_ASSERT_EQUAL(get_small(&stmt->ipd, 1, SQL_DESC_NULLABLE), SQL_NULLABLE);
    world_free();
}

static void records_that_are_not_there_are_no_data_and_bad_numbers_07009(void)
{
    SQLSMALLINT value;

    open_world();
    CU_ASSERT_EQUAL(desc_get_field(&stmt->auto_ard, 1, SQL_DESC_TYPE, &value, (struct room){ 0 }),
                    SQL_NO_DATA);
    CU_ASSERT_EQUAL(desc_get_field(&stmt->auto_ard, -1, SQL_DESC_TYPE, &value, (struct room){ 0 }),
                    SQL_ERROR);
    STATE_IS(&stmt->auto_ard, 1, "07009");
    CU_ASSERT_EQUAL(desc_get_field(&stmt->ipd, 0, SQL_DESC_TYPE, &value, (struct room){ 0 }),
                    SQL_ERROR);
    STATE_IS(&stmt->ipd, 1, "07009");
    CU_ASSERT_EQUAL(set_number(&stmt->auto_apd, 0, SQL_DESC_TYPE, SQL_C_CHAR), SQL_ERROR);
    STATE_IS(&stmt->auto_apd, 1, "07009");
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, -3, SQL_DESC_TYPE, SQL_C_CHAR), SQL_ERROR);
    STATE_IS(&stmt->auto_ard, 1, "07009");
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, 0, SQL_DESC_COUNT, -1), SQL_ERROR);
    STATE_IS(&stmt->auto_ard, 1, "07009");
    CU_ASSERT_EQUAL(desc_get_field(&stmt->ird, 1, SQL_DESC_TYPE, &value, (struct room){ 0 }),
                    SQL_ERROR);
    STATE_IS(&stmt->ird, 1, "HY007");
    world_free();
}

static const struct { SQLSMALLINT concise, type, code, precision; } dependent[] = {
    { SQL_C_SLONG, SQL_C_SLONG, 0, 0 },
    { SQL_TYPE_DATE, SQL_DATETIME, SQL_CODE_DATE, 0 },
    { SQL_TYPE_TIME, SQL_DATETIME, SQL_CODE_TIME, 0 },
    { SQL_TYPE_TIMESTAMP, SQL_DATETIME, SQL_CODE_TIMESTAMP, 6 },
    { SQL_INTERVAL_YEAR, SQL_INTERVAL, SQL_CODE_YEAR, 0 },
    { SQL_INTERVAL_DAY_TO_SECOND, SQL_INTERVAL, SQL_CODE_DAY_TO_SECOND, 6 },
    { SQL_INTERVAL_MINUTE_TO_SECOND, SQL_INTERVAL, SQL_CODE_MINUTE_TO_SECOND, 6 },
    { SQL_C_NUMERIC, SQL_C_NUMERIC, 0, 38 },
};

static void type_fields_follow_each_other(void)
{
    open_world();
    for (size_t i = 0; i < sizeof(dependent) / sizeof(dependent[0]); i++) {
        struct desc *d = &stmt->auto_ard;
        CU_ASSERT_EQUAL(set_number(d, 1, SQL_DESC_CONCISE_TYPE, dependent[i].concise), SQL_SUCCESS);
        CU_ASSERT_EQUAL(get_small(d, 1, SQL_DESC_TYPE), dependent[i].type);
        CU_ASSERT_EQUAL(get_small(d, 1, SQL_DESC_DATETIME_INTERVAL_CODE), dependent[i].code);
        CU_ASSERT_EQUAL(get_small(d, 1, SQL_DESC_PRECISION), dependent[i].precision);
        if (dependent[i].code != 0) { /* and the other way round */
            CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_TYPE, dependent[i].type), SQL_SUCCESS);
            CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_DATETIME_INTERVAL_CODE, dependent[i].code),
                            SQL_SUCCESS);
            CU_ASSERT_EQUAL(get_small(d, 2, SQL_DESC_CONCISE_TYPE), dependent[i].concise);
            CU_ASSERT_EQUAL(set_number(d, 3, SQL_DESC_TYPE, dependent[i].concise), SQL_ERROR);
            STATE_IS(d, 1, "HY021");
        }
    }
    /* ODBC 2's number */
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, 1, SQL_DESC_CONCISE_TYPE, SQL_C_DATE), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_small(&stmt->auto_ard, 1, SQL_DESC_CONCISE_TYPE), SQL_C_TYPE_DATE);
    world_free();
}

static void setting_data_checks_the_record_and_any_other_field_unbinds_it(void)
{
    struct desc *d;
    char buffer[16];
    unsigned generation;

    open_world();
    d = &stmt->auto_ard;
    CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_CONCISE_TYPE, SQL_C_CHAR), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_DATA_PTR, (SQLLEN)(intptr_t)buffer), SQL_SUCCESS);
    CU_ASSERT(d->records[2].is_bound);
    CU_ASSERT_EQUAL(get_small(d, 0, SQL_DESC_COUNT), 2);
    generation = d->generation;
    CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_DATA_PTR, (SQLLEN)(intptr_t)(buffer + 1)),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(d->generation, generation); /* an address is read at every fetch */
    CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_OCTET_LENGTH, 7), SQL_SUCCESS);
    CU_ASSERT_FALSE(d->records[2].is_bound);
    CU_ASSERT_NOT_EQUAL(d->generation, generation);
    CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_CONCISE_TYPE, 4711), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_DATA_PTR, (SQLLEN)(intptr_t)buffer), SQL_ERROR);
    STATE_IS(d, 1, "HY021");
    CU_ASSERT_EQUAL(set_number(d, 1, SQL_DESC_CONCISE_TYPE, SQL_C_SLONG), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_number(d, 1, SQL_DESC_DATA_PTR, (SQLLEN)(intptr_t)buffer), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_CONCISE_TYPE, SQL_C_SLONG), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_DATA_PTR, (SQLLEN)(intptr_t)buffer), SQL_SUCCESS);
    /* the highest is unbound: the count falls */
    CU_ASSERT_EQUAL(set_number(d, 2, SQL_DESC_DATA_PTR, 0), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_small(d, 0, SQL_DESC_COUNT), 1);
    world_free();
}

static void a_record_is_set_and_read_in_one_call(void)
{
    SQLLEN length = 0, indicator = 0, octets = 0;
    SQLSMALLINT type = 0, subtype = 0, precision = 0, scale = 0, nullable = 0;
    char buffer[16];
    struct desc_rec_values v = { .type = SQL_NUMERIC,
                                 .precision = 10,
                                 .scale = 2,
                                 .length = 16,
                                 .data = buffer,
                                 .string_length = &length,
                                 .indicator = &indicator };

    open_world();
    CU_ASSERT_EQUAL(desc_set_rec(&stmt->auto_ard, 3, &v), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_small(&stmt->auto_ard, 0, SQL_DESC_COUNT), 3);
    CU_ASSERT(stmt->auto_ard.records[3].has_explicit_scale);
    CU_ASSERT_EQUAL(desc_get_rec(&stmt->auto_ard, 3, (struct room){ 0 }, &type, &subtype, &octets,
                                 &precision, &scale, &nullable),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(type, SQL_NUMERIC);
    CU_ASSERT_EQUAL(precision, 10);
    CU_ASSERT_EQUAL(scale, 2);
    CU_ASSERT_EQUAL(octets, 16);
    CU_ASSERT_EQUAL(desc_get_rec(&stmt->auto_ard, 4, (struct room){ 0 }, &type, &subtype, &octets,
                                 &precision, &scale, &nullable),
                    SQL_NO_DATA);
    v.precision = 99;
    CU_ASSERT_EQUAL(desc_set_rec(&stmt->auto_ard, 3, &v), SQL_ERROR);
    STATE_IS(&stmt->auto_ard, 1, "HY021");
    CU_ASSERT_EQUAL(desc_set_rec(&stmt->ird, 1, &v), SQL_ERROR);
    STATE_IS(&stmt->ird, 1, "HY016");
    world_free();
}

static void names_of_parameters_can_be_set_and_unset(void)
{
    SQLCHAR name[32];
    SQLINTEGER length = 0;

    open_world();
    CU_ASSERT_EQUAL(desc_set_field(&stmt->ipd, 1, SQL_DESC_NAME, (void *)(uintptr_t) "price",
                                   text_bytes_a((SQLCHAR *)(uintptr_t) "price", SQL_NTS)),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(desc_get_field(&stmt->ipd, 1, SQL_DESC_NAME, name,
                                   room_bytes_long_a(name, sizeof(name), &length)),
                    SQL_SUCCESS);
    TEXT_IS(name, "price");
    CU_ASSERT_EQUAL(length, 5);
    CU_ASSERT_EQUAL(get_small(&stmt->ipd, 1, SQL_DESC_UNNAMED), SQL_NAMED);
    CU_ASSERT_EQUAL(set_number(&stmt->ipd, 1, SQL_DESC_UNNAMED, SQL_NAMED), SQL_ERROR);
    STATE_IS(&stmt->ipd, 1, "HY092");
    CU_ASSERT_EQUAL(set_number(&stmt->ipd, 1, SQL_DESC_UNNAMED, SQL_UNNAMED), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_number(&stmt->ipd, 1, SQL_DESC_PARAMETER_TYPE, 77), SQL_ERROR);
    STATE_IS(&stmt->ipd, 1, "HY105");
    world_free();
}

static struct desc *new_explicit(void)
{
    SQLHANDLE h = NULL;

    latch_take(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(desc_new_explicit(world_dbc, &h), SQL_SUCCESS);
    latch_give(&world_dbc->handle.latch);
    return h;
}

static void explicit_descriptors_serve_statements_until_they_are_freed(void)
{
    struct desc *d;
    SQLHANDLE now = NULL;

    open_world();
    d = new_explicit();
    CU_ASSERT_EQUAL(get_small(d, 0, SQL_DESC_ALLOC_TYPE), SQL_DESC_ALLOC_USER);
    CU_ASSERT_EQUAL(stmt_set_attribute(stmt, SQL_ATTR_APP_ROW_DESC, d, (struct text){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(stmt_get_attribute(stmt, SQL_ATTR_APP_ROW_DESC, &now, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(now, d);
    CU_ASSERT_EQUAL(desc_free_explicit(d), SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(stmt->ard, &stmt->auto_ard);
    CU_ASSERT_EQUAL(desc_free_explicit(&stmt->auto_ard), SQL_ERROR);
    STATE_IS(&stmt->auto_ard, 1, "HY017");
    CU_ASSERT_EQUAL(
        stmt_set_attribute(stmt, SQL_ATTR_APP_ROW_DESC, &stmt->auto_apd, (struct text){ 0 }),
        SQL_ERROR);
    STATE_IS(stmt, 1, "HY017");
    CU_ASSERT_EQUAL(stmt_set_attribute(stmt, SQL_ATTR_IMP_ROW_DESC, d, (struct text){ 0 }),
                    SQL_ERROR);
    (void)new_explicit(); /* disconnecting frees what was forgotten */
    world_free();
}

static SQLRETURN copy(struct desc *from, struct desc *to)
{
    SQLRETURN rc;

    latch_take(desc_latch(to));
    diag_clear(&to->handle);
    rc = desc_copy(from, to);
    latch_give(desc_latch(to));
    return rc;
}

static void copying_brings_everything_but_how_it_was_made(void)
{
    struct desc *d;
    char buffer[8];
    SQLULEN size = 0;

    open_world();
    d = new_explicit();
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, 0, SQL_DESC_ARRAY_SIZE, 0), SQL_ERROR);
    STATE_IS(&stmt->auto_ard, 1, "HY092");
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, 0, SQL_DESC_ARRAY_SIZE, 10), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, 2, SQL_DESC_CONCISE_TYPE, SQL_C_CHAR), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, 2, SQL_DESC_DATA_PTR, (SQLLEN)(intptr_t)buffer),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(copy(&stmt->auto_ard, d), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_small(d, 0, SQL_DESC_ALLOC_TYPE), SQL_DESC_ALLOC_USER);
    CU_ASSERT_EQUAL(get_small(d, 0, SQL_DESC_COUNT), 2);
    CU_ASSERT_EQUAL(get_small(d, 2, SQL_DESC_CONCISE_TYPE), SQL_C_CHAR);
    CU_ASSERT_PTR_EQUAL(d->records[2].data, buffer);
    CU_ASSERT_EQUAL(desc_get_field(d, 0, SQL_DESC_ARRAY_SIZE, &size, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(size, 10);
    CU_ASSERT_EQUAL(copy(d, &stmt->ird), SQL_ERROR);
    STATE_IS(&stmt->ird, 1, "HY016");
    CU_ASSERT_EQUAL(copy(&stmt->ird, d), SQL_ERROR);
    STATE_IS(d, 1, "HY007");
    CU_ASSERT_EQUAL(copy(d, d), SQL_SUCCESS);
    CU_ASSERT_EQUAL(desc_set_field(&stmt->ipd, 1, SQL_DESC_NAME, (void *)(uintptr_t) "p",
                                   text_bytes_a((SQLCHAR *)(uintptr_t) "p", SQL_NTS)),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(copy(&stmt->ipd, d), SQL_SUCCESS);
    CU_ASSERT_EQUAL(copy(d, &stmt->ipd), SQL_SUCCESS);
    SPAN_IS(stmt->ipd.records[1].name, "p");
    world_free();
}

static void counting_down_forgets_records(void)
{
    open_world();
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, 5, SQL_DESC_CONCISE_TYPE, SQL_C_SLONG),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, 0, SQL_DESC_COUNT, 4), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_number(&stmt->auto_ard, 0, SQL_DESC_COUNT, 5), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_small(&stmt->auto_ard, 5, SQL_DESC_CONCISE_TYPE), SQL_C_DEFAULT);
    CU_ASSERT_PTR_NULL(desc_record_at(&stmt->auto_ard, DESC_RECORDS_MAX + 1));
    CU_ASSERT_PTR_NOT_NULL(desc_record_at(&stmt->auto_ard, DESC_RECORDS_MAX));
    world_free();
}

static const struct unit_test tests[] = {
    { "rights of every field are as the standard prints them",
      rights_of_every_field_are_as_the_standard_prints_them },
    { "fresh descriptors have the standard's defaults",
      fresh_descriptors_have_the_standards_defaults },
    { "records that are not there are no data, bad numbers 07009",
      records_that_are_not_there_are_no_data_and_bad_numbers_07009 },
    { "type fields follow each other", type_fields_follow_each_other },
    { "setting data checks the record, any other field unbinds it",
      setting_data_checks_the_record_and_any_other_field_unbinds_it },
    { "a record is set and read in one call", a_record_is_set_and_read_in_one_call },
    { "names of parameters can be set and unset", names_of_parameters_can_be_set_and_unset },
    { "explicit descriptors serve statements until they are freed",
      explicit_descriptors_serve_statements_until_they_are_freed },
    { "copying brings everything but how it was made",
      copying_brings_everything_but_how_it_was_made },
    { "counting down forgets records", counting_down_forgets_records },
};

UNIT_MAIN("odbc/desc", tests)
