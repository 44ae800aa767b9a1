/**
 * @file vnet_queue.c  Packets on their way, in order of arrival
 *
 * SIM-03.  While delays are equal, packets arrive in the order they were sent: a plain list, whose
 * tail a new packet joins if it is not due before it.  Those due earlier go to a binary heap.  The
 * next packet is the earlier of the two fronts; packets due at the same time keep their order of
 * sending. Packets up to SMALL octets come from a pool, nothing is allocated for them once it has
 * grown.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "sim/vnet_priv.h"

enum { SMALL = 512, SLAB = 64 };

static struct vn_pkt *pool;
static struct vn_fifo line;
static struct vn_pkt **heap;
static size_t heap_n, heap_size;
static uint64_t seq;

static size_t pkt_bytes(size_t data)
{
	return (sizeof(struct vn_pkt) + data + 15) & ~(size_t)15;
}

/* The slabs are kept for the life of the process: the pool only ever grows to the busiest moment */
static void pool_grow(void)
{
	uint8_t *slab = malloc(SLAB * pkt_bytes(SMALL));

	for (size_t i = 0; slab && i < SLAB; i++) {
		struct vn_pkt *p = (void *)(slab + i * pkt_bytes(SMALL));

		p->size = SMALL;
		p->next = pool;
		pool = p;
	}
}

/**
 * Take a packet and fill it.
 *
 * @param data Payload, copied
 * @param len  Its length [octets]
 *
 * @return Packet, given back by vn_pkt_free(); NULL when out of memory
 */
struct vn_pkt *vn_pkt_alloc(const void *data, size_t len)
{
	struct vn_pkt *p;

	if (len <= SMALL) {
		if (!pool)
			pool_grow();
		p = pool;
		if (p)
			pool = p->next;
	}
	else {
		p = malloc(pkt_bytes(len));
		if (p)
			p->size = (uint32_t)len;
	}
	if (!p)
		return NULL;

	p->len = (uint32_t)len;
	if (len)
		memcpy(p->data, data, len);

	return p;
}

void vn_pkt_free(struct vn_pkt *p)
{
	if (p->size == SMALL) {
		p->next = pool;
		pool = p;
	}
	else {
		free(p);
	}
}

void vn_fifo_add(struct vn_fifo *f, struct vn_pkt *p)
{
	p->next = NULL;
	if (f->head)
		f->tail->next = p;
	else
		f->head = p;
	f->tail = p;
}

/** @return The first packet, taken off; NULL if there is none */
struct vn_pkt *vn_fifo_take(struct vn_fifo *f)
{
	struct vn_pkt *p = f->head;

	if (p)
		f->head = p->next;

	return p;
}

void vn_fifo_flush(struct vn_fifo *f)
{
	struct vn_pkt *p;

	while ((p = vn_fifo_take(f)))
		vn_pkt_free(p);
}

static bool before(const struct vn_pkt *x, const struct vn_pkt *y)
{
	return x->due_us != y->due_us ? x->due_us < y->due_us : x->seq < y->seq;
}

static int heap_push(struct vn_pkt *p)
{
	size_t i;

	if (heap_n == heap_size) {
		const size_t size = heap_size ? 2 * heap_size : 256;
		void *bigger = realloc(heap, size * sizeof(*heap));

		if (!bigger)
			return ENOMEM;
		heap = bigger;
		heap_size = size;
	}

	for (i = heap_n++; i && before(p, heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = p;

	return 0;
}

static struct vn_pkt *heap_pop(void)
{
	struct vn_pkt *top = heap[0];
	struct vn_pkt *last = heap[--heap_n];
	size_t i = 0, c;

	while ((c = 2 * i + 1) < heap_n) {
		if (c + 1 < heap_n && before(heap[c + 1], heap[c]))
			c++;
		if (!before(heap[c], last))
			break;
		heap[i] = heap[c];
		i = c;
	}
	heap[i] = last;

	return top;
}

/**
 * Put a packet on its way.
 *
 * @param p Packet with due_us set; the queue's from now on, also on error
 *
 * @return 0, ENOMEM (the packet is lost)
 *
 * A time-out goes to the heap: at the line's tail it would keep all others out of the line.
 */
int vn_queue_push(struct vn_pkt *p)
{
	int err = 0;

	p->seq = seq++;
	if (p->op != VN_OP_TIMEOUT && (!line.head || p->due_us >= line.tail->due_us))
		vn_fifo_add(&line, p);
	else
		err = heap_push(p);
	if (err)
		vn_pkt_free(p);

	return err;
}

static bool heap_first(void)
{
	return heap_n && (!line.head || before(heap[0], line.head));
}

/** @return When the next packet arrives [us]; UINT64_MAX if none is on its way */
uint64_t vn_queue_due_us(void)
{
	if (heap_first())
		return heap[0]->due_us;

	return line.head ? line.head->due_us : UINT64_MAX;
}

/** @return The next packet; there must be one */
struct vn_pkt *vn_queue_pop(void)
{
	return heap_first() ? heap_pop() : vn_fifo_take(&line);
}

/** Drop all that is on its way */
void vn_queue_reset(void)
{
	vn_fifo_flush(&line);
	while (heap_n)
		vn_pkt_free(heap[--heap_n]);
	seq = 0;
}
