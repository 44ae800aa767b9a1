/**
 * @file startup.c  Vectors, start of the program, faults (HIL-01)
 *
 * A fault leaves a mark that outlives the reset; all ports float during it, so the relays fall.
 */
#include "../board.h"
#include "lm3s6965.h"
#include "regs.h"

#define FAULT_MARK 0xfa017u
#define STACK_PAINT 0x5afe57acu
#define VECTORS (16 + 22)

extern uint32_t _data_from[], _data[], _data_end[], _bss[], _bss_end[], _stack[], _stack_end[];

static uint32_t fault_mark __attribute__((section(".noinit")));
static uint8_t cause;

uint8_t board_cause(void)
{
	return cause;
}

uint32_t board_stack_free(void)
{
	const uint32_t *p = _stack;

	while (p < _stack_end && *p == STACK_PAINT)
		++p;
	return (uint32_t)(p - _stack) * (uint32_t)sizeof(*p);
}

void fault_isr(void)
{
	fault_mark = FAULT_MARK;
	SCB_AIRCR = 0x05fa0004;
	for (;;)
		;
}

void reset_isr(void)
{
	uint32_t *p, *from = _data_from, *here;

	for (p = _data; p < _data_end; ++p)
		*p = *from++;
	for (p = _bss; p < _bss_end; ++p)
		*p = 0;
	__asm volatile ("mov %0, sp" : "=r"(here));
	for (p = _stack; p < here - 8; ++p)
		*p = STACK_PAINT;
	cause = fault_mark == FAULT_MARK ? LINK_CAUSE_FAULT : LINK_CAUSE_BOOT;
	fault_mark = 0;
	(void)main();
	fault_isr();
}

typedef void (isr_h)(void);

__attribute__((section(".vectors"), used)) isr_h *const vectors[VECTORS] = {
	(isr_h *)(uintptr_t)_stack_end, reset_isr,
	fault_isr, fault_isr, fault_isr, fault_isr, fault_isr,
	[11] = fault_isr, [12] = fault_isr, [14] = fault_isr, [15] = fault_isr,
	[16 + IRQ_GPIOD] = gpiod_isr,
	[16 + IRQ_GPIOE] = gpioe_isr,
	[16 + IRQ_UART0] = uart0_isr,
	[16 + IRQ_TIMER0A] = timer0_isr,
	[16 + IRQ_TIMER1A] = timer1_isr,
};
