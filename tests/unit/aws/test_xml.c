/* Small trees from XML and JSON. */
#include "unit/unit.h"

#include "aws/xml.h"

static void elements_are_found_by_path_without_namespaces(void)
{
    struct arena a = { 0 };
    struct xml_node *root;
    struct fault f;

    CU_ASSERT_FATAL(xml_parse(SPAN("<?xml version='1.0'?><s:R xmlns:s='u' x='1'> <s:A><B> "
                                   "t&lt;&#233; </B><B>2</B></s:A><C/></s:R>"),
                              &a, &root, &f));
    SPAN_IS(root->name, "R");
    SPAN_IS(xml_text(root, "A/B"), " t<\xc3\xa9 ");
    SPAN_IS(xml_text(root, "C"), "");
    SPAN_IS(xml_text(root, "A/D"), NULL);
    SPAN_IS(xml_text(root, "B"), NULL);
    CU_ASSERT(xml_find(root, "A") != NULL);
    arena_free(&a);
}

static void hostile_documents_are_refused(void)
{
    static const char *const list[] = {
        "",
        "<a>",
        "<a></b>",
        "text",
        "<a/><b/>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "<a>&x;</a>",
        "<a>\x01</a>",
        "<a>\xff</a>",
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct arena a = { 0 };
        struct xml_node *root = NULL;
        struct fault f = { 0 };
        CU_ASSERT_FALSE(xml_parse(span_of(list[i]), &a, &root, &f));
        CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
        CU_ASSERT(root == NULL);
        arena_free(&a);
    }
}

static void depth_has_a_limit(void)
{
    struct buf b = { 0 };
    struct arena a = { 0 };
    struct xml_node *root;
    struct fault f = { 0 };

    for (int i = 0; i < XML_DEPTH_MAX + 1; i++) {
        CU_ASSERT_FATAL(buf_add(&b, SPAN("<a>"), &f));
    }
    CU_ASSERT_FALSE(xml_parse(buf_span(&b), &a, &root, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CEILING);
    buf_free(&b);
    arena_free(&a);
}

static void json_gives_the_same_tree(void)
{
    struct arena a = { 0 };
    struct xml_node *root;
    struct json *document;
    struct fault f;

    CU_ASSERT_FATAL(json_parse(SPAN("{\"R\":{\"A\":{\"B\":\"x\",\"n\":1552424170,\"t\":true,\"z\":"
                                    "null,\"l\":[{\"k\":\"1\"},\"2\"]}}}"),
                               &document, &f));
    CU_ASSERT_FATAL(xml_from_json(document, &a, &root, &f));
    json_free(document);
    SPAN_IS(xml_text(root, "R/A/B"), "x");
    SPAN_IS(xml_text(root, "R/A/n"), "1552424170");
    SPAN_IS(xml_text(root, "R/A/t"), "true");
    SPAN_IS(xml_text(root, "R/A/l//k"), "1");
    SPAN_IS(xml_text(root, "R/A/q"), NULL);
    arena_free(&a);
}

static const struct unit_test tests[] = {
    { "elements are found by path without namespaces",
      elements_are_found_by_path_without_namespaces },
    { "hostile documents are refused", hostile_documents_are_refused },
    { "depth has a limit", depth_has_a_limit },
    { "JSON gives the same tree", json_gives_the_same_tree },
};

UNIT_MAIN("aws/xml", tests)
