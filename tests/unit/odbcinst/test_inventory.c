/* The readers of inventories: the same spokes from CSV, JSON and YAML, and every mistake told with
   its line. */
#include "inventory.h"
#include "unit/unit.h"

typedef bool reader(struct inventory *inv, struct span text, struct fault *f);

/* Reads and finishes; what was wrong stands in f. */
static bool take(struct inventory *inv, reader *read, const char *text, struct fault *f)
{
    *inv = (struct inventory){ .path = "list", .arena.is_secret = true };
    fault_clear(f);
    return read(inv, span_of(text), f) && inventory_finish(inv, f);
}

static const struct {
    const char *name;
    reader *read;
    const char *text;
} same[] = {
    { "CSV", inventory_read_csv,
      "\xef\xbb\xbf# all spokes\r\n"
      "name,account,role,ExternalId,AwsRegion,Description\r\n"
      "\r\n"
      "risk,222233334444,Consumer,id-risk,eu-west-1,\"Risk, \"\"market\"\"\"\r\n"
      "retail,111122223333,Consumer,id-retail,eu-central-1,\n" },
    { "JSON", inventory_read_json,
      "{\"defaults\":{\"role\":\"Consumer\"},\"spokes\":[{\"name\":\"risk\",\"account\":"
      "\"222233334444\","
      "\"ExternalId\":\"id-risk\",\"AwsRegion\":\"eu-west-1\",\"Description\":\"Risk, "
      "\\\"market\\\"\"},"
      "{\"name\":\"retail\",\"account\":\"111122223333\",\"ExternalId\":\"id-retail\","
      "\"AwsRegion\":\"eu-central-1\"}]}" },
    { "YAML", inventory_read_yaml,
      "defaults: {role: Consumer, Workgroup: ~}\n"
      "spokes:\n"
      "- {name: risk, account: '222233334444', ExternalId: id-risk, AwsRegion: eu-west-1, "
      "Description: 'Risk, \"market\"'}\n"
      "- name: retail\n"
      "  account: 111122223333\n"
      "  ExternalId: 'id-{name}'\n"
      "  AwsRegion: eu-central-1\n" },
};

static void the_same_from_every_form(void)
{
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        struct inventory inv;
        struct fault f;
        bool ok = take(&inv, same[i].read, same[i].text, &f);

        if (!ok || inv.n != 2) {
            printf("    %s: %s\n", same[i].name, f.text);
            CU_FAIL("not read");
        } else {
            SPAN_IS(inv.at[0].word[WORD_NAME], "retail");
            SPAN_IS(inv.at[0].text[SETTING_CONSUMER_ACCOUNT_ROLE_ARN],
                    "arn:aws:iam::111122223333:role/Consumer");
            SPAN_IS(inv.at[0].text[SETTING_EXTERNAL_ID], "id-retail");
            SPAN_IS(inv.at[0].text[SETTING_DESCRIPTION], NULL);
            SPAN_IS(inv.at[0].text[SETTING_WORKGROUP], NULL);
            SPAN_IS(inv.at[1].text[SETTING_DESCRIPTION], "Risk, \"market\"");
            CU_ASSERT_PTR_EQUAL(inventory_find(&inv, SPAN("RISK")), &inv.at[1]);
            CU_ASSERT_PTR_NULL(inventory_find(&inv, SPAN("ris")));
        }
        inventory_free(&inv);
    }
}

static const struct {
    reader *read;
    const char *text, *says;
} wrong[] = {
    { inventory_read_csv, "name,ExternalID2\na,x\n",
      "list:2: \"ExternalID2\" is no key. Did you mean ExternalId?" },
    { inventory_read_csv, "name,account\na,1\n", "list:2: account has twelve digits" },
    { inventory_read_csv, "name\na,b\n", "list:2: 2 values under 1 names" },
    { inventory_read_csv, "name,Schema\n\"a\nb,c\n", "list:2: a quote is opened and never closed" },
    { inventory_read_csv, "name,Schema\n\"a\"b,c\n", "list:2: behind a closing quote" },
    { inventory_read_csv, "name,name\na,b\n", "list:2: name is given twice" },
    { inventory_read_csv, "name,Schema\na,\"b\nc\"\n", "line break" },
    { inventory_read_csv, "name\na\nA\n", "two spokes are named \"A\" (2 and 3)" },
    { inventory_read_csv, "name,Schema\n,x\n", "list:2: a spoke needs a name" },
    { inventory_read_csv, "name\na]b\n", "a spoke needs a name" },
    { inventory_read_csv, "name,AwsRegion\na,nowhere!\n", "list:2: " },
    { inventory_read_csv, "name,AllowedRoles\na,b\n", "belongs into the driver's section" },
    { inventory_read_csv, "name,Schema\na,{account}\n", "no account is given" },
    { inventory_read_yaml, "- a\n", "no list \"spokes\"" },
    { inventory_read_yaml, "", "no list \"spokes\"" },
    { inventory_read_yaml, "spokes: [x]\n", "list:1: a spoke is a mapping" },
    { inventory_read_yaml, "spokes:\n- name: [a]\n",
      "list:2: a key and its value are plain texts" },
    { inventory_read_yaml, "spoke: []\n", "list:1: there are `defaults`" },
    { inventory_read_yaml, "defaults: {}\n", "no list \"spokes\"" },
    { inventory_read_yaml, "spokes:\n- {name: a\n", "list:3: not valid YAML" },
    { inventory_read_yaml, "spokes:\n- {name: a, RunAsRol: x}\n", "Did you mean RunAsRole?" },
    { inventory_read_json, "{\"spokes\":[{\"name\":\"a\",\"Schema\":[3]}]}", "" },
    { inventory_read_json, "{\"spokes\":", "" },
    { inventory_read_json, "[]", "" },
};

static void mistakes_are_told_with_their_line(void)
{
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct inventory inv;
        struct fault f;
        bool ok = take(&inv, wrong[i].read, wrong[i].text, &f);

        if (ok || strstr(f.text, wrong[i].says) == NULL) {
            printf("    %s\n      gives: %s\n", wrong[i].text, ok ? "(taken)" : f.text);
            CU_FAIL("wrong answer");
        }
        inventory_free(&inv);
    }
}

static void too_many_columns_are_a_ceiling(void)
{
    struct buf text = { 0 };
    struct inventory inv;
    struct fault f;

    for (int i = 0; i < 300; i++) {
        CU_ASSERT(buf_add(&text, SPAN("name,"), NULL));
    }
    CU_ASSERT(buf_add_byte(&text, 0, NULL));
    CU_ASSERT_FALSE(take(&inv, inventory_read_csv, text.at, &f));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "columns of an inventory"));
    inventory_free(&inv);
    buf_free(&text);
}

static const struct unit_test tests[] = {
    { "CSV, JSON and YAML give the same spokes, sorted, with shorthands filled in",
      the_same_from_every_form },
    { "a mistake is told with its line and what is right", mistakes_are_told_with_their_line },
    { "more columns than there are keys are refused", too_many_columns_are_a_ceiling },
};
UNIT_MAIN("odbcinst/inventory", tests)
