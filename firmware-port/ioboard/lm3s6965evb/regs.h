/**
 * @file regs.h  Registers of the LM3S6965 the firmware uses (data sheet)
 */
#ifndef LM3S6965_REGS_H
#define LM3S6965_REGS_H

#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(uintptr_t)(address))

/* Cortex-M3 */
#define SYST_CSR        REG(0xe000e010)
#define SYST_RVR        REG(0xe000e014)
#define SYST_CVR        REG(0xe000e018)
#define NVIC_ISER(n)    REG(0xe000e100 + 4 * (n))
#define SCB_AIRCR       REG(0xe000ed0c)

/* System control */
#define SC_RIS          REG(0x400fe050)
#define SC_RCC          REG(0x400fe060)
#define SC_RCGC1        REG(0x400fe104)
#define SC_RCGC2        REG(0x400fe108)

/* PL061 ports */
#define GPIO_DATA(port, mask)   REG((port) + ((mask) << 2))
#define GPIO_DIR(port)          REG((port) + 0x400)
#define GPIO_IS(port)           REG((port) + 0x404)
#define GPIO_IBE(port)          REG((port) + 0x408)
#define GPIO_IM(port)           REG((port) + 0x410)
#define GPIO_MIS(port)          REG((port) + 0x418)
#define GPIO_ICR(port)          REG((port) + 0x41c)
#define GPIO_AFSEL(port)        REG((port) + 0x420)
#define GPIO_PDR(port)          REG((port) + 0x514)
#define GPIO_DEN(port)          REG((port) + 0x51c)

/* PL011 */
#define UART_DR         REG(0x4000c000)
#define UART_FR         REG(0x4000c018)
#define UART_IBRD       REG(0x4000c024)
#define UART_FBRD       REG(0x4000c028)
#define UART_LCRH       REG(0x4000c02c)
#define UART_CR         REG(0x4000c030)
#define UART_IFLS       REG(0x4000c034)
#define UART_IM         REG(0x4000c038)
#define UART_MIS        REG(0x4000c040)
#define UART_ICR        REG(0x4000c044)
#define UART_FR_RXFE    0x10u
#define UART_FR_TXFF    0x20u
#define UART_RX         0x10u
#define UART_TX         0x20u
#define UART_RX_TIMEOUT 0x40u
#define UART_OVERRUN    0x400u

/* General-purpose timers */
#define TIMER0          0x40030000u
#define TIMER1          0x40031000u
#define TIMER_CFG(t)    REG((t) + 0x00)
#define TIMER_TAMR(t)   REG((t) + 0x04)
#define TIMER_CTL(t)    REG((t) + 0x0c)
#define TIMER_IMR(t)    REG((t) + 0x18)
#define TIMER_ICR(t)    REG((t) + 0x24)
#define TIMER_TAILR(t)  REG((t) + 0x28)

/* Interrupt numbers */
#define IRQ_GPIOA 0
#define IRQ_GPIOD 3
#define IRQ_GPIOE 4
#define IRQ_UART0 5
#define IRQ_TIMER0A 19
#define IRQ_TIMER1A 21

#endif
