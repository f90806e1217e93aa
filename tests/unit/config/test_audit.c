/* The audit file: one line an event, only into a file of our own. */
#include "config_world.h"

#include "config/audit.h"
#include "unit/unit.h"

static bool write_line(const char *path, struct fault *f)
{
    struct buf line = { .ceiling = 4096 };
    struct json_writer w;

    audit_begin(&w, &line, "query", f);
    json_string_member(&w, "digest", SPAN("a\"b\nc"));
    bool ok = audit_write(&w, path, f);

    buf_free(&line);
    return ok;
}

static void events_are_appended_line_by_line(void)
{
    char path[160], text[2048] = "";
    struct fault f = { .kind = FAULT_NONE };
    struct stat st;

    snprintf(path, sizeof(path), "%s/audit.log", world_dir);
    CU_ASSERT(write_line(path, &f));
    CU_ASSERT(write_line(path, &f));
    FILE *file = fopen(path, "r");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    size_t len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    unsigned n_lines = 0;

    for (size_t i = 0; i < len; i++) {
        n_lines += text[i] == '\n';
    }
    CU_ASSERT_EQUAL(n_lines, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"event\":\"query\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"digest\":\"a\\\"b\\nc\"}"));
    CU_ASSERT_EQUAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
}

static void links_and_strange_files_are_refused(void)
{
    char path[160], link[160];
    struct fault f = { .kind = FAULT_NONE };

    snprintf(path, sizeof(path), "%s/value", world_dir);
    snprintf(link, sizeof(link), "%s/link", world_dir);
    world_file("value", "");
    CU_ASSERT_EQUAL(symlink(path, link), 0);
    CU_ASSERT_FALSE(write_line(link, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_SETTING);
    static const mode_t modes[] = { 0622, 0644, 0640, 0604, 0601 };
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        CU_ASSERT_EQUAL(chmod(path, modes[i]), 0);
        CU_ASSERT_FALSE(write_line(path, &f));
        CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "chmod 600"));
    }
    CU_ASSERT_EQUAL(chmod(path, 0600), 0);
    CU_ASSERT_TRUE(write_line(path, &f));
    CU_ASSERT_FALSE(write_line("/dev/null", &f));
    CU_ASSERT_FALSE(write_line("/nowhere/audit.log", &f));
}

static const struct unit_test tests[] = {
    { "events are appended line by line", events_are_appended_line_by_line },
    { "links and strange files are refused", links_and_strange_files_are_refused },
};
WORLD_MAIN("config audit", tests, "", "", "")
