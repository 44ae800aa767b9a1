/**
 * @file hasher.c  Passwords' hashes in a thread of their own (see hasher.h); the one file that includes argon2
 *
 *     loop     hasher_check()  ->  queue  ->  thread: argon2id  ->  libre's mqueue  ->  loop: done()
 *
 * A job that nobody wants any more (mem_deref) is worked off and told to nobody.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <argon2.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <re.h>
#include "web/hasher.h"

/* OWASP's for argon2id; some 30 ms on a laptop */
#define MEMORY_KIB 19456
#define PASSES 2
#define LANES 1
#define SALT HASHER_SALT
#define HASH 32

/* In malloc'ed memory: libre's counts references without a lock */
struct task {
	struct task *next;
	struct hasher_job *job;         /* of the loop; NULL = nobody wants it any more */
	bool check, key, right;
	char password[HASHER_PASSWORD], hash[HASHER_TEXT];
	uint8_t salt[SALT];
};

struct hasher_job {
	struct task *task;
	hasher_h *done;
	void *arg;
};

struct hasher {
	struct mqueue *mq;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct task *first, *last;
	struct task *all[HASHER_QUEUE]; /* that were not told yet, wherever they are; the loop's */
	bool started, ending;
};

/* The key of a passphrase, as hexadecimal digits in the place of a hash */
static void derive(struct task *t)
{
	uint8_t key[HASHER_KEY];
	size_t i;

	t->hash[0] = '\0';
	if (argon2id_hash_raw(PASSES, MEMORY_KIB, LANES, t->password, strlen(t->password), t->salt, SALT, key,
			      sizeof(key)) == ARGON2_OK)
		for (i = 0; i < sizeof(key); i++)
			(void)re_snprintf(t->hash + 2 * i, 3, "%02x", key[i]);
	OPENSSL_cleanse(key, sizeof(key));
}

static void work(struct task *t)
{
	if (t->key)
		derive(t);
	else if (t->check)
		t->right = argon2id_verify(t->hash, t->password, strlen(t->password)) == ARGON2_OK;
	else if (argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, t->password, strlen(t->password), t->salt, SALT, HASH,
				       t->hash, sizeof(t->hash)) != ARGON2_OK)
		t->hash[0] = '\0';
	OPENSSL_cleanse(t->password, sizeof(t->password));
}

static struct task *next(struct hasher *h)
{
	struct task *t;

	(void)pthread_mutex_lock(&h->lock);
	while (!h->first && !h->ending)
		(void)pthread_cond_wait(&h->more, &h->lock);
	t = h->first;
	if (t) {
		h->first = t->next;
		h->last = h->first ? h->last : NULL;
	}
	(void)pthread_mutex_unlock(&h->lock);

	return t;
}

static void *run(void *arg)
{
	struct hasher *h = arg;
	struct task *t;

	while ((t = next(h))) {
		work(t);
		(void)mqueue_push(h->mq, 0, t);
	}

	return NULL;
}

/* Where a task stands among those that were not told yet; NULL = a free place, NULL where there is none */
static struct task **place(struct hasher *h, const struct task *t)
{
	unsigned i;

	for (i = 0; i < HASHER_QUEUE; i++)
		if (h->all[i] == t)
			return &h->all[i];

	return NULL;
}

static void forget(struct task *t)
{
	if (t && t->job)
		t->job->task = NULL;
	if (t)
		OPENSSL_cleanse(t, sizeof(*t));
	free(t);
}

static void told(int id, void *data, void *arg)
{
	struct hasher *h = arg;
	struct task *t = data;
	struct hasher_job *job = t->job;

	(void)id;
	*place(h, t) = NULL;
	t->job = NULL;
	if (job) {
		job->task = NULL;
		job->done(t->right, t->hash, job->arg);
	}
	forget(t);
}

static void destructor(void *arg)
{
	struct hasher *h = arg;
	unsigned i;

	if (h->started) {
		(void)pthread_mutex_lock(&h->lock);
		h->ending = true;
		h->first = NULL;
		(void)pthread_cond_signal(&h->more);
		(void)pthread_mutex_unlock(&h->lock);
		(void)pthread_join(h->thread, NULL);
	}
	for (i = 0; i < HASHER_QUEUE; i++)
		forget(h->all[i]);
	(void)pthread_cond_destroy(&h->more);
	(void)pthread_mutex_destroy(&h->lock);
	mem_deref(h->mq);
}

/**
 * A thread for passwords; it starts with the first one.
 *
 * @param hp Written on success; mem_deref ends it, after the job that it is at
 *
 * @return 0, ENOMEM, errno of a pipe
 */
