/**
 * @file file.h  Files that commands read and write as a whole (CON-02, WEB-07)
 */
#ifndef SIM_FILE_H
#define SIM_FILE_H

#include <re.h>

int file_error(const char *file, const char *what, int e, char *err, size_t errsize);
int file_read(struct mbuf **mbp, const char *file, size_t max, char *err, size_t errsize);
int file_write(const char *file, const struct mbuf *mb);

#endif
