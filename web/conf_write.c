/**
 * @file conf_write.c  Settings to a file conf_user or conf_sip (see conf.h; WEB-07)
 */
#include <errno.h>
#include <string.h>
#include "web/conf_priv.h"
#include "web/page_table.h"

/** Name of a file */
const char *conf_name(enum conf_kind kind)
{
	return kind == CONF_SIP ? "conf_sip" : "conf_user";
}

/** Is a setting in it? */
bool conf_has(enum conf_kind kind, const struct setting *row)
{
	const struct page *p = page_of(row->key);

	return p && p->sip == (kind == CONF_SIP);
}

/** Take the key that hasher_key() made, as hexadecimal digits; the salt is the caller's.  false = there is none */
bool conf_key_set(struct conf_key *k, const char *hex)
{
	return strlen(hex) == 2 * sizeof(k->key) && !str_hex(k->key, sizeof(k->key), hex);
}

static int put_rows(struct mbuf *mb, enum conf_kind kind, const struct settings *s, bool secrets)
{
	char text[SETTINGS_TEXT];
	size_t i;
	int err = 0;

	for (i = 0; i < settings_count && !err; i++) {
		const struct setting *row = &settings_table[i];

		if (row->secret != secrets || !conf_has(kind, row))
			continue;
		(void)settings_get(s, row, text, sizeof(text));
		err = mbuf_printf(mb, *text ? "%s = %s\n" : "%s =\n", row->key, text);
	}

	return err;
}

static int put_sealed(struct mbuf *mb, enum conf_kind kind, const struct settings *s, const struct conf_key *key)
{
	struct mbuf *plain = mbuf_alloc(2048), *sealed = mbuf_alloc(2048);
	int err = plain && sealed ? put_rows(plain, kind, s, true) : ENOMEM;

	err = err ? err : seal_close(sealed, key->key, conf_name(kind), plain->buf, plain->end);
	err = err ? err : mbuf_printf(mb, "sealed = %H\n", conf_print_base64, sealed);
	if (plain)
		seal_forget(plain->buf, plain->size);
	mem_deref(plain);
	mem_deref(sealed);

	return err;
}

/** The bytes of a buffer in base64, for %H */
int conf_print_base64(struct re_printf *pf, const struct mbuf *mb)
{
	return base64_print(pf, mb->buf, mb->end);
}

/**
 * Write a file.
 *
 * @param mb   Added to
 * @param kind Which one
 * @param s    Settings
 * @param key  Seals the secrets, NULL = they are left out
 *
 * @return 0, ENOMEM
 */
int conf_write(struct mbuf *mb, enum conf_kind kind, const struct settings *s, const struct conf_key *key)
{
	const char *name = conf_name(kind);
	int err;

	err = mbuf_printf(mb, "# Settings of a door phone; secrets are %s\nconf = %s\nformat = %u\nmodel = %s\nversion = %s\n",
			  key ? "sealed" : "left out", name, CONF_FORMAT, GAP_MODEL, GAP_VERSION);
	if (!err && key)
		err = mbuf_printf(mb, "salt = %w\n", key->salt, sizeof(key->salt));
	err = err ? err : mbuf_write_str(mb, "\n");
	err = err ? err : put_rows(mb, kind, s, false);
	if (!err && key)
		err = put_sealed(mb, kind, s, key);

	return err ? err : mbuf_printf(mb, "end = %s\n", name);
}
