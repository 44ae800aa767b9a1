/**
 * @file openapi.c  The API's documents, made from its table: OpenAPI 3.1, and Markdown for docs/api.md
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define JSON_STRING RE_JSON_STRING      /* libre and jansson have two names in common */
#define JSON_NULL RE_JSON_NULL
#include "web/api.h"
#undef JSON_STRING
#undef JSON_NULL
#include <jansson.h>

/* --- OpenAPI --- */

static json_t *text_schema(const struct api_field *p)
{
	json_t *words, *schema = json_pack("{s:s}", "type", "string");
	const char *const *w;

	if (p->words && schema) {
		words = json_array();
		for (w = p->words; *w; w++)
			(void)json_array_append_new(words, json_string(*w));
		(void)json_object_set_new(schema, "enum", words);
	}
	if (p->field == FIELD_LOOP && schema)
		(void)json_object_set_new(schema, "pattern", json_string("^[0-9]{1,4}$"));

	return schema;
}

static json_t *property(const struct api_field *p)
{
	json_t *s = text_schema(p);

	if (s) {
		(void)json_object_set_new(s, "description", json_string(p->help));
		(void)json_object_set_new(s, "examples", json_pack("[s]", p->example));
	}

	return s;
}

static json_t *query(const struct api_route *r)
{
	json_t *list = json_array();
	const struct api_field *p;

	for (p = r->field; p < r->field + API_PATH_FIELDS && p->help; p++)
		(void)json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:s, s:o}", "name", field_name(p->field),
							    "in", "query", "required", (int)p->required, "description",
							    p->help, "schema", text_schema(p)));

	return list;
}

static json_t *body(const struct api_route *r)
{
	json_t *properties = json_object(), *required = json_array(), *schema;
	const struct api_field *p;

	for (p = r->field; p < r->field + API_PATH_FIELDS && p->help; p++) {
		(void)json_object_set_new(properties, field_name(p->field), property(p));
		if (p->required)
			(void)json_array_append_new(required, json_string(field_name(p->field)));
	}
	schema = json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties, "required", required);

	return json_pack("{s:b, s:{s:{s:O}, s:{s:o}}}", "required", 1, "content", "application/json", "schema", schema,
			 "application/x-www-form-urlencoded", "schema", schema);
}

/* One entry a code: what the route says of it, then what all say */
static void response(json_t *all, const struct api_code *c)
{
	char key[8], text[512];
	json_t *old;

	(void)snprintf(key, sizeof(key), "%u", c->status);
	old = json_object_get(all, key);
	if (old)
		(void)snprintf(text, sizeof(text), "%s Or: %s", json_string_value(json_object_get(old, "description")),
			       c->help);
	(void)json_object_set_new(all, key, json_pack("{s:s, s:{s:{s:o}}}", "description", old ? text : c->help,
						      "content", "application/json", "schema", json_object()));
}

static json_t *responses(const struct api_route *r)
{
	json_t *all = json_object();
	const struct api_code *c;

	for (c = r->code; c < r->code + API_PATH_CODES && c->status; c++)
		response(all, c);
	for (c = api_common; c->status && !r->open; c++)
		response(all, c);

	return all;
}

/* "remote", then "Get" or "Post": what programs that are made from the document call it */
static json_t *operation(const struct api_route *r, bool post)
{
	char id[64];
	json_t *o;

	(void)snprintf(id, sizeof(id), "%.*s%s", (int)strcspn(r->path + strlen(API_PREFIX), "."),
		       r->path + strlen(API_PREFIX), post ? "Post" : "Get");
	o = json_pack("{s:s, s:s, s:s, s:o}", "operationId", id, "summary", r->title, "description", r->help, "responses",
		      responses(r));
	if (o && post)
		(void)json_object_set_new(o, "requestBody", body(r));
	else if (o && r->field[0].help)
		(void)json_object_set_new(o, "parameters", query(r));
	if (o && r->open)
		(void)json_object_set_new(o, "security", json_array());

	return o;
}

