/* Writes the parts that every template has. */
#include "cfn.h"

void cfn_text_member(struct json_writer *w, const char *name, const char *text)
{
    json_string_member(w, name, span_of(text));
}

void cfn_open_member(struct json_writer *w, const char *name, char bracket)
{
    json_name(w, name);
    json_open(w, bracket);
}

void cfn_function_of(struct json_writer *w, const char *function, const char *text)
{
    json_open(w, '{');
    cfn_text_member(w, function, text);
    json_close(w, '}');
}

void cfn_parameter(struct json_writer *w, const char *name, const char *description,
                   struct span otherwise)
{
    cfn_open_member(w, name, '{');
    cfn_text_member(w, "Type", "String");
    cfn_text_member(w, "Description", description);
    json_string_member(w, "Default", otherwise);
    json_close(w, '}');
}

void cfn_output(struct json_writer *w, const char *name, const char *function, const char *argument)
{
    cfn_open_member(w, name, '{');
    cfn_text_member(w, "Description", "For the data source");
    json_name(w, "Value");
    cfn_function_of(w, function, argument);
    json_close(w, '}');
}

void cfn_open_resource(struct json_writer *w, const char *name, const char *type)
{
    cfn_open_member(w, name, '{');
    cfn_text_member(w, "Type", type);
}

void cfn_output_arn(struct json_writer *w, const char *name, const char *resource)
{
    cfn_open_member(w, name, '{');
    cfn_text_member(w, "Description", "For the data source");
    cfn_open_member(w, "Value", '{');
    cfn_open_member(w, "Fn::GetAtt", '[');
    json_string(w, span_of(resource));
    json_string(w, SPAN("Arn"));
    json_close(w, ']');
    cfn_close(w, 2);
}

void cfn_close(struct json_writer *w, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        json_close(w, '}');
    }
}
