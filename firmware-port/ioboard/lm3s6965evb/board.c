/**
 * @file board.c  LM3S6965 evaluation board: clock, timers, ports (HIL-01)
 *
 * 20 MHz from the PLL.  SysTick runs free over 24 bits (0.84 s) and interrupts nothing: every
 * reading adds what has passed since the last, so a tick that is handled late, or not at all, costs
 * no time.  Timer 0 gives the millisecond, timer 1 the next scheduled edge.
 */
#include "../board.h"
#include "lm3s6965.h"
#include "regs.h"

#define CLOCK_MHZ 20u
#define SYSTICK_MASK 0xffffffu
#define PORTS 7
#define TIMER_LONGEST_US 100000000u     /* 32 bits hold 214 s */

const char board_name[LINK_BOARD_ID] = "lm3s6965evb";
const uint32_t board_tick_ns = 1000 / CLOCK_MHZ;
#ifdef BOARD_EMULATED
const uint8_t board_clock = LINK_CLOCK_EMULATED;
#else
const uint8_t board_clock = LINK_CLOCK_CRYSTAL;
#endif

#define PIN(port, bit) (uint8_t)(((port) - 'A') << 4 | (bit))

/** Relays and lit lines are on one port: an emulator lets one port only be watched from outside */
const uint8_t board_map[LINK_PIN_COUNT] = {
        [LINK_PIN_RELAY1] = PIN('B', 0),   [LINK_PIN_RELAY2] = PIN('B', 1),
        [LINK_PIN_LIT_CALL] = PIN('B', 2), [LINK_PIN_LIT_TALK] = PIN('B', 3),
        [LINK_PIN_LIT_DOOR] = PIN('B', 4), [LINK_PIN_BEEP] = PIN('B', 5),
        [LINK_PIN_CALL_R] = PIN('A', 2),   [LINK_PIN_CALL_G] = PIN('A', 3),
        [LINK_PIN_CALL_B] = PIN('A', 4),   [LINK_PIN_TALK_R] = PIN('A', 5),
        [LINK_PIN_TALK_G] = PIN('A', 6),   [LINK_PIN_TALK_B] = PIN('A', 7),
        [LINK_PIN_DOOR_R] = PIN('C', 4),   [LINK_PIN_DOOR_G] = PIN('C', 5),
        [LINK_PIN_DOOR_B] = PIN('C', 6),   [LINK_PIN_BUTTON] = PIN('D', 1),
        [LINK_PIN_CONTACT] = PIN('D', 2),  [LINK_PIN_MAINS] = PIN('D', 3),
        [LINK_PIN_POE] = PIN('D', 4),      [LINK_PIN_LINK] = PIN('D', 5),
        [LINK_PIN_DIP1] = PIN('E', 0),     [LINK_PIN_DIP2] = PIN('E', 1),
        [LINK_PIN_DIP3] = PIN('E', 2),     [LINK_PIN_DIP4] = PIN('E', 3),
};

static const uint32_t ports[PORTS] = {
	0x40004000, 0x40005000, 0x40006000, 0x40007000, 0x40024000, 0x40025000, 0x40026000
};

static uint64_t time_us;
static uint32_t time_last;              /* SysTick at the last reading */
static uint32_t time_rest;              /* its ticks short of a microsecond */

uint32_t board_lock(void)
{
	uint32_t was;

	__asm volatile ("mrs %0, primask\n\tcpsid i" : "=r"(was) : : "memory");
	return was;
}

void board_unlock(uint32_t was)
{
	__asm volatile ("msr primask, %0" : : "r"(was) : "memory");
}

/* --- time --- */

uint64_t board_now_us(void)
{
	const uint32_t was = board_lock(), value = SYST_CVR;
	const uint32_t ticks = ((time_last - value) & SYSTICK_MASK) + time_rest;
	uint64_t now;

	time_last = value;
	time_us += ticks / CLOCK_MHZ;
	time_rest = ticks % CLOCK_MHZ;
	now = time_us;
	board_unlock(was);
	return now;
}

/** One-shot of timer 1: the least time is a microsecond, the most is split */
void board_timer_at(uint64_t at_us)
{
	const uint64_t now = board_now_us();
	uint64_t us = at_us > now ? at_us - now : 1;

	TIMER_CTL(TIMER1) = 0;
	TIMER_ICR(TIMER1) = 1;
	if (at_us == BOARD_NEVER)
		return;
	if (us > TIMER_LONGEST_US)
		us = TIMER_LONGEST_US;
	TIMER_TAILR(TIMER1) = (uint32_t)us * CLOCK_MHZ;
	TIMER_CTL(TIMER1) = 1;
}

