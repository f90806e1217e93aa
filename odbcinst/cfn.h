/* Words of CloudFormation templates, written as JSON. */
#ifndef ODBCINST_CFN_H
#define ODBCINST_CFN_H

#include "base/json.h"

void cfn_text_member(struct json_writer *w, const char *name, const char *text);
void cfn_open_member(struct json_writer *w, const char *name, char bracket);
/* {"Fn::Sub": text} or {"Ref": text}. */
void cfn_function_of(struct json_writer *w, const char *function, const char *text);
/* A parameter of type String; otherwise may be NO_SPAN. */
void cfn_parameter(struct json_writer *w, const char *name, const char *description,
                   struct span otherwise);
void cfn_output(struct json_writer *w, const char *name, const char *function,
                const char *argument);
/* An output that is the ARN of a resource. */
void cfn_output_arn(struct json_writer *w, const char *name, const char *resource);
/* Opens a resource and names its type. */
void cfn_open_resource(struct json_writer *w, const char *name, const char *type);
/* Closes so many objects. */
void cfn_close(struct json_writer *w, unsigned n);

#endif
