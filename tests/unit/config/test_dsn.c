/* Data sources read through the installer library: long lines, values in files, sections that stand
   for this program. */
#include "config_world.h"

#include "config/dsn.h"
#include "unit/unit.h"

static struct settings s;
static struct notices notices;
static struct fault f;

static const size_t lengths[] = { 899, 985, 986, 2500 };

/* A policy of exactly n bytes. */
static void add_policy(struct buf *ini, size_t n)
{
    static const char head[] = "{\"Statement\":[\"", tail[] = "\"]}";
    struct fault ignored;
    bool ok = buf_add(ini, span_of(head), &ignored);

    for (size_t i = sizeof(head) - 1 + sizeof(tail) - 1; i < n; i++) {
        ok = ok && buf_add_byte(ini, 'x', &ignored);
    }
    if (!ok || !buf_add(ini, span_of(tail), &ignored)) {
        abort();
    }
}

static void a_value_the_manager_would_cut_is_refused_by_name(void)
{
    for (size_t i = 0; i < 4; i++) {
        char string[64];

        snprintf(string, sizeof(string), "DSN=long%zu", lengths[i]);
        bool ok = world_load(string, &s, &notices, &f);

        CU_ASSERT_EQUAL(ok, lengths[i] <= 985);
        if (ok) {
            CU_ASSERT_EQUAL(s.at[SETTING_SESSION_POLICY].text.len, lengths[i]);
        } else {
            CU_ASSERT_EQUAL(f.kind, FAULT_SETTING);
            CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "SessionPolicy"));
            CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "@/absolute/file"));
        }
        settings_free(&s);
    }
}

static void blanks_around_the_equals_sign_count_too(void)
{
    CU_ASSERT_FALSE(world_load("DSN=spaced", &s, &notices, &f));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "SessionPolicy"));
}

static void a_long_value_may_stand_in_a_file(void)
{
    char path[160];
    struct buf text = { .ceiling = 65536 };

    add_policy(&text, 3000);
    world_file("value", text.at);
    snprintf(path, sizeof(path), "%s/value", world_dir);
    CU_ASSERT_EQUAL(chmod(path, 0600), 0);
    CU_ASSERT_FATAL(world_load("DSN=filed", &s, &notices, &f));
    CU_ASSERT_EQUAL(s.at[SETTING_SESSION_POLICY].text.len, 3000);
    CU_ASSERT_EQUAL(notices.n, 1); /* longer than AWS documents */
    settings_free(&s);
    CU_ASSERT_EQUAL(chmod(path, 0622), 0);
    CU_ASSERT_FALSE(world_load("DSN=filed", &s, &notices, &f));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "nobody else may write"));
    buf_free(&text);
}

static void a_secret_in_a_file_may_not_be_readable_by_others(void)
{
    struct arena arena = { .is_secret = true };
    char path[160];
    struct span out;

    world_file("value", "secret-key\n");
    snprintf(path, sizeof(path), "%s/value", world_dir);
    CU_ASSERT_EQUAL(chmod(path, 0644), 0);
    CU_ASSERT_FALSE(dsn_file_value(SETTING_PWD, span_of(path), &arena, &out, &f));
    CU_ASSERT_FATAL(dsn_file_value(SETTING_SCHEMA, span_of(path), &arena, &out, &f));
    SPAN_IS(out, "secret-key");
    CU_ASSERT_EQUAL(chmod(path, 0600), 0);
    CU_ASSERT_FATAL(dsn_file_value(SETTING_PWD, span_of(path), &arena, &out, &f));
    SPAN_IS(out, "secret-key");
    CU_ASSERT_FALSE(dsn_file_value(SETTING_PWD, span_of(world_dir), &arena, &out, &f));
    CU_ASSERT_FALSE(dsn_file_value(SETTING_PWD, SPAN("/nowhere/file"), &arena, &out, &f));
    arena_free(&arena);
}

static void a_library_named_by_its_path_is_governed_by_its_sections(void)
{
    CU_ASSERT_FALSE(world_load("DSN=bypath", &s, &notices, &f));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "AllowedRoles"));
}

static const struct unit_test tests[] = {
    { "a value that the manager would cut is refused by name",
      a_value_the_manager_would_cut_is_refused_by_name },
    { "blanks around the equals sign count too", blanks_around_the_equals_sign_count_too },
    { "a long value may stand in a file", a_long_value_may_stand_in_a_file },
    { "a secret in a file may not be readable by others",
      a_secret_in_a_file_may_not_be_readable_by_others },
    { "a library named by its path is governed by its sections",
      a_library_named_by_its_path_is_governed_by_its_sections },
};

int main(void)
{
    char self[512] = "", drivers[1024];
    struct buf ini = { .ceiling = 65536 };
    struct fault ignored;

    if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) {
        return 2;
    }
    world_open("", "", "");
    for (size_t i = 0; i < 4; i++) {
        if (!buf_add_format(&ini, &ignored,
                            "[long%zu]\nDriver=athena\nSessionPolicy=", lengths[i])) {
            return 2;
        }
        add_policy(&ini, lengths[i]);
        (void)!buf_add_byte(&ini, '\n', &ignored);
    }
    (void)!buf_add_format(&ini, &ignored,
                          "[spaced]\nDriver=athena\nSessionPolicy          =          ");
    add_policy(&ini, 985);
    (void)!buf_add_format(&ini, &ignored,
                          "\n[filed]\nDriver=athena\nSessionPolicy=@%s/value\n[bypath]\nDriver=%s\n"
                          "RunAsRole=arn:aws:iam::333333333333:role/A\n",
                          world_dir, self);
    snprintf(drivers, sizeof(drivers),
             "[athena]\nDriver=/nowhere/"
             "x.so\n[self]\nDriver=%s\nAllowedRoles=arn:aws:iam::111111111111:role/*\n",
             self);
    world_file("odbc.ini", ini.at);
    world_file("odbcinst.ini", drivers);
    buf_free(&ini);
    int result = unit_run("config dsn", tests, sizeof(tests) / sizeof(tests[0]));

    world_close();
    return result;
}
