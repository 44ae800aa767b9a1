/**
 * @file file.c  Files that commands read and write as a whole (CON-02, WEB-07)
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"

static bool is_standard(const char *file)
{
	return !file || !strcmp(file, "-");
}

/**
 * Say that a file could not be read or written.
 *
 * @return e
 */
int file_error(const char *file, const char *what, int e, char *err, size_t errsize)
{
	(void)re_snprintf(err, errsize, "%s cannot be %s: %m", is_standard(file) ? "-" : file, what, e);

	return e;
}

/**
 * Read a file.
 *
 * @param mbp     Written on success
 * @param file    Name; NULL or "-" = standard input
 * @param max     As long as it may be; of a longer one max + 1 bytes are read, so that who takes it can say so
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, errno
 */
int file_read(struct mbuf **mbp, const char *file, size_t max, char *err, size_t errsize)
{
	FILE *f = is_standard(file) ? stdin : fopen(file, "rb");
	struct mbuf *mb = mbuf_alloc(max + 1);
	int e = 0;

	if (!f || !mb)
		e = f ? ENOMEM : errno;
	else {
		mb->end = fread(mb->buf, 1, max + 1, f);
		e = ferror(f) ? EIO : 0;
	}
	if (f && f != stdin)
		(void)fclose(f);
	if (e) {
		mem_deref(mb);
		return file_error(file, "read", e, err, errsize);
	}
	*mbp = mb;

	return 0;
}

static int write_all(FILE *f, const struct mbuf *mb)
{
	int e = fwrite(mb->buf, 1, mb->end, f) == mb->end ? 0 : errno ? errno : EIO;

	if (f == stdout)
		return e ? e : fflush(f) ? errno : 0;
	if (!e && (fflush(f) || (fsync(fileno(f)) && errno != EINVAL)))     /* a device or pipe has no disk */
		e = errno;
	if (fclose(f) && !e)
		e = errno;

	return e;
}

static int write_over(const char *file, const struct mbuf *mb)
{
	FILE *f = fopen(file, "wb");

	return f ? write_all(f, mb) : errno;
}

/**
 * Write a file: it is there as a whole, or the old one stays; a device, pipe or link is written to, not replaced.
 *
 * @param file Name; NULL or "-" = standard output
 * @param mb   All of it is written
 *
 * @return 0, errno
 */
int file_write(const char *file, const struct mbuf *mb)
{
	char part[1100];
	struct stat s;
	FILE *f;
	int e;

	if (is_standard(file))
		return write_all(stdout, mb);
	if (!lstat(file, &s) && !S_ISREG(s.st_mode))
		return write_over(file, mb);
	if (strlen(file) + 6 > sizeof(part))
		return ENAMETOOLONG;
	(void)snprintf(part, sizeof(part), "%s.part", file);
	f = fopen(part, "wb");
	if (!f)
		return errno;
	e = write_all(f, mb);
	if (!e && rename(part, file))
		e = errno;
	if (e)
		(void)unlink(part);

	return e;
}
