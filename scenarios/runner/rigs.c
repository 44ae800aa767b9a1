/**
 * @file rigs.c  The boards of this process (see rigs.h)
 *
 * An emulated board is started once and reset for each scenario; a second door gets a second one.  Of a real
 * board there is one.
 */
#include <errno.h>
#include <re.h>
#include "rigs.h"

static struct { struct rig *rig; bool taken; } pool[RIGS_MAX];

static int open_at(unsigned i, const struct rig_spec *spec, char *err, size_t errsize)
{
	return pool[i].rig ? 0 : rig_open(&pool[i].rig, spec, err, errsize);
}

/** Start the first board before a scenario's clock runs. */
int rigs_prepare(const struct rig_spec *spec, char *err, size_t errsize)
{
	return spec->kind == RIG_SIM ? 0 : open_at(0, spec, err, errsize);
}

/**
 * Take a board.
 *
 * @param rp      Written on success; borrowed until rigs_back()
 * @param spec    Kind of board
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, EBUSY all are taken, errno of rig_open()
 */
int rigs_take(struct rig **rp, const struct rig_spec *spec, char *err, size_t errsize)
{
	const unsigned most = spec->kind == RIG_QEMU ? RIGS_MAX : 1;
	unsigned i = 0;
	int e;

	while (i < most && pool[i].taken)
		++i;
	if (i == most) {
		(void)re_snprintf(err, errsize, "needs more doors than the %u board%s of this rig", most,
				  most == 1 ? "" : "s");
		return EBUSY;
	}
	e = open_at(i, spec, err, errsize);
	if (!e) {
		pool[i].taken = true;
		*rp = pool[i].rig;
	}

	return e;
}

void rigs_back(struct rig *r)
{
	unsigned i;

	for (i = 0; i < RIGS_MAX; i++)
		if (pool[i].rig == r)
			pool[i].taken = false;
}

/** End all boards of this process. */
void rigs_close(void)
{
	unsigned i;

	for (i = 0; i < RIGS_MAX; i++) {
		pool[i].rig = mem_deref(pool[i].rig);
		pool[i].taken = false;
	}
}
