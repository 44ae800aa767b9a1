/**
 * @file cmd_receiver_audio.c  Keeps what is heard of each call as a WAV file (librem)
 *
 * 8,000 Hz, mono, 16 bit.  The first call goes to OUT.wav, call N to OUT-N.wav.
 */
#include <errno.h>
#include <string.h>
#include <re.h>
#include <rem.h>
#include "cmd_receiver.h"

struct recordings {
	struct list list;               /* struct recording */
	char path[CMD_RECEIVER_PATH];
};

struct recording {
	struct le le;
	struct aufile *file;
	unsigned number;
};

static void recording_destructor(void *arg)
{
	struct recording *rec = arg;

	list_unlink(&rec->le);
	mem_deref(rec->file);
}

static void recordings_destructor(void *arg)
{
	struct recordings *r = arg;

	list_flush(&r->list);
}

/**
 * Keep the sound of calls.
 *
 * @param rp   Written on success
 * @param path "OUT.wav", copied
 *
 * @return 0, ENOMEM
 */
int recordings_alloc(struct recordings **rp, const char *path)
{
	struct recordings *r = mem_zalloc(sizeof(*r), recordings_destructor);

	if (!r)
		return ENOMEM;
	str_ncpy(r->path, path, sizeof(r->path));
	*rp = r;

	return 0;
}

static void write_handler(const int16_t *pcm, size_t n, void *arg)
{
	const struct recording *rec = arg;

	(void)aufile_write(rec->file, (const uint8_t *)pcm, n * sizeof(*pcm));
}

static void file_name(char *file, size_t size, const char *path, unsigned number)
{
	const char *end = strrchr(path, '.');
	struct pl stem;

	if (!end || strchr(end, '/'))
		end = path + strlen(path);
	stem.p = path;
	stem.l = (size_t)(end - path);
	if (number == 1)
		str_ncpy(file, path, size);
	else
		(void)re_snprintf(file, size, "%r-%u%s", &stem, number, end);
}

/**
 * Begin to keep a call's sound.
 *
 * @param r      Recordings
 * @param call   Call; recordings_end() comes before it is freed, or in the same turn of the loop
 * @param number Its number
 * @param file   Written: name of the file
 * @param size   Size of file [bytes]
 *
 * @return 0, errno of the file
 */
int recordings_begin(struct recordings *r, struct call *call, unsigned number, char *file,
		     size_t size)
{
	struct aufile_prm prm = {.srate = GAP_AUDIO_RATE, .channels = 1, .fmt = AUFMT_S16LE};
	struct recording *rec;
	int err;

	file_name(file, size, r->path, number);
	rec = mem_zalloc(sizeof(*rec), recording_destructor);
	if (!rec)
		return ENOMEM;
	err = aufile_open(&rec->file, &prm, file, AUFILE_WRITE);
	if (err) {
		mem_deref(rec);
		return err;
	}
	rec->number = number;
	list_append(&r->list, &rec->le, rec);
	call_audio(call, NULL, write_handler, rec);

	return 0;
}

/**
 * The call is over: its file is completed.
 *
 * @param r      Recordings
 * @param number Number of the call
 */
void recordings_end(struct recordings *r, unsigned number)
{
	struct le *le = r->list.head;

	while (le) {
		struct recording *rec = le->data;

		le = le->next;
		if (rec->number == number)
			mem_deref(rec);
	}
}
