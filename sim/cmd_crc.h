/**
 * @file cmd_crc.h  `ipgap crc`: computes, checks and finds the checksum of alarm frames (SUP-21)
 */
#ifndef SIM_CMD_CRC_H
#define SIM_CMD_CRC_H

int cmd_crc(int argc, char **argv);

#endif
