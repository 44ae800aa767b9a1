/**
 * @file cmd_settings.h  `ipgap settings`: the settings table for people, programs and the manual
 */
#ifndef SIM_CMD_SETTINGS_H
#define SIM_CMD_SETTINGS_H

#include <stdbool.h>

int cmd_settings(int argc, char **argv);

/* settings_file.c */
bool settings_file_verb(const char *word);
int settings_file(int argc, char **argv);

#endif