int hasher_alloc(struct hasher **hp)
{
	struct hasher *h = mem_zalloc(sizeof(*h), destructor);
	int err;

	if (!h)
		return ENOMEM;
	(void)pthread_mutex_init(&h->lock, NULL);
	(void)pthread_cond_init(&h->more, NULL);
	err = mqueue_alloc(&h->mq, told, h);
	if (err)
		mem_deref(h);
	else
		*hp = h;

	return err;
}

static void job_destructor(void *arg)
{
	struct hasher_job *job = arg;

	if (job->task)
		job->task->job = NULL;
}

static int queue(struct hasher *h, struct task *t)
{
	if (!h->started && pthread_create(&h->thread, NULL, run, h))
		return EAGAIN;
	h->started = true;
	*place(h, NULL) = t;
	(void)pthread_mutex_lock(&h->lock);
	if (h->last)
		h->last->next = t;
	else
		h->first = t;
	h->last = t;
	(void)pthread_cond_signal(&h->more);
	(void)pthread_mutex_unlock(&h->lock);

	return 0;
}

static int add(struct hasher_job **jp, struct hasher *h, const char *hash, const uint8_t *salt, const char *password,
	       hasher_h *done, void *arg)
{
	struct hasher_job *job;
	struct task *t;
	int err;

	if (strlen(password) >= HASHER_PASSWORD || (hash && strlen(hash) >= HASHER_TEXT))
		return EINVAL;
	if (!place(h, NULL))
		return EBUSY;
	t = calloc(1, sizeof(*t));
	job = mem_zalloc(sizeof(*job), job_destructor);
	if (!t || !job) {
		free(t);
		mem_deref(job);
		return ENOMEM;
	}
	t->check = hash != NULL;
	str_ncpy(t->hash, hash ? hash : "", sizeof(t->hash));
	str_ncpy(t->password, password, sizeof(t->password));
	t->job = job;
	job->task = t;
	job->done = done;
	job->arg = arg;
	t->key = salt != NULL;
	if (salt)
		memcpy(t->salt, salt, SALT);
	err = salt || RAND_bytes(t->salt, SALT) == 1 ? queue(h, t) : EIO;
	if (err) {
		forget(t);
		mem_deref(job);
	}
	else {
		*jp = job;
	}

	return err;
}

/**
 * Is it the password of a hash?
 *
 * @param jp       Written on success; mem_deref: nobody wants to know any more
 * @param h        Thread
 * @param hash     As hasher_make() gave it
 * @param password Tried
 * @param done     Called in the loop
 * @param arg      Its argument
 *
 * @return 0, EINVAL too long, EBUSY too many wait, ENOMEM, EAGAIN no thread
 */
int hasher_check(struct hasher_job **jp, struct hasher *h, const char *hash, const char *password, hasher_h *done, void *arg)
{
	return add(jp, h, hash, NULL, password, done, arg);
}

/** Make the hash of a password; as hasher_check() */
int hasher_make(struct hasher_job **jp, struct hasher *h, const char *password, hasher_h *done, void *arg)
{
	return add(jp, h, NULL, NULL, password, done, arg);
}

/**
 * Make a key of a passphrase (WEB-07); as hasher_check(), the key comes as HASHER_KEY bytes in hexadecimal digits.
 *
 * @param salt Kept beside what the key closes
 */
int hasher_key(struct hasher_job **jp, struct hasher *h, const uint8_t salt[HASHER_SALT], const char *passphrase,
	       hasher_h *done, void *arg)
{
	return add(jp, h, NULL, salt, passphrase, done, arg);
}

/** The same at once: it takes tens of milliseconds; false = it could not be made */
bool hasher_key_now(char key[HASHER_TEXT], const uint8_t salt[HASHER_SALT], const char *passphrase)
{
	struct task t = {.key = true};

	if (strlen(passphrase) >= HASHER_PASSWORD)
		return false;
	str_ncpy(t.password, passphrase, sizeof(t.password));
	memcpy(t.salt, salt, SALT);
	work(&t);
	str_ncpy(key, t.hash, HASHER_TEXT);
	OPENSSL_cleanse(t.hash, sizeof(t.hash));

	return *key != '\0';
}

/** The hash of a password, at once: it takes tens of milliseconds; false = it could not be made */
bool hasher_now(char hash[HASHER_TEXT], const char *password)
{
	struct task t = {.check = false};

	if (strlen(password) >= HASHER_PASSWORD || RAND_bytes(t.salt, SALT) != 1)
		return false;
	str_ncpy(t.password, password, sizeof(t.password));
	work(&t);
	str_ncpy(hash, t.hash, HASHER_TEXT);

	return *hash != '\0';
}
