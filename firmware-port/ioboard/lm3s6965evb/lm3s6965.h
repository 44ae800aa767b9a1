/**
 * @file lm3s6965.h  What the files of this board's folder know of each other
 */
#ifndef LM3S6965_H
#define LM3S6965_H

void serial_init(void);
void reset_isr(void);
void fault_isr(void);
void timer0_isr(void);
void timer1_isr(void);
void gpiod_isr(void);
void gpioe_isr(void);
void uart0_isr(void);
int  main(void);

#endif
