/* athena-odbc dsn show: what a data source amounts to, where each value comes from, who could
 * change it. Secrets are never shown. */
#include "command.h"
#include "config/keyword.h"
#include "say.h"
#include "target.h"

static const char *origin_name(enum setting_origin origin)
{
    static const char *const names[] = {
        [ORIGIN_DEFAULT] = "default",       [ORIGIN_DRIVER] = "odbcinst.ini",
        [ORIGIN_SYSTEM_DSN] = "system DSN", [ORIGIN_USER_DSN] = "user DSN",
        [ORIGIN_STRING] = "string",         [ORIGIN_CALL] = "call",
    };

    return names[origin];
}

static void shown(const struct settings *s, enum setting_id id, char *to, size_t room)
{
    struct span text = settings_text(s, id);

    if (setting_is_secret(id)) {
        snprintf(to, room, "(secret, %zu characters)", text.len);
    } else {
        span_to_c(text, to, room);
    }
}

static bool is_wanted(const struct settings *s, enum setting_id id, bool all)
{
    return !span_is_null(settings_text(s, id)) && (all || s->at[id].origin != ORIGIN_DEFAULT);
}

static int print_json(const struct target *t, bool all)
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };
    char text[4096];

    json_open(&w, '{');
    json_string_member(&w, "name", span_of(t->name));
    json_name(&w, "settings");
    json_open(&w, '{');
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;
        if (!is_wanted(&t->settings, id, all)) {
            continue;
        }
        shown(&t->settings, id, text, sizeof(text));
        json_name(&w, setting_name(id));
        json_open(&w, '{');
        json_string_member(&w, "value", span_of(text));
        json_string_member(&w, "from", span_of(origin_name(t->settings.at[i].origin)));
        json_close(&w, '}');
    }
    json_close(&w, '}');
    json_name(&w, "warnings");
    json_open(&w, '[');
    for (unsigned i = 0; i < t->notices.n; i++) {
        json_string(&w, span_of(t->notices.at[i].text));
    }
    json_close(&w, ']');
    json_close(&w, '}');
    int status = say_json(&w, STATUS_OK);
    buf_free(&out);
    return status;
}

static int print_table(const struct target *t, bool all)
{
    static const char *const head[] = { "KEY", "VALUE", "FROM", NULL };
    struct table table;
    char text[4096];

    table_begin(&table, head);
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;
        if (is_wanted(&t->settings, id, all)) {
            shown(&t->settings, id, text, sizeof(text));
            table_cell_c(&table, setting_name(id));
            table_cell_c(&table, text);
            table_cell_c(&table, origin_name(t->settings.at[i].origin));
        }
    }
    bool ok = table_print(&table, stdout);
    fflush(stdout);
    say_notices(&t->notices);
    return ok ? STATUS_OK : STATUS_FAILED;
}

static int run(const struct arguments *a)
{
    struct target t;
    struct fault f = { 0 };

    if (!target_load(&t, a->at[0], &f)) {
        return say_fault(&f, wants_json(a));
    }
    int status = wants_json(a) ? print_json(&t, option_is_set(a, "--all"))
                               : print_table(&t, option_is_set(a, "--all"));
    target_free(&t);
    return status;
}

static const struct option options[] = { { "--all", NULL, "defaults too" }, { NULL, NULL, NULL } };

const struct command command_dsn_show = {
    "dsn show", "DSN", "Shows what a data source amounts to; secrets stay hidden", 1, 1,
    options,    run
};
