/**
 * @file board.h  What the firmware asks of a board's folder, and what it is told by it (HIL-01)
 *
 * A port to another microcontroller is one folder that implements the first half.  The second half
 * is called by its interrupt handlers, all of one priority: none interrupts another.
 */
#ifndef IOBOARD_BOARD_H
#define IOBOARD_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../hil/link.h"

#define BOARD_ABSENT 255                /**< in board_map: the board has no such pin */
#define BOARD_NEVER UINT64_MAX

/* --- implemented by the board --- */

extern const char board_name[LINK_BOARD_ID];
extern const uint8_t board_map[LINK_PIN_COUNT];         /**< port * 16 + bit, or BOARD_ABSENT */
extern const uint32_t board_tick_ns;                    /**< resolution of board_now_us() [ns] */
extern const uint8_t board_clock;                       /**< enum link_clock */

void board_init(void);
uint8_t board_cause(void);              /**< enum link_cause: why the firmware has started */
uint64_t board_now_us(void);            /**< time since start [us], never going back */
bool board_in(unsigned pin);            /**< level of an input, or of an output as read back */
void board_out(unsigned pin, bool level);
void board_timer_at(uint64_t at_us); /**< call ioboard_on_timer() then; BOARD_NEVER = not at all */
size_t board_send_room(void);           /**< bytes board_send() takes */
void board_send(const uint8_t *data, size_t n);
bool board_receive(uint8_t *byte);      /**< false = nothing has come */
uint32_t board_receive_lost(void);      /**< times bytes were lost since start */
void board_wait(void);                  /**< sleep until an interrupt, unless a byte waits */
uint32_t board_lock(void);              /**< interrupts off; returns what board_unlock() wants */
void board_unlock(uint32_t was);
uint32_t board_stack_free(void);        /**< bytes of stack never used */

/* --- called by the board's interrupts --- */

void ioboard_on_change(unsigned pin, bool level, uint64_t at_us);
void ioboard_on_timer(void);
void ioboard_on_tick(void);             /**< every millisecond */

#endif
