/**
 * @file serial.c  UART 0 (PL011) at 460,800 baud, 8N1: the link's line (HIL-01)
 *
 * Rings of powers of two; the interrupt fills the one and empties the other.
 */
#include "../board.h"
#include "lm3s6965.h"
#include "regs.h"

#define RX_ROOM 256u
#define TX_ROOM 1024u

static uint8_t rx[RX_ROOM], tx[TX_ROOM];
static volatile uint32_t rx_in, rx_out, tx_in, tx_out, rx_lost;

void serial_init(void)
{
	/* pins A0 and A1 to the UART; 20 MHz / 16 / 460800 = 2 + 46/64 */
	GPIO_AFSEL(0x40004000) |= 3;
	GPIO_DEN(0x40004000) |= 3;
	UART_CR = 0;
	UART_IBRD = 2;
	UART_FBRD = 46;
	UART_LCRH = 0x70;
	UART_IFLS = 0;
	UART_IM = UART_RX | UART_RX_TIMEOUT | UART_TX | UART_OVERRUN;
	UART_CR = 0x301;
}

static void feed(void)
{
	while (tx_out != tx_in && !(UART_FR & UART_FR_TXFF))
		UART_DR = tx[tx_out++ % TX_ROOM];
}

static void fetch(void)
{
	uint32_t data;

	while (!(UART_FR & UART_FR_RXFE)) {
		data = UART_DR;
		if (rx_in - rx_out == RX_ROOM)
			++rx_lost;
		else
			rx[rx_in++ % RX_ROOM] = (uint8_t)data;
	}
}

void uart0_isr(void)
{
	const uint32_t why = UART_MIS;

	UART_ICR = why;
	if (why & UART_OVERRUN)
		++rx_lost;
	fetch();
	feed();
}

size_t board_send_room(void)
{
	return TX_ROOM - (tx_in - tx_out);
}

void board_send(const uint8_t *data, size_t n)
{
	const uint32_t was = board_lock();
	size_t i;

	for (i = 0; i < n; ++i)
		tx[tx_in++ % TX_ROOM] = data[i];
	feed();
	board_unlock(was);
}

bool board_receive(uint8_t *byte)
{
	if (rx_in == rx_out)
		return false;
	*byte = rx[rx_out % RX_ROOM];
	++rx_out;
	return true;
}

uint32_t board_receive_lost(void)
{
	return rx_lost;
}

void board_wait(void)
{
	const uint32_t was = board_lock();

	if (rx_in == rx_out)
		__asm volatile ("wfi");
	board_unlock(was);
}
