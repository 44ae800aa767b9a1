/**
 * @file json.h  jansson beside libre, both of which have a JSON_STRING and a JSON_NULL
 *
 * Where this is included, the names are jansson's.
 */
#ifndef WEB_JSON_H
#define WEB_JSON_H

#include <re.h>
#define JSON_STRING JANSSON_STRING
#define JSON_NULL JANSSON_NULL
#include <jansson.h>

#endif
