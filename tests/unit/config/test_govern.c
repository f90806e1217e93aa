/* Governance beyond the cases of connection_strings.txt: several sections, SQLConnect, and the
   audit line of a refused try. */
#include "config_world.h"

#include "config/govern.h"
#include "unit/unit.h"

static struct settings s;
static struct notices notices;
static struct fault f;
static char audit_path[160];

static size_t audit_text(char *to, size_t room)
{
    FILE *file = fopen(audit_path, "r");
    size_t len = file != NULL ? fread(to, 1, room - 1, file) : 0;

    to[len] = 0;
    if (file != NULL) {
        fclose(file);
    }
    return len;
}

static void a_refused_try_is_written_down_without_its_value(void)
{
    char text[4096];

    CU_ASSERT_FALSE(world_load("DSN=audited;RunAsRole=arn:aws:iam::333333333333:role/Canary", &s,
                               &notices, &f));
    CU_ASSERT(audit_text(text, sizeof(text)) > 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"event\":\"refused\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"key\":\"RunAsRole\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"dsn\":\"audited\""));
    CU_ASSERT_PTR_NULL(strstr(text, "Canary"));
}

static void an_audit_file_that_cannot_be_written_is_said(void)
{
    CU_ASSERT_FALSE(
        world_load("DSN=unwritable;RunAsRole=arn:aws:iam::333333333333:role/X", &s, &notices, &f));
    CU_ASSERT_EQUAL_FATAL(f.n_notes, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(f.notes[0], "AuditLog"));
}

static void arguments_of_sqlconnect_keep_to_the_locks(void)
{
    struct settings_input in = { .dsn = SPAN("keyed"),
                                 .user = SPAN("AKIDOTHER"),
                                 .password = SPAN("x") };

    CU_ASSERT_FALSE(settings_load(&s, &in, &notices, &f));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "UID may not be set by the arguments of SQLConnect"));
    in.user = SPAN("AKIDSTORED");
    in.password = NO_SPAN;
    CU_ASSERT(settings_load(&s, &in, &notices, &f));
    settings_free(&s);
}

static void a_lock_on_a_key_that_does_not_exist_is_refused(void)
{
    CU_ASSERT_FALSE(world_load("DSN=wronglock", &s, &notices, &f));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "Rolle"));
}

static const struct unit_test tests[] = {
    { "a refused try is written down without its value",
      a_refused_try_is_written_down_without_its_value },
    { "an audit file that cannot be written is said",
      an_audit_file_that_cannot_be_written_is_said },
    { "the arguments of SQLConnect keep to the locks", arguments_of_sqlconnect_keep_to_the_locks },
    { "a lock on a key that does not exist is refused",
      a_lock_on_a_key_that_does_not_exist_is_refused },
};

int main(void)
{
    char ini[1024];

    world_open("", "", "[athena]\nDriver=/nowhere/x.so\n");
    snprintf(audit_path, sizeof(audit_path), "%s/audit.log", world_dir);
    snprintf(ini, sizeof(ini),
             "[audited]\nDriver=athena\nAuditLog=%s\nRunAsRole=arn:aws:iam::111111111111:role/A\n"
             "[unwritable]\nDriver=athena\nAuditLog=/nowhere/"
             "audit.log\nRunAsRole=arn:aws:iam::111111111111:role/A\n"
             "[keyed]\nDriver=athena\nUID=AKIDSTORED\nPWD=y\nLockedKeys=UID,PWD\n"
             "[wronglock]\nDriver=athena\nLockedKeys=Rolle\n",
             audit_path);
    world_file("odbc.ini", ini);
    int result = unit_run("config govern", tests, sizeof(tests) / sizeof(tests[0]));

    world_close();
    return result;
}
