/**
 * @file cert.h  Certificate and key of HTTPS: the setting's, or our own (WEB-01)
 */
#ifndef WEB_CERT_H
#define WEB_CERT_H

#include <re.h>

int cert_load(char **pem, const char *file, const char *dir, const struct sa *addr, char *err, size_t errsize);

#endif
