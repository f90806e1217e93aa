/* athena-odbc: the command. Finds the subcommand, reads its options, runs it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static const struct command *const commands[] = {
    &command_doctor,     &command_whoami,       &command_query,     &command_policy,
    &command_template,   &command_dsn_list,     &command_dsn_show,  &command_dsn_add,
    &command_dsn_remove, &command_dsn_generate, &command_dsn_check, &command_dsn_import,
    &command_explain,    &command_audit,
};
enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static const struct option common[] = {
    { "--json", NULL, "answer as JSON" },
    { "--help", NULL, "this text" },
    { NULL, NULL, NULL },
};

const char *option_at(const struct arguments *a, const char *name, unsigned n)
{
    for (unsigned i = 0; i < a->n_options; i++) {
        if (strcmp(a->option[i].name, name) == 0 && n-- == 0) {
            return a->option[i].value;
        }
    }
    return NULL;
}

const char *option_value(const struct arguments *a, const char *name)
{
    return option_at(a, name, 0);
}

bool option_is_set(const struct arguments *a, const char *name)
{
    return option_value(a, name) != NULL;
}

bool wants_json(const struct arguments *a)
{
    return option_is_set(a, "--json");
}

int usage_error(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    fputs("athena-odbc: ", stderr);
    vfprintf(stderr, format, list);
    fputs("\n", stderr);
    va_end(list);
    return STATUS_USAGE;
}

static void print_options(const struct option *options)
{
    for (const struct option *o = options; o != NULL && o->name != NULL; o++) {
        char left[48];

        snprintf(left, sizeof(left), "%s%s%s", o->name, o->value != NULL ? " " : "",
                 o->value != NULL ? o->value : "");
        printf("  %-26s %s\n", left, o->help);
    }
}

static int print_help(const struct command *c)
{
    if (c != NULL) {
        printf("usage: athena-odbc %s %s\n%s.\n\n", c->name, c->synopsis, c->summary);
        print_options(c->options);
        print_options(common);
        return STATUS_OK;
    }
    printf("athena-odbc %s: data sources for Amazon Athena in other accounts\n\nusage: athena-odbc "
           "COMMAND ...\n\n",
           ATHENA_VERSION);
    for (unsigned i = 0; i < N_COMMANDS; i++) {
        printf("  %-14s %s\n", commands[i]->name, commands[i]->summary);
    }
    puts("\nathena-odbc COMMAND --help tells the options. --json works everywhere.\n"
         "Exit status: 0 well, 1 tried and failed, 2 nothing was tried (usage, file, setting), 3 "
         "some spokes failed.");
    return STATUS_OK;
}

/* Whether the words of a command stand at the beginning of the line; *n_words gets how many. */
static bool is_meant(const struct command *c, int argc, char **argv, int *n_words)
{
    struct span rest = span_of(c->name);
    int n = 0;

    while (!span_is_null(rest)) {
        struct span word = span_next(&rest, ' ');

        if (n >= argc || !span_equal(word, span_of(argv[n]))) {
            return false;
        }
        n++;
    }
    *n_words = n;
    return true;
}

static const struct option *find_option(const struct option *options, struct span name)
{
    for (const struct option *o = options; o != NULL && o->name != NULL; o++) {
        if (span_equal(span_of(o->name), name)) {
            return o;
        }
    }
    return NULL;
}

/* One option, `--name value` or `--name=value`; moves *i over a value. */
static int read_option(const struct command *c, int argc, char **argv, int *i, struct arguments *a)
{
    struct span word = span_of(argv[*i]);
    size_t equals = span_find_byte(word, '=');
    struct span name = span_part(word, 0, equals);
    const struct option *o = find_option(common, name);

    o = o != NULL ? o : find_option(c->options, name);
    if (o == NULL) {
        return usage_error("%s has no option %.*s; see athena-odbc %s --help", c->name,
                           (int)name.len, name.at, c->name);
    }
    const char *value = equals < word.len ? argv[*i] + equals + 1 : NULL;
    if (o->value == NULL && value != NULL) {
        return usage_error("%s takes no value", o->name);
    }
    if (o->value != NULL && value == NULL) {
        if (*i + 1 >= argc) {
            return usage_error("%s wants a value: %s", o->name, o->value);
        }
        value = argv[++*i];
    }
    if (a->n_options == ARGUMENTS_MAX) {
        return usage_error("more than %d options", ARGUMENTS_MAX);
    }
    a->option[a->n_options].name = o->name;
    a->option[a->n_options++].value = value != NULL ? value : "";
    return STATUS_OK;
}

static int run(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .n = 0 };
    bool only_arguments = false;

    for (int i = 0; i < argc; i++) {
        bool is_option = !only_arguments && argv[i][0] == '-' && argv[i][1] == '-';

        if (is_option && argv[i][2] == 0) {
            only_arguments = true;
        } else if (is_option) {
            int status = read_option(c, argc, argv, &i, &a);
            if (status != STATUS_OK) {
                return status;
            }
        } else if (a.n == ARGUMENTS_MAX) {
            return usage_error("more than %d arguments", ARGUMENTS_MAX);
        } else {
            a.at[a.n++] = argv[i];
        }
    }
    if (option_is_set(&a, "--help")) {
        return print_help(c);
    }
    if (a.n < c->least || a.n > c->most) {
        return usage_error("usage: athena-odbc %s %s", c->name, c->synopsis);
    }
    return c->run(&a);
}

int main(int argc, char **argv)
{
    int n_words = 0;

    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        return argc < 2 ? (print_help(NULL), STATUS_USAGE) : print_help(NULL);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("athena-odbc %s\n", ATHENA_VERSION);
        return STATUS_OK;
    }
    for (unsigned i = 0; i < N_COMMANDS; i++) {
        if (is_meant(commands[i], argc - 1, argv + 1, &n_words)) {
            return run(commands[i], argc - 1 - n_words, argv + 1 + n_words);
        }
    }
    return usage_error("there is no command \"%s%s%s\"; athena-odbc --help lists them", argv[1],
                       argc > 2 && strcmp(argv[1], "dsn") == 0 ? " " : "",
                       argc > 2 && strcmp(argv[1], "dsn") == 0 ? argv[2] : "");
}
