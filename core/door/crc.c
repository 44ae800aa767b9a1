/**
 * @file crc.c  CRC-8 of any variant, bit by bit (SUP-21)
 *
 * A frame has 17 bytes at most: a table would be larger than what it saves.
 */
#include "crc.h"

/** Turn a byte round: its lowest bit becomes the highest. */
uint8_t crc8_reflect(uint8_t byte)
{
	uint8_t out = 0;
	int i;

	for (i = 0; i < 8; ++i)
		out = (uint8_t)(out << 1 | (byte >> i & 1));
	return out;
}

/**
 * Take one byte into the register, highest bit first.
 *
 * @param reg  Register
 * @param poly Polynomial without x^8
 * @param byte Byte
 *
 * @return Register
 */
uint8_t crc8_step(uint8_t reg, uint8_t poly, uint8_t byte)
{
	int i;

	reg ^= byte;
	for (i = 0; i < 8; ++i)
		reg = (uint8_t)(reg & 0x80 ? reg << 1 ^ poly : reg << 1);
	return reg;
}

/**
 * CRC-8 of some bytes.
 *
 * @param crc  Variant: poly, init, xorout, refin, refout
 * @param data Bytes
 * @param n    Number of bytes
 *
 * @return CRC
 */
uint8_t crc8(const struct crc_settings *crc, const uint8_t *data, size_t n)
{
	uint8_t reg = (uint8_t)crc->init;
	size_t i;

	for (i = 0; i < n; ++i)
		reg = crc8_step(reg, (uint8_t)crc->poly,
				crc->refin ? crc8_reflect(data[i]) : data[i]);
	if (crc->refout)
		reg = crc8_reflect(reg);
	return (uint8_t)(reg ^ crc->xorout);
}
