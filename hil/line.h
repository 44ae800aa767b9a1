/**
 * @file line.h  Ways to a board: a serial line, TCP, a UNIX socket (HIL-01)
 */
#ifndef HIL_LINE_H
#define HIL_LINE_H

#include <stddef.h>

#define LINE_ADDRESS 256                /**< longest address, with its end */
#define LINE_BAUD 460800                /**< of a serial line, 8N1 */

int line_open(int *fdp, const char *address, char *err, size_t errsize);

#endif
