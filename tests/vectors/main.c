/* Runs every area of a directory of conformance vectors: vectors_run DIRECTORY [AREA...]. Prints
   passed and failed per area, each failure by name, and a last line "N passed, N failed". */
#include "runner.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXCEPTIONS_MAX = 32, FOLDERS_MAX = 256, NAME_MAX_BYTES = 256 };

struct exception {
    char name[NAME_MAX_BYTES], reason[NAME_MAX_BYTES];
    bool is_met;
};

static const char *directory, *area;
static unsigned passed, failed, excepted, skipped;
static struct exception exceptions[EXCEPTIONS_MAX];
static unsigned n_exceptions;

static const struct {
    const char *name;
    void (*run)(void);
} areas[] = {
    { "sigv4", run_sigv4 },         { "profile", run_profile },     { "chain", run_chain },
    { "endpoints", run_endpoints }, { "protocols", run_protocols }, { "retry", run_retry },
};

const char *runner_directory(void)
{
    return directory;
}

static struct exception *find_exception(struct span name)
{
    for (unsigned i = 0; i < n_exceptions; i++) {
        struct span whole = span_of(exceptions[i].name);
        size_t n = strlen(area);
        if (whole.len > n + 2 && memcmp(whole.at, area, n) == 0 &&
            span_equal(span_from(whole, n + 2), name)) {
            return &exceptions[i];
        }
    }
    return NULL;
}

void runner_case(struct span name, bool ok, const char *detail)
{
    struct exception *e = find_exception(name);

    if (ok) {
        passed++;
        return;
    }
    if (e != NULL) {
        excepted++;
        e->is_met = true;
        printf("EXCEPTION %s: %.*s: %s\n", area, (int)name.len, name.at, e->reason);
        return;
    }
    failed++;
    printf("FAIL %s: %.*s%s%s\n", area, (int)name.len, name.at, detail != NULL ? ": " : "",
           detail != NULL ? detail : "");
}

void runner_skip(struct span name, const char *reason)
{
    skipped++;
    printf("SKIP %s: %.*s: %s\n", area, (int)name.len, name.at, reason);
}

bool runner_read(const char *path, struct buf *out)
{
    char whole[2048], chunk[8192];
    size_t n;
    bool ok = true;

    snprintf(whole, sizeof(whole), "%s/%s", directory, path);
    FILE *file = fopen(whole, "rb");
    if (file == NULL) {
        return false;
    }
    while (ok && (n = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        ok = buf_add(out, (struct span){ chunk, n }, NULL);
    }
    fclose(file);
    return ok;
}

struct json *runner_json(const char *path)
{
    struct buf text = { 0 };
    struct json *document = NULL;
    struct fault f = { 0 };

    if (runner_read(path, &text) && !json_parse(buf_span(&text), &document, &f)) {
        runner_case(span_of(path), false, f.text);
        document = NULL;
    }
    buf_free(&text);
    return document;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

void runner_folders(const char *path, void (*each)(const char *folder, const char *name))
{
    static char names[FOLDERS_MAX][NAME_MAX_BYTES];
    char whole[2048];
    unsigned n = 0;
    struct dirent *entry;

    snprintf(whole, sizeof(whole), "%s/%s", directory, path);
    DIR *list = opendir(whole);
    while (list != NULL && n < FOLDERS_MAX && (entry = readdir(list)) != NULL) {
        if (entry->d_name[0] != '.') {
            span_to_c(span_of(entry->d_name), names[n++], NAME_MAX_BYTES);
        }
    }
    if (list != NULL) {
        closedir(list);
    }
    qsort(names, n, sizeof(names[0]), by_name);
    for (unsigned i = 0; i < n; i++) {
        snprintf(whole, sizeof(whole), "%s/%.*s", path, NAME_MAX_BYTES - 1, names[i]);
        each(whole, names[i]);
    }
}

/* Lines "area: case name # reason". */
static void read_exceptions(void)
{
    char line[1024];
    FILE *file = fopen(TESTS_DIR "/vectors/exceptions.txt", "rb");

    while (file != NULL && n_exceptions < EXCEPTIONS_MAX &&
           fgets(line, sizeof(line), file) != NULL) {
        struct span text = span_trim(span_of(line));
        size_t mark = span_find(text, SPAN(" # "));
        if (text.len == 0 || text.at[0] == '#' || mark == text.len) {
            continue;
        }
        span_to_c(span_trim(span_part(text, 0, mark)), exceptions[n_exceptions].name,
                  NAME_MAX_BYTES);
        span_to_c(span_trim(span_from(text, mark + 3)), exceptions[n_exceptions].reason,
                  NAME_MAX_BYTES);
        n_exceptions++;
    }
    if (file != NULL) {
        fclose(file);
    }
}

static bool is_wanted(const char *name, int n, char **wanted)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(wanted[i], name) == 0) {
            return true;
        }
    }
    return n == 0;
}

static void print_counts(const char *name, unsigned n_passed, unsigned n_failed, unsigned n_skipped)
{
    printf("%s: %u passed, %u failed", name, n_passed, n_failed);
    if (n_skipped > 0) {
        printf(", %u skipped", n_skipped);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    unsigned all_passed = 0, all_failed = 0, all_excepted = 0, all_skipped = 0;
    char probe[2048];

    if (argc < 2) {
        fprintf(stderr, "usage: vectors_run DIRECTORY [AREA...]\n");
        return 2;
    }
    directory = argv[1];
    read_exceptions();
    for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
        area = areas[i].name;
        if (!is_wanted(area, argc - 2, argv + 2)) {
            continue;
        }
        passed = failed = excepted = skipped = 0;
        snprintf(probe, sizeof(probe), "%s/%s", directory, area);
        DIR *there = opendir(probe);
        if (there == NULL) {
            printf("%s: not in this directory\n", area);
            continue;
        }
        closedir(there);
        areas[i].run();
        print_counts(area, passed, failed, skipped);
        all_passed += passed;
        all_failed += failed;
        all_excepted += excepted;
        all_skipped += skipped;
    }
    if (all_excepted > 0) {
        printf("%u exceptions of tests/vectors/exceptions.txt: named above\n", all_excepted);
    }
    if (all_skipped > 0) {
        printf("%u skipped: named above, each with what the driver lacks on purpose\n",
               all_skipped);
    }
    printf("%u passed, %u failed\n", all_passed, all_failed);
    return all_failed == 0 && all_passed > 0 ? 0 : 1;
}
