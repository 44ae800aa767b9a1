/**
 * @file fields.h  The fields of an API request: query, urlencoded body, JSON body (API-01 to API-40)
 *
 * Fields that the API does not know are passed over; one that is given twice is refused, as nobody can say
 * which of them was meant.
 */
#ifndef WEB_FIELDS_H
#define WEB_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

enum web_field {
	FIELD_LOGIN, FIELD_PASSWORD, FIELD_CODE, FIELD_TYPE, FIELD_TABLE, FIELD_ID, FIELD_DATA, FIELD_LOOP,
	FIELD_COUNT
};

struct web_fields {
	const char *value[FIELD_COUNT]; /**< NULL = not given */
	char *text[2];                  /**< decoded query and body */
	void *json;
	char *longest;                  /**< a long text of the JSON */
	char number[FIELD_COUNT][24];
};

const char *field_name(enum web_field f);
int  fields_url(struct web_fields *f, const char *text, size_t size, char *err, size_t errsize);
int  fields_json(struct web_fields *f, const char *text, size_t size, char *err, size_t errsize);
bool fields_query(const char *query, const char *field, char *buf, size_t size);
bool fields_header(const char *value, char *buf, size_t size);
void fields_end(struct web_fields *f);

#endif
