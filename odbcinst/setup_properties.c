/* ODBCINSTGetProperties: every key with its help and its choices, for unixODBC's dialogs. The list
   and its members are the installer's: it frees each property, its help, and the block of its
   choices. */
#include <odbcinstext.h>
#include <stdlib.h>
#include <string.h>

#include "config/keyword.h"

__attribute__((visibility("default"))) int ODBCINSTGetProperties(HODBCINSTPROPERTY last);

enum { CHOICES_MAX = 32 };

/* Pointers and texts in one block, because the installer frees the array alone. The first choice is
 * empty: not set. */
static char **make_choices(const struct span *names, unsigned n)
{
    size_t bytes = (n + 2) * sizeof(char *) + 1;

    for (unsigned i = 0; i < n; i++) {
        bytes += names[i].len + 1;
    }
    char **block = calloc(1, bytes);
    if (block == NULL) {
        return NULL;
    }
    char *text = (char *)(block + n + 2);
    block[0] = text++;
    for (unsigned i = 0; i < n; i++) {
        memcpy(text, names[i].at, names[i].len);
        block[i + 1] = text;
        text += names[i].len + 1;
    }
    return block;
}

static char **choices_of(const struct keyword *k)
{
    static const struct span flags[] = { { "1", 1 }, { "0", 1 } };
    struct span names[CHOICES_MAX], rest = span_of(k->choices);
    unsigned n = 0;

    if (k->kind == KEYWORD_FLAG) {
        return make_choices(flags, 2);
    }
    while (k->kind == KEYWORD_CHOICE && !span_is_null(rest) && n < CHOICES_MAX) {
        struct span choice = span_next(&rest, '|');
        names[n++] = span_part(choice, 0, span_find_byte(choice, '='));
    }
    return n > 0 ? make_choices(names, n) : NULL;
}

static int prompt_of(const struct keyword *k, bool has_choices)
{
    if (has_choices) {
        return ODBCINST_PROMPTTYPE_LISTBOX;
    }
    if ((k->flags & KEYWORD_SECRET) != 0) {
        return ODBCINST_PROMPTTYPE_TEXTEDIT_PASSWORD;
    }
    return k->kind == KEYWORD_PATH ? ODBCINST_PROMPTTYPE_FILENAME : ODBCINST_PROMPTTYPE_TEXTEDIT;
}

static HODBCINSTPROPERTY append(HODBCINSTPROPERTY last, const struct keyword *k)
{
    HODBCINSTPROPERTY p = calloc(1, sizeof(*p));

    if (p == NULL) {
        return NULL;
    }
    span_to_c(span_of(k->name), p->szName, sizeof(p->szName));
    p->aPromptData = choices_of(k);
    p->nPromptType = prompt_of(k, p->aPromptData != NULL);
    p->pszHelp = strdup(k->help);
    last->pNext = p;
    return p;
}

int ODBCINSTGetProperties(HODBCINSTPROPERTY last)
{
    for (unsigned i = 0; i < SETTINGS_COUNT && last != NULL; i++) {
        enum setting_id id = (enum setting_id)i;
        if (!keyword_is(id, KEYWORD_MANAGER) && !keyword_is(id, KEYWORD_DRIVER_ONLY)) {
            last = append(last, keyword_of(id));
        }
    }
    return last != NULL ? 1 : 0;
}
