/**
 * @file driver.c  main() of a fuzz target without libFuzzer: its corpus and so many mutations of it
 *
 *     fuzz_X [-n MUTATIONS] [-s SEED] CORPUS_DIR
 *
 * Each file is run as it is, then MUTATIONS times changed in 1 to 8 places: a bit, a byte, a run of
 * bytes removed, repeated, or taken from another file.  The same seed gives the same inputs on every
 * machine.  Built with sanitizers; an input that ends the program, or takes longer than 10 s, is left
 * in the file "crash-X" of the working directory.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES 1000
#define SIZE 16384                      /* longest input */
#define HANG_S 10

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_set_death_callback(void (*callback)(void));

struct input {
	size_t n;
	uint8_t *data;
};

static struct input corpus[FILES];
static unsigned files;
static const char *target;
static const uint8_t *now_data;         /* what runs now, for the crash file */
static size_t now_size;
static uint64_t seed = 1;

/* xorshift64*: no library's, so that it is the same everywhere */
static unsigned draw(size_t n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;

	return n ? (unsigned)((seed * 2685821657736338717u >> 33) % n) : 0;
}

/* --- what is left of a crash --- */

static void keep_input(void)
{
	char name[300];
	int fd;

	snprintf(name, sizeof(name), "crash-%s", target);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, now_data, now_size) != (ssize_t)now_size)
		fprintf(stderr, "%s: cannot write %s\n", target, name);
	else
		fprintf(stderr, "%s: the input is in %s (%zu bytes)\n", target, name, now_size);
	close(fd);
}

static void on_signal(int sig)
{
	fprintf(stderr, "%s: %s\n", target, sig == SIGALRM ? "hangs" : "failed assertion");
	keep_input();
	_exit(1);
}

/* --- inputs --- */

static int load(struct input *in, const char *dir, const char *name)
{
	char path[1000];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f)
		return errno;
	in->data = malloc(SIZE);
	in->n = in->data ? fread(in->data, 1, SIZE, f) : 0;
	fclose(f);

	return in->data ? 0 : ENOMEM;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* In the order of their names, or mutations would depend on the file system */
static int load_all(const char *dir)
{
	struct dirent **e = NULL;
	const int n = scandir(dir, &e, visible, alphasort);
	int i, err = n < 0 ? errno : 0;

	for (i = 0; i < n; i++) {
		if (!err && files < FILES)
			err = load(&corpus[files], dir, e[i]->d_name);
		files += !err && files < FILES;
		free(e[i]);
	}
	free(e);

	return err;
}

/** Run in a block of exactly its size, so that the sanitizer sees the first byte read beyond */
static void run(const struct input *in)
{
	uint8_t *copy = malloc(in->n ? in->n : 1);

	if (!copy)
		exit(1);
	memcpy(copy, in->data, in->n);
	now_data = copy;
	now_size = in->n;
	alarm(HANG_S);
	(void)LLVMFuzzerTestOneInput(copy, in->n);
	alarm(0);
	free(copy);
}

/* --- mutations --- */

static void remove_run(struct input *in)
{
	const size_t at = draw(in->n), n = 1 + draw(in->n - at);

	memmove(in->data + at, in->data + at + n, in->n - at - n);
	in->n -= n;
}

static void insert(struct input *in, const uint8_t *from, size_t n)
{
	const size_t at = draw(in->n + 1);

	if (in->n + n > SIZE)
		return;
	memmove(in->data + at + n, in->data + at, in->n - at);
	memcpy(in->data + at, from, n);
	in->n += n;
}

static void insert_run(struct input *in, const struct input *from)
{
	uint8_t part[256];
	const size_t at = draw(from->n);
	size_t n = from->n ? 1 + draw(from->n - at) : 0;

	n = n < sizeof(part) ? n : sizeof(part);
	memcpy(part, from->data + at, n);
	insert(in, part, n);
}

static void mutate(struct input *in)
{
	static const uint8_t special[] = {0, 1, 0x7f, 0x80, 0xff, ' ', '\r', '\n', ';', ':', '=', '-', '9', '%'};
	const uint8_t byte = draw(2) ? special[draw(sizeof(special))] : (uint8_t)draw(256);
	const unsigned kind = in->n ? draw(6) : 4 + draw(2);

	switch (kind) {
	case 0:  in->data[draw(in->n)] ^= (uint8_t)(1u << draw(8)); break;
	case 1:  in->data[draw(in->n)] = byte; break;
	case 2:  remove_run(in); break;
	case 3:  insert_run(in, in); break;
	case 4:  insert(in, &byte, 1); break;
	default: insert_run(in, &corpus[draw(files)]); break;
	}
}

static void run_mutation(const struct input *in)
{
	static uint8_t room[SIZE];
	struct input m = {.n = in->n, .data = room};
	unsigned i, n = 1 + draw(8);

	memcpy(room, in->data, in->n);
	for (i = 0; i < n; i++)
		mutate(&m);
	run(&m);
}

/* --- the program --- */

static int usage(void)
{
	fprintf(stderr, "usage: %s [-n MUTATIONS] [-s SEED] CORPUS_DIR\n", target);

	return 2;
}

static void run_all(unsigned mutations)
{
	unsigned i, k;

	run(&(struct input){.data = (uint8_t *)""});
	for (i = 0; i < files; i++) {
		run(&corpus[i]);
		for (k = 0; k < mutations; k++)
			run_mutation(&corpus[i]);
	}
}

static void start(const char *argv0)
{
	target = strrchr(argv0, '/') ? strrchr(argv0, '/') + 1 : argv0;
	__sanitizer_set_death_callback(keep_input);
	signal(SIGALRM, on_signal);
	signal(SIGABRT, on_signal);
}

int main(int argc, char **argv)
{
	unsigned mutations = 2000;
	int opt, err;

	start(argv[0]);
	while ((opt = getopt(argc, argv, "n:s:")) != -1) {
		if (opt == 'n')
			mutations = (unsigned)strtoul(optarg, NULL, 10);
		else if (opt == 's')
			seed = strtoull(optarg, NULL, 10) | 1u << 31;
		else
			return usage();
	}
	if (optind + 1 != argc)
		return usage();
	err = load_all(argv[optind]);
	if (err || !files) {
		fprintf(stderr, "%s: %s: %s\n", target, argv[optind], err ? strerror(err) : "no file in it");
		return 2;
	}
	run_all(mutations);
	printf("ok    %s  %u files, %u mutations\n", target, files, files * mutations);
	while (files)
		free(corpus[--files].data);

	return 0;
}
