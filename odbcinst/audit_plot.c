/* The summary as a picture: bars of cost by spoke, user and day. */
#include <errno.h>
#include <string.h>

#include "audit.h"
#include "say.h"

enum {
    BARS_MAX = 30,
    BAR = 18,
    GAP = 6,
    LEFT = 300,
    WIDE = 420,
    TOP = 40,
    PANEL_GAP = 36,
    PICTURE_WIDE = 900
};

/* Text inside an element: markup characters named, control characters left out. */
static void put_text(FILE *to, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        const char *name = c == '&'   ? "&amp;"
                           : c == '<' ? "&lt;"
                           : c == '>' ? "&gt;"
                           : c == '"' ? "&quot;"
                                      : NULL;

        if (name != NULL) {
            fputs(name, to);
        } else if ((unsigned char)c >= 0x20) {
            fputc(c, to);
        }
    }
}

static unsigned shown(const struct audit_sum *s, unsigned by)
{
    return s->n[by] < BARS_MAX ? s->n[by] : BARS_MAX;
}

static unsigned first_of(const struct audit_sum *s, unsigned by)
{
    return by == BY_DAY ? s->n[by] - shown(s, by)
                        : 0; /* the last days, the largest of the others */
}

static unsigned plot_panel(FILE *to, const struct audit_sum *s, unsigned by, unsigned y)
{
    static const char *const titles[AUDIT_BYS] = { "By spoke", "By user", "By day" };
    double most = 0;
    unsigned first = first_of(s, by), n = shown(s, by);

    for (unsigned i = first; i < first + n; i++) {
        most = s->groups[by][i].cost_usd > most ? s->groups[by][i].cost_usd : most;
    }
    fprintf(to, "<text x=\"16\" y=\"%u\" class=\"title\">%s%s</text>\n", y, titles[by],
            s->n[by] > n ? " (not all shown)" : "");
    for (unsigned i = first; i < first + n; i++) {
        const struct audit_group *g = &s->groups[by][i];
        double wide = most > 0 ? g->cost_usd / most * WIDE : 0;
        char bytes[32];

        y += BAR + GAP;
        say_bytes(g->scanned_bytes, bytes, sizeof(bytes));
        fprintf(to, "<text x=\"%d\" y=\"%u\" class=\"name\">", LEFT - 8, y);
        put_text(to, span_part(g->name, 0, 44));
        fprintf(to, "</text><rect x=\"%d\" y=\"%u\" width=\"%.1f\" height=\"%d\"/>", LEFT,
                y - BAR + 4, wide > 1 ? wide : 1, BAR);
        fprintf(to, "<text x=\"%.1f\" y=\"%u\">%.4f USD, %s, %lld queries</text>\n",
                LEFT + wide + 8, y, g->cost_usd, bytes, (long long)g->n_queries);
    }
    return y + BAR + PANEL_GAP;
}

bool audit_plot(const struct audit_sum *s, const char *path, struct fault *f)
{
    FILE *to = fopen(path, "we");
    unsigned tall = TOP, y = TOP;

    if (to == NULL) {
        return fault_set(f, FAULT_SETTING, "%s cannot be written (%s).", path, strerror(errno));
    }
    for (unsigned by = 0; by < AUDIT_BYS; by++) {
        tall += shown(s, by) * (BAR + GAP) + BAR + PANEL_GAP;
    }
    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
            "font-family=\"sans-serif\" font-size=\"12\">\n"
            "<style>.title{font-size:15px;font-weight:bold}.name{text-anchor:end}rect{fill:#2f6fab}"
            "</style>\n"
            "<rect width=\"100%%\" height=\"100%%\" style=\"fill:white\"/>\n",
            PICTURE_WIDE + 120, tall);
    for (unsigned by = 0; by < AUDIT_BYS; by++) {
        y = plot_panel(to, s, by, y);
    }
    fputs("</svg>\n", to);
    bool ok = fflush(to) == 0;
    fclose(to);
    return ok || fault_set(f, FAULT_SETTING, "%s cannot be written (%s).", path, strerror(errno));
}