static void clock_init(void)
{
	/* main oscillator, 8 MHz crystal, PLL on but passed by; then 200 MHz / 10 once locked */
	SC_RCC = (SC_RCC | 1u << 11) & ~(1u << 22);
	SC_RCC = (SC_RCC & ~(0xfu << 6 | 3u << 4 | 1u << 13 | 1u << 12 | 1u)) | 0xeu << 6;
	SC_RCC = (SC_RCC & ~(0xfu << 23)) | 9u << 23 | 1u << 22;
	while (!(SC_RIS & 1u << 6))
		;
	SC_RCC &= ~(1u << 11);
	SYST_RVR = SYSTICK_MASK;
	SYST_CVR = 0;
	SYST_CSR = 5;
	time_last = SYST_CVR;
}

static void timers_init(void)
{
	TIMER_CTL(TIMER0) = 0;
	TIMER_CFG(TIMER0) = 0;
	TIMER_TAMR(TIMER0) = 2;
	TIMER_TAILR(TIMER0) = 1000 * CLOCK_MHZ - 1;
	TIMER_IMR(TIMER0) = 1;
	TIMER_CTL(TIMER0) = 1;
	TIMER_CTL(TIMER1) = 0;
	TIMER_CFG(TIMER1) = 0;
	TIMER_TAMR(TIMER1) = 1;
	TIMER_IMR(TIMER1) = 1;
}

void timer0_isr(void)
{
	TIMER_ICR(TIMER0) = 1;
	ioboard_on_tick();
}

void timer1_isr(void)
{
	TIMER_ICR(TIMER1) = 1;
	ioboard_on_timer();
}

/* --- ports --- */

static uint32_t port_of(unsigned pin)
{
	return ports[board_map[pin] >> 4];
}

static uint32_t bit_of(unsigned pin)
{
	return 1u << (board_map[pin] & 15);
}

bool board_in(unsigned pin)
{
	return GPIO_DATA(port_of(pin), bit_of(pin)) != 0;
}

void board_out(unsigned pin, bool level)
{
	GPIO_DATA(port_of(pin), bit_of(pin)) = level ? 0xff : 0;
}

static void pin_init(unsigned pin)
{
	const uint32_t port = port_of(pin), bit = bit_of(pin);

	GPIO_AFSEL(port) &= ~bit;
	if (pin < LINK_PIN_BUTTON) {
		board_out(pin, false);
		GPIO_DIR(port) |= bit;
	} else {
		GPIO_DIR(port) &= ~bit;
		GPIO_PDR(port) |= bit;
		GPIO_IS(port) &= ~bit;
		GPIO_IBE(port) |= bit;
		GPIO_ICR(port) = bit;
		GPIO_IM(port) |= bit;
	}
	GPIO_DEN(port) |= bit;
}

/** Both edges of the inputs of one port: the time first, then what has changed, then the levels */
static void port_isr(unsigned index)
{
	const uint64_t now = board_now_us();
	const uint32_t port = ports[index], changed = GPIO_MIS(port);
	uint32_t data;
	unsigned pin;

	GPIO_ICR(port) = changed;
	data = GPIO_DATA(port, 0xffu);
	for (pin = LINK_PIN_BUTTON; pin < LINK_PIN_COUNT; ++pin) {
		if (board_map[pin] >> 4 == index && changed & bit_of(pin))
			ioboard_on_change(pin, (data & bit_of(pin)) != 0, now);
	}
}

void gpiod_isr(void)
{
	port_isr(3);
}

void gpioe_isr(void)
{
	port_isr(4);
}

/* --- start --- */

void board_init(void)
{
	unsigned pin;

	SC_RCGC1 |= 1u | 3u << 16;
	SC_RCGC2 |= 0x7f;
	clock_init();
	for (pin = 0; pin < LINK_PIN_COUNT; ++pin)
		pin_init(pin);
	serial_init();
	timers_init();
	NVIC_ISER(0) = 1u << IRQ_GPIOD | 1u << IRQ_GPIOE | 1u << IRQ_UART0 | 1u << IRQ_TIMER0A |
	               1u << IRQ_TIMER1A;
}
