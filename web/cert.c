/**
 * @file cert.c  Certificate and key of HTTPS (see cert.h; WEB-01)
 *
 * Our own is made at the first start and kept in the state directory, so that a browser that was told to trust it
 * still does after a restart.  Its key is of P-256: a handshake costs a fraction of what RSA's does, and calls go
 * on in the same loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include "web/cert.h"

#define OWN_NAME "https.pem"
#define OWN_DAYS 3650
#define PEM_MAX 65536

/* --- a file with a certificate and its key --- */

static int read_file(char **pem, const char *file)
{
	const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = 0;
	char *text;
	int err = 0;

	if (fd < 0)
		return errno;
	text = mem_zalloc(PEM_MAX + 1, NULL);
	if (text)
		n = read(fd, text, PEM_MAX + 1);
	if (!text || n < 0 || n > PEM_MAX)
		err = !text ? ENOMEM : n < 0 ? errno : EFBIG;
	(void)close(fd);
	if (!err)
		text[n] = '\0';
	if (err)
		mem_deref(text);
	else
		*pem = text;

	return err;
}

/* Does the text hold a certificate that is valid now, and its key? */
static bool is_pair(const char *pem)
{
	BIO *c = BIO_new_mem_buf(pem, -1), *k = BIO_new_mem_buf(pem, -1);
	X509 *cert = c ? PEM_read_bio_X509(c, NULL, NULL, NULL) : NULL;
	EVP_PKEY *key = k ? PEM_read_bio_PrivateKey(k, NULL, NULL, (void *)(uintptr_t)"") : NULL;
	const bool ok = cert && key && X509_check_private_key(cert, key) == 1 &&
			X509_cmp_current_time(X509_get0_notAfter(cert)) > 0;

	X509_free(cert);
	EVP_PKEY_free(key);
	BIO_free(c);
	BIO_free(k);

	return ok;
}

static int load_given(char **pem, const char *file, char *err, size_t errsize)
{
	const int e = read_file(pem, file);

	if (!e && is_pair(*pem))
		return 0;
	if (!e)
		*pem = mem_deref(*pem);
	(void)re_snprintf(err, errsize, "no HTTPS: web.cert is \"%s\": %s; right would be a PEM file with a certificate that"
			  " is valid now, and its key", file, e ? strerror(e) : "the two are not there, or do not fit");

	return e ? e : EINVAL;
}

/* --- our own --- */

static bool add(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	const bool ok = e && X509_add_ext(cert, e, -1) == 1;

	X509_EXTENSION_free(e);

	return ok;
}

static bool name_and_dates(X509 *cert)
{
	X509_NAME *name = X509_get_subject_name(cert);

	return X509_set_version(cert, 2) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), rand_u64() >> 1 | 1) == 1 &&
	       X509_gmtime_adj(X509_getm_notBefore(cert), -86400) &&
	       X509_gmtime_adj(X509_getm_notAfter(cert), 86400L * OWN_DAYS) &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"IP-GAP", -1, -1, 0) == 1 &&
	       X509_set_issuer_name(cert, name) == 1;
}

static bool fill(X509 *cert, EVP_PKEY *key, const struct sa *addr)
{
	char names[128];

	(void)re_snprintf(names, sizeof(names), "DNS:localhost,IP:%j", addr);

	return name_and_dates(cert) && add(cert, NID_basic_constraints, "critical,CA:FALSE") &&
	       add(cert, NID_ext_key_usage, "serverAuth") && add(cert, NID_subject_alt_name, names) &&
	       X509_set_pubkey(cert, key) == 1 && X509_sign(cert, key, EVP_sha256()) > 0;
}

static bool write_pem(BIO *to, const struct sa *addr)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	const bool ok = key && cert && fill(cert, key, addr) && PEM_write_bio_X509(to, cert) == 1 &&
			PEM_write_bio_PKCS8PrivateKey(to, key, NULL, NULL, 0, NULL, NULL) == 1;

	X509_free(cert);
	EVP_PKEY_free(key);

	return ok;
}

static int make(char **pem, const struct sa *addr)
{
	BIO *mem = BIO_new(BIO_s_mem());
	char *text;
	long n;
	int err = mem && write_pem(mem, addr) ? 0 : EPROTO;

	if (!err) {
		n = BIO_get_mem_data(mem, &text);
		*pem = mem_zalloc((size_t)n + 1, NULL);
		if (*pem)
			memcpy(*pem, text, (size_t)n);
		else
			err = ENOMEM;
	}
	BIO_free(mem);

	return err;
}

/* All of it or nothing: a start that is cut off leaves no half certificate */
static int keep(const char *file, const char *pem)
{
	char part[1200];
	const size_t n = strlen(pem);
	int fd, err = 0;

	(void)snprintf(part, sizeof(part), "%s.new", file);
	(void)unlink(part);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	if (write(fd, pem, n) != (ssize_t)n || fsync(fd))
		err = errno ? errno : EIO;
	(void)close(fd);
	if (!err && rename(part, file))
		err = errno;

	return err;
}

static int load_own(char **pem, const char *dir, const struct sa *addr, char *err, size_t errsize)
{
	char file[1100];
	int e;

	(void)snprintf(file, sizeof(file), "%s/" OWN_NAME, dir);
	if (!read_file(pem, file)) {
		if (is_pair(*pem))
			return 0;
		*pem = mem_deref(*pem);
	}
	e = make(pem, addr);
	if (!e)
		e = keep(file, *pem);
	if (e) {
		*pem = mem_deref(*pem);
		(void)re_snprintf(err, errsize, "no HTTPS: its own certificate cannot be kept as %s: %m", file, e);
	}

	return e;
}

/**
 * Certificate and key of HTTPS.
 *
 * @param pem     Written on success: both, as PEM; mem_deref
 * @param file    The setting web.cert; "" = our own, made where there is none yet
 * @param dir     Where our own is kept
 * @param addr    Address that our own is made for
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, errno
 */
int cert_load(char **pem, const char *file, const char *dir, const struct sa *addr, char *err, size_t errsize)
{
	*pem = NULL;

	return *file ? load_given(pem, file, err, errsize) : load_own(pem, dir, addr, err, errsize);
}
