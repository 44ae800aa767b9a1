/**
 * @file tls.c  Certificates of SIP over TLS: our own, and whom we trust (SIP-01, manual §3.3.11)
 *
 * The one file that knows OpenSSL.  libre 1.1 verifies no server and does not say whom it connects to,
 * so OpenSSL asks here, as the client of each connection:
 *
 *     sip.tls_verify=no      taken
 *     chain, dates           by OpenSSL, at the calendar of the door
 *     sip.tls_verify_cn      the address we connect to, or one of the host names we called over TLS
 *
 * libre resolves names by itself: which of them led to this address is not known, so that a certificate
 * with any called name is taken.
 */
#include <errno.h>
#include <time.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#define USE_OPENSSL 1
#include "core/sip/ua_priv.h"

#define OWN_KEY_BITS 2048

/* A host that was called over TLS, by name */
struct tls_name {
	struct le le;
	char host[];
};

static void name_destructor(void *arg)
{
	struct tls_name *n = arg;

	list_unlink(&n->le);
}

/* Remember a host name that a certificate may carry.  0, ENOMEM */
int tls_called(struct ua *ua, const struct pl *host)
{
	const struct le *le;
	struct tls_name *n;
	struct sa sa;

	if (!sa_set(&sa, host, 0))
		return 0;
	for (le = ua->tls_names.head; le; le = le->next) {
		const struct tls_name *known = le->data;

		if (!pl_strcasecmp(host, known->host))
			return 0;
	}
	n = mem_zalloc(sizeof(*n) + host->l + 1, name_destructor);
	if (!n)
		return ENOMEM;
	(void)pl_strcpy(host, n->host, host->l + 1);
	list_append(&ua->tls_names, &n->le, n);

	return 0;
}

/* --- the peer's address, which OpenSSL does not know --- */

int __real_tls_start_tcp(struct tls_conn **ptc, struct tls *tls, struct tcp_conn *tcp, int layer);
int __wrap_tls_start_tcp(struct tls_conn **ptc, struct tls *tls, struct tcp_conn *tcp, int layer);

static _Thread_local const struct tcp_conn *starting;   /* only while tls_start_tcp() runs */

static int peer_index = -1;                             /* of the connection in an SSL; one a process */

static void peer_new(void *ssl, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)ssl;
	(void)ptr;
	(void)argl;
	(void)argp;
	(void)CRYPTO_set_ex_data(ad, idx, (void *)(uintptr_t)starting);
}

/** libre starts TLS on a connection, and holds it as long as that: the certificate will have to carry its
 *  address, known once it is connected */
int __wrap_tls_start_tcp(struct tls_conn **ptc, struct tls *tls, struct tcp_conn *tcp, int layer)
{
	int err;

	starting = tcp;
	err = __real_tls_start_tcp(ptc, tls, tcp, layer);
	starting = NULL;

	return err;
}

/* --- verification --- */

static bool name_fits(const struct ua *ua, X509 *cert)
{
	const struct le *le;

	for (le = ua->tls_names.head; le; le = le->next) {
		const struct tls_name *n = le->data;

		if (X509_check_host(cert, n->host, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1)
			return true;
	}

	return false;
}

static bool address_fits(const SSL *ssl, X509 *cert)
{
	const struct tcp_conn *tcp = SSL_get_ex_data(ssl, peer_index);
	struct sa peer;
	char text[64];

	if (!tcp || tcp_conn_peer_get(tcp, &peer) || re_snprintf(text, sizeof(text), "%j", &peer) < 0)
		return false;

	return X509_check_ip_asc(cert, text, 0) == 1;
}

static void refused(const struct ua *ua, X509_STORE_CTX *sc)
{
	char subject[256] = "", cause[160];
	const X509 *cert = X509_STORE_CTX_get0_cert(sc);
	struct pl pl;
	char *text = NULL;

	if (cert)
		(void)X509_NAME_oneline(X509_get_subject_name(cert), subject, sizeof(subject));
	pl_set_str(&pl, subject);
	(void)re_snprintf(cause, sizeof(cause), "certificate refused: %s",
			  X509_verify_cert_error_string(X509_STORE_CTX_get_error(sc)));
	if (!ua_text(&text, &pl))
		ua->faulth(text, cause, ua->fault_arg);
	mem_deref(text);
}

static int verify(X509_STORE_CTX *sc, void *arg)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(sc, SSL_get_ex_data_X509_STORE_CTX_idx());
	const struct ua *ua = arg;
	X509 *cert = X509_STORE_CTX_get0_cert(sc);

	if (!ua)
		return 0;
	if (SSL_is_server(ssl) || !ua->conf->tls_verify) {
		X509_STORE_CTX_set_error(sc, X509_V_OK);
		return 1;
	}
	X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(sc),
				   ua->wall_us ? (time_t)(ua->wall_us(ua->wall_arg) / 1000000) : time(NULL));
	if (X509_verify_cert(sc) == 1) {
		if (!ua->conf->tls_verify_cn || name_fits(ua, cert) || address_fits(ssl, cert))
			return 1;
		X509_STORE_CTX_set_error(sc, X509_V_ERR_HOSTNAME_MISMATCH);
	}
	refused(ua, sc);

	return 0;
}

/* --- start --- */

static int trust(struct ua *ua, SSL_CTX *ctx)
{
	if (peer_index < 0)
		peer_index = SSL_get_ex_new_index(0, NULL, peer_new, NULL, NULL);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, verify, ua);

	return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 ? 0 : EPROTO;
}

static int authorities(struct ua *ua, SSL_CTX *ctx)
{
	if (ua->conf->tls_ca[0])
		return tls_add_ca(ua->tls, ua->conf->tls_ca);

	return SSL_CTX_set_default_verify_paths(ctx) == 1 ? 0 : EPROTO;
}

/* The agent ends; what libre still finishes over TLS asks it no more */
void tls_stop(struct ua *ua)
{
	if (ua->tls)
		SSL_CTX_set_cert_verify_callback(tls_openssl_context(ua->tls), verify, NULL);
	ua->tls = mem_deref(ua->tls);
	list_flush(&ua->tls_names);
}

/* Make the agent's TLS of its settings.  about and why are written on error; 0, or errno */
int tls_start(struct ua *ua, const char **about, const char **why)
{
	const struct settings *s = ua->conf;
	SSL_CTX *ctx;
	int err;

	err = tls_alloc(&ua->tls, TLS_METHOD_SSLV23, s->tls_cert[0] ? s->tls_cert : NULL, NULL);
	if (!err && !s->tls_cert[0])
		err = tls_set_selfsigned_rsa(ua->tls, ua->user, OWN_KEY_BITS);
	if (err) {
		*about = s->tls_cert[0] ? s->tls_cert : *about;
		*why = "no SIP over TLS: sip.tls_cert has to be a PEM file with a certificate and its key";
		return err;
	}
	ctx = tls_openssl_context(ua->tls);
	err = trust(ua, ctx);
	if (!err && authorities(ua, ctx)) {
		*about = s->tls_ca;
		*why = "no SIP over TLS: sip.tls_ca has to be a PEM file with certificates";
		err = EINVAL;
	}

	return err;
}
