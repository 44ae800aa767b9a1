/**
 * @file bind.h  The address of a command's --bind option
 *
 * Shared by `ipgap run` and `ipgap receiver`: "127.0.0.1", "127.0.0.1:5070", "[fd77::1]:5070",
 * "fd77::1", ":5070" or "5070" (loopback).
 */
#ifndef SIM_BIND_H
#define SIM_BIND_H

#include <stddef.h>
#include <stdint.h>

struct sa;

int bind_parse(struct sa *sa, const char *text, uint16_t default_port, char *err, size_t errsize);

#endif
