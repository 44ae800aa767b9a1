/**
 * @file port.h  Everything the door phone asks of hardware
 *
 * One struct of operations and a context pointer per door; inputs come the other way as
 * struct gap_port_event, through gap_port_event() (core/gap.h).  What *drives* a panel from a test
 * (press, cut mains, turn a DIP switch) is the panel's back-door and is never part of the port.
 *
 * Requirements: HW-01 to HW-09.  Plain C11, no host library: firmware includes this file too.
 */
#ifndef GAP_PORT_H
#define GAP_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GAP_RELAYS 2                    /**< HW-03 */
#define GAP_NEVER UINT64_MAX            /**< A deadline that will not come */
#define GAP_AUDIO_RATE 8000             /**< Sample rate of the audio operations [Hz] */
#define GAP_FRAME 160                   /**< Samples of one 20 ms audio frame */

/** Colours a pictogram can show (HW-02) */
enum gap_colour {
	GAP_OFF,
	GAP_RED,
	GAP_GREEN,
	GAP_BLUE,
	GAP_YELLOW,
	GAP_WHITE,
	GAP_COLOURS
};

/** What one pictogram shows */
struct gap_light {
	enum gap_colour colour;
	bool blink;                     /**< 1 Hz, half on */
};

/** The three pictograms of the front (HW-02) */
enum gap_pictogram {
	GAP_PICTO_CALL,                 /**< bell: the door calls, or is called */
	GAP_PICTO_TALK,                 /**< speech: in communication, on hold */
	GAP_PICTO_DOOR,                 /**< key: a strike is energised */
	GAP_PICTOS
};

/** The four DIP switches, read at boot (HW-06); a bit mask, set = ON */
enum gap_dip {
	GAP_DIP_DHCP    = 1 << 0,
	GAP_DIP_SPEAK   = 1 << 1,
	GAP_DIP_ADDRESS = 1 << 2,
	GAP_DIP_FACTORY = 1 << 3,
};

/** Lines that come in from the board */
enum gap_input {
	GAP_IN_BUTTON,                  /**< call button, true = pressed (HW-01) */
	GAP_IN_CONTACT,                 /**< external input, true = contact closed or voltage present (HW-04) */
	GAP_IN_MAINS,                   /**< 24 V supply, true = healthy (HW-05) */
	GAP_IN_POE,                     /**< PoE+ supply, true = healthy (HW-05) */
	GAP_IN_LINK,                    /**< Ethernet link, true = up (HW-10) */
	GAP_INS
};

/** One edge of an input line */
struct gap_port_event {
	uint64_t t_us;                  /**< Time of the edge [us], port's clock */
	enum gap_input in;
	bool level;                     /**< New level, see enum gap_input */
};

/**
 * What the core asks of the hardware.  Every operation gets the port's context; those that can fail
 * return 0 or an errno.  None may call back into the core.
 */
struct gap_port_ops {
	/** The door's clock: microseconds, never going back, start arbitrary */
	uint64_t (*now_us)(void *ctx);

	/** Calendar time: microseconds since 1970-01-01 UTC */
	int64_t (*wall_us)(void *ctx);

	/** Energise (true) or release relay 0..GAP_RELAYS-1 (HW-03); for_us says how long it is to stay energised,
	    GAP_NEVER = until told otherwise.  The door releases it itself when that time is over; a port whose
	    clock is better than the door's (a board) may do so on its own, to the microsecond (REL-02) */
	int (*relay)(void *ctx, unsigned relay, bool on, uint64_t for_us);

	/** Show a light on a pictogram (HW-02) */
	int (*pictogram)(void *ctx, enum gap_pictogram picto, struct gap_light light);

	/** Read the DIP switches: mask of enum gap_dip (HW-06) */
	int (*dip)(void *ctx, unsigned *mask);

	/** Sound the end-of-boot beep (HW-09) */
	int (*beep)(void *ctx);

	/** Microphone: fill pcm[n], mono, GAP_AUDIO_RATE; NULL where the port has none (HW-07) */
	int (*audio_read)(void *ctx, int16_t *pcm, size_t n);

	/** Loudspeaker: play pcm[n], mono, GAP_AUDIO_RATE; NULL where the port has none (HW-07) */
	int (*audio_write)(void *ctx, const int16_t *pcm, size_t n);
};

#endif
