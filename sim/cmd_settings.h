/**
 * @file cmd_settings.h  `ipgap settings`: the settings table for people, programs and the manual
 */
#ifndef SIM_CMD_SETTINGS_H
#define SIM_CMD_SETTINGS_H

int cmd_settings(int argc, char **argv);

#endif