static json_t *paths(void)
{
	json_t *all = json_object();
	size_t i;

	for (i = 0; i < api_routes_n; i++) {
		const struct api_route *r = &api_routes[i];
		json_t *p = json_object();

		(void)json_object_set_new(p, "get", operation(r, false));
		if (!r->open)
			(void)json_object_set_new(p, "post", operation(r, true));
		(void)json_object_set_new(all, r->path, p);
	}

	return all;
}

/**
 * Write the API's OpenAPI 3.1 document.
 *
 * @param mb Appended to
 *
 * @return 0, ENOMEM
 */
int api_document(struct mbuf *mb)
{
	json_t *doc = json_pack("{s:s, s:{s:s, s:s, s:s}, s:[{}, {s:[]}, {s:[]}], s:{s:{s:{s:s, s:s}, s:{s:s, s:s}}}, s:o}",
				"openapi", "3.1.0", "info", "title", "IP-GAP", "version", "1", "description",
				"Relay codes, telephone and sound of an IP-GAP door phone. Which way to show who one is "
				"holds is the setting api.auth: fields login and password beside the others (none), "
				"basic, or digest.",
				"security", "basic", "digest",
				"components", "securitySchemes", "basic", "type", "http", "scheme", "basic", "digest",
				"type", "http", "scheme", "digest", "paths", paths());
	char *text = doc ? json_dumps(doc, JSON_INDENT(2)) : NULL;
	const int err = text ? mbuf_printf(mb, "%s\n", text) : ENOMEM;

	free(text);
	json_decref(doc);

	return err;
}

/* --- Markdown --- */

static int code_row(struct mbuf *mb, const struct api_code *c)
{
	return mbuf_printf(mb, "| %u | %s |\n", c->status, c->help);
}

static int route_codes(struct mbuf *mb, const struct api_route *r)
{
	const struct api_code *c;
	int err = mbuf_printf(mb, "\n| code | when |\n|---|---|\n");

	for (c = r->code; c < r->code + API_PATH_CODES && c->status; c++)
		err |= code_row(mb, c);

	return err;
}

static int route_fields(struct mbuf *mb, const struct api_route *r)
{
	const struct api_field *p;
	int err = r->field[0].help ? mbuf_printf(mb, "\n| field | needed | what it is |\n|---|---|---|\n") : 0;

	for (p = r->field; p < r->field + API_PATH_FIELDS && p->help; p++)
		err |= mbuf_printf(mb, "| `%s` | %s | %s |\n", field_name(p->field), p->required ? "yes" : "", p->help);

	return err;
}

static int route_examples(struct mbuf *mb, const struct api_route *r)
{
	size_t i;
	int err = mbuf_printf(mb, "\n");

	for (i = 0; i < ARRAY_SIZE(r->example) && r->example[i]; i++)
		err |= mbuf_printf(mb, "    curl %s%s%shttp://%s192.168.0.2%s\n", r->open ? "" : "--digest ", r->example[i],
				   *r->example[i] ? " " : "", r->open ? "" : "admin:admin@", r->path);

	return err;
}

/**
 * Write the part of docs/api.md that is made from the table.
 *
 * @param mb Appended to
 *
 * @return 0, ENOMEM
 */
int api_markdown(struct mbuf *mb)
{
	const struct api_code *c;
	size_t i;
	int err = 0;

	for (i = 0; i < api_routes_n; i++) {
		const struct api_route *r = &api_routes[i];

		err |= mbuf_printf(mb, "## %s: `%s`\n\n%s %s\n", r->title, r->path, r->open ? "GET, for everybody." :
				   "GET or POST.", r->help);
		err |= route_fields(mb, r) | route_codes(mb, r) | route_examples(mb, r) | mbuf_printf(mb, "\n");
	}
	err |= mbuf_printf(mb, "## Codes of every path that needs a user\n\n| code | when |\n|---|---|\n");
	for (c = api_common; c->status; c++)
		err |= code_row(mb, c);

	return err;
}
