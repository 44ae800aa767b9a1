/**
 * @file cmd.h  The sub-commands of `ipgap`, one function each; the table of them is in main.c
 *
 * argv[0] is the command's own name.  Each returns the program's exit status: 0 = done, 1 = it
 * failed, 2 = it was called wrongly.
 */
#ifndef SIM_CMD_H
#define SIM_CMD_H

#define CMD_OK 0
#define CMD_FAILED 1
#define CMD_USAGE 2

int cmd_run(int argc, char **argv);             /**< sim/run.c */
int cmd_test(int argc, char **argv);            /**< scenarios/runner/cmd_test.c */
int cmd_receiver(int argc, char **argv);        /**< receiver/cmd_receiver.c */
int cmd_board(int argc, char **argv);           /**< hil/cmd_board.c */
int cmd_crc(int argc, char **argv);             /**< sim/cmd_crc.c */
int cmd_settings(int argc, char **argv);        /**< sim/cmd_settings.c */
int cmd_contacts(int argc, char **argv);        /**< sim/cmd_contacts.c */
int cmd_events(int argc, char **argv);          /**< sim/cmd_events.c */
int cmd_kept(int argc, char **argv);            /**< sim/cmd_kept.c: events --kept */
int cmd_users(int argc, char **argv);           /**< sim/cmd_users.c */
int cmd_api(int argc, char **argv);             /**< sim/cmd_api.c */

/* quiet.c */
void cmd_quiet(void);

#endif
