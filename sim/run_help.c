/**
 * @file run_help.c  `ipgap run --help`
 */
#include <stdio.h>
#include "run.h"

static const char before[] =
"NAME\n"
"  ipgap run - a virtual door phone with its panel\n"
"\n"
"SYNOPSIS\n"
"  ipgap run [--headless] [--bind ADDR[:PORT]] [--data DIR] [--set KEY=VALUE]...\n"
"            [--http [ADDR:]PORT|off] [--https [ADDR:]PORT|off]\n"
"            [--audio portaudio|file:IN.wav,OUT.wav|none] [--json] [--shot FILE.png]\n"
"            [--rig sim|board:qemu|board:ADDRESS[,driver=ADDRESS]] [--voices DIR] [--pages DIR]\n"
"\n"
"DESCRIPTION\n"
"  Starts one door phone in real time. It answers SIP on the loopback address, shows its\n"
"  panel in a window, and takes the lines below from standard input, with a window or\n"
"  without. Its settings and events are kept in a directory; what was acknowledged survives\n"
"  a kill or a power cut.\n"
"\n"
"OPTIONS\n"
"  --headless       No window; the same door. Without a display this happens by itself.\n"
"  --bind ADDR[:PORT]\n"
"                   Address to answer SIP on; an IPv6 address with a port stands in brackets:\n"
"                   [::1]:5070. Default 127.0.0.1. Without a port, or with port 0, the port\n"
"                   is the setting sip.port. Any other machine reaches the door only after\n"
"                   --bind with an address of the network.\n"
"  --http [ADDR:]PORT|off, --https [ADDR:]PORT|off\n"
"                   Where the web server listens; off = not at all. Default: the address of\n"
"                   --bind, ports 8080 and 8443, and only a warning where they are taken.\n"
"                   Port 0 is any free one. See docs/api.md.\n"
"  --data DIR       Where settings and events are kept, made if missing. One door at a time.\n"
"                   Default $XDG_STATE_HOME/ipgap, else ~/.local/state/ipgap.\n"
"  --set KEY=VALUE  Store a setting before the start, as the line `set` does; may be repeated.\n"
"                   `ipgap settings` lists the keys, their ranges and defaults.\n"
"  --audio portaudio\n"
"                   Sound by the computer's sound card. The default, where there is one.\n"
"  --audio file:IN.wav,OUT.wav\n"
"                   The microphone hears IN.wav (16-bit PCM, 8, 16 or 48 kHz, mono or stereo)\n"
"                   from its start in each call, then silence. The loudspeaker's sound goes to\n"
"                   OUT.wav (8 kHz, mono). Either may be left out: file:,OUT.wav\n"
"  --audio none     No sound; calls run all the same.\n"
"  --rig RIG        Where the panel is. sim is the simulated one, the default; board:/dev/ttyACM0,\n"
"                   board:tcp:HOST:PORT or board:unix:PATH is an input/output board, whose live\n"
"                   panel the window shows; board:qemu is its firmware in an emulator.\n"
"                   A real board's button is pressed by hand, or, with ,driver=ADDRESS, by a\n"
"                   second board wired to it. See docs/boards.md.\n"
"  --voices DIR     Voice messages of your own in the place of the built-in ones:\n"
"                   DIR/LANGUAGE/NAME.wav, mono, 8000 or 16000 Hz, e.g. DIR/fr/door_open.wav.\n"
"                   Default: the directory voices below --data, where there is one.\n"
"  --pages DIR      Serve the web pages from a directory, for who works on them (web/pages).\n"
"  --json           Answers and events as one JSON object a line.\n"
"  --shot FILE.png  Save a picture of the door after its boot. With --headless and no standard\n"
"                   input: that is all, then end.\n"
"  --help           This text.\n"
"\n"
"LINES\n"
"  The last line of an answer begins with `ok` or `error:`; with --json each answer is one\n"
"  object with \"ok\": true or false. Lines have at most 1000 bytes; # begins a remark.\n"
"\n";

static const char after[] =
"\n"
"  Events are printed as they happen, once they are stored: local time, name, fields.\n"
"\n"
"END\n"
"  `quit`, SIGINT, SIGTERM, SIGHUP, closing the window, or, without a window, the end of\n"
"  standard input: the door hangs up and releases its relays. To keep a headless door\n"
"  running in the background: sleep infinity | ipgap run --headless\n"
"\n"
"EXIT STATUS\n"
"  0 ended as asked; 1 it could not run (port taken, data directory in use ...); 2 called\n"
"  wrongly.\n"
"\n"
"ENVIRONMENT\n"
"  DISPLAY, WAYLAND_DISPLAY  where the window goes\n"
"  NO_COLOR                  set: no colours, also on a terminal\n"
"  XDG_STATE_HOME, HOME      see --data\n"
"  IPGAP_FIRMWARE            firmware for --rig board:qemu\n"
"  TZ                        local time of what is printed\n"
"\n"
"FILES\n"
"  DIR/ipgap.sqlite          settings and events (mode 0600)\n"
"  DIR/https.pem             certificate and key of HTTPS, made at the first start\n"
"\n"
"EXAMPLES\n"
"  ipgap run\n"
"  ipgap run --set button.day=sip:127.0.0.1:5070       the button calls a phone on port 5070\n"
"  (echo press; sleep 30) | ipgap run --headless       press once, stay 30 s\n"
"  ipgap run --headless --shot door.png </dev/null     a picture without a display\n"
"  ipgap run --bind 192.168.0.20                       a door for the local network\n"
"  ipgap run --rig board:/dev/ttyACM0                  a door on a real board\n"
"\n"
"SEE ALSO\n"
"  ipgap settings --help, ipgap receiver --help, ipgap test --help\n";

/** Print the help to standard output */
void run_usage(void)
{
	const struct line_help *h;
	unsigned i;

	(void)fputs(before, stdout);
	for (i = 0; (h = line_help(i)); i++)
		(void)printf("  %-16s %s\n", h->usage, h->help);
	(void)fputs(after, stdout);
}
