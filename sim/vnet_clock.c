/**
 * @file vnet_clock.c  Time and random numbers of the program: the seam's side of libc and libcrypto
 *
 * SIM-03.  Virtual mode: one counter, moved by vnet_poll.c.  Real mode: CLOCK_MONOTONIC, and a
 * calendar made of it and of the offset found at start, so that a step of the machine's clock
 * stops no timer (libre's timers follow gettimeofday).  CLOCK_MONOTONIC itself is the kernel's in
 * both modes: libre does not use it (1.1.0: gettimeofday; 2.0.1: that and CLOCK_MONOTONIC_RAW),
 * and who measures how long a run took, libcheck among them, needs a clock that does not jump.
 *
 * Random numbers: all of libre's come through RAND_bytes.  libcrypto's own (TLS) do not pass here.
 */
#include <string.h>
#include "sim/vnet_priv.h"

enum { US_PER_S = 1000000 };

/**
 * Read one of the kernel's clocks, past the seam.
 *
 * @param id CLOCK_MONOTONIC or CLOCK_REALTIME
 *
 * @return Time [us]
 */
int64_t vn_kernel_clock_us(clockid_t id)
{
	struct timespec ts = {0};

	(void)__real_clock_gettime(id, &ts);

	return (int64_t)ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
}

/**
 * The clock everything in the program lives by.
 *
 * @return Monotonic time [us]; virtual mode: since vnet_start(). Source: SIM-03.
 */
uint64_t vnet_now_us(void)
{
	return vn.mode == VN_VIRTUAL ? vn.now_us : (uint64_t)vn_kernel_clock_us(CLOCK_MONOTONIC);
}

/**
 * The calendar.
 *
 * @return Time [us since 1970 UTC]; runs with vnet_now_us(), whatever the machine's does
 */
int64_t vnet_wall_us(void)
{
	if (vn.mode == VN_OFF)
		return vn_kernel_clock_us(CLOCK_REALTIME);

	return (int64_t)vnet_now_us() + vn.wall_offset_us;
}

/**
 * The calendar as the machine has it now: set anew while we run, or asleep for a night, it is that of its owner (TIM-01).
 * Nothing is timed by it; virtual time has one calendar only.
 *
 * @return Time [us since 1970 UTC]; may step, back too
 */
int64_t vnet_machine_us(void)
{
	return vn.mode == VN_VIRTUAL ? vnet_wall_us() : vn_kernel_clock_us(CLOCK_REALTIME);
}

static bool is_calendar(clockid_t id)
{
	return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE;
}

/* What measures the machine's own work stays true: the CPU's clocks and the stop-watch */
static bool is_stopwatch(clockid_t id)
{
	return id < 0 || id == CLOCK_MONOTONIC || id == CLOCK_PROCESS_CPUTIME_ID ||
		id == CLOCK_THREAD_CPUTIME_ID;
}

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t us;

	if (vn.mode == VN_OFF || is_stopwatch(id))
		return __real_clock_gettime(id, ts);
	if (vn.mode == VN_REAL && !is_calendar(id))
		return __real_clock_gettime(id, ts);

	us = is_calendar(id) ? vnet_wall_us() : (int64_t)vn.now_us;
	ts->tv_sec = us / US_PER_S;
	ts->tv_nsec = us % US_PER_S * 1000;

	return 0;
}

int __wrap_gettimeofday(struct timeval *tv, void *tz)
{
	int64_t us;

	if (vn.mode == VN_OFF)
		return __real_gettimeofday(tv, tz);

	us = vnet_wall_us();
	tv->tv_sec = us / US_PER_S;
	tv->tv_usec = us % US_PER_S;

	return 0;
}

time_t __wrap_time(time_t *t)
{
	time_t now;

	if (vn.mode == VN_OFF)
		return __real_time(t);

	now = vnet_wall_us() / US_PER_S;
	if (t)
		*t = now;

	return now;
}

/* SplitMix64 (Steele, Lea, Flood 2014): one 64-bit state, passes BigCrush, any seed will do */
static uint64_t mix(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);

	return z ^ (z >> 31);
}

/** Give every stream a start of its own, drawn from the one seed */
void vn_rand_seed(uint64_t seed)
{
	for (size_t i = 0; i < VN_RAND_N; i++)
		vn.rand[i] = mix(&seed);
}

/** @return The stream's next 64 bits */
uint64_t vn_rand(enum vn_stream stream)
{
	return mix(&vn.rand[stream]);
}

/**
 * Draw from the scenario's own stream, which nothing else uses.
 *
 * @return 64 bits, the same for the same seed and number of earlier calls, both modes
 */
uint64_t vnet_random(void)
{
	return vn_rand(VN_RAND_SCENARIO);
}

int __wrap_RAND_bytes(unsigned char *buf, int num)
{
	if (vn.mode != VN_VIRTUAL)
		return __real_RAND_bytes(buf, num);

	while (num > 0) {
		const uint64_t r = vn_rand(VN_RAND_LIBRE);
		const int n = num < 8 ? num : 8;

		memcpy(buf, &r, (size_t)n);
		buf += n;
		num -= n;
	}

	return 1;
}
