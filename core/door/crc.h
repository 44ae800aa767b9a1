/**
 * @file crc.h  CRC-8 of any variant, bit by bit (SUP-21)
 *
 * The Rocksoft model: poly, init and xorout are written as for a register that shifts to the left,
 * whether or not the bits are reflected.  Plain C11, no allocation.
 */
#ifndef DOOR_CRC_H
#define DOOR_CRC_H

#include <stddef.h>
#include <stdint.h>
#include "settings.h"

uint8_t crc8_reflect(uint8_t byte);
uint8_t crc8_step(uint8_t reg, uint8_t poly, uint8_t byte);
uint8_t crc8(const struct crc_settings *crc, const uint8_t *data, size_t n);

#endif
