/**
 * @file hand.c  The person's hand at the panel: pointer and keys become actions (SIM-01)
 *
 * Knows no window system.  Points are in the picture's units, see view_hit().  Between two views
 * the hand remembers what it did itself, so that two quick clicks on a switch are on and off
 * again.
 */
#include <math.h>
#include "hand.h"

/** Tell the model what was done */
void hand_tell(struct hand *hand, enum view_act act, int index, int value)
{
	struct view *v = &hand->seen;

	switch (act) {
	case ACT_CONTACT:    v->contact = value; break;
	case ACT_MAINS:      v->mains = value; break;
	case ACT_POE:        v->poe = value; break;
	case ACT_LINK:       v->link = value; break;
	case ACT_HELP:       v->help = value; break;
	case ACT_DIP:        v->dip ^= 1u << index; break;
	case ACT_VOLUME:     v->volume = (unsigned)value; break;
	case ACT_MICROPHONE: v->microphone = (unsigned)value; break;
	default: break;
	}
	hand->h(&(struct view_action){ act, index, value }, hand->arg);
}

/* The level a click or a key changes to; 1 for what has no level */
static int other_level(const struct view *v, enum view_act act, int index)
{
	switch (act) {
	case ACT_CONTACT: return !v->contact;
	case ACT_MAINS:   return !v->mains;
	case ACT_POE:     return !v->poe;
	case ACT_LINK:    return !v->link;
	case ACT_HELP:    return !v->help;
	case ACT_DIP:     return !(v->dip >> index & 1);
	default:          return 1;
	}
}

/** Turn a switch over, or do what has no level (picture, restart, quit) */
void hand_change(struct hand *hand, enum view_act act, int index)
{
	hand_tell(hand, act, index, other_level(&hand->seen, act, index));
}

/** The call button goes down with its first holder and comes up with its last (HW-01) */
void hand_hold(struct hand *hand, unsigned who, bool down)
{
	unsigned held = down ? hand->held | who : hand->held & ~who;

	if (!held != !hand->held)
		hand_tell(hand, ACT_BUTTON, 0, held != 0);
	hand->held = held;
}

static void slide(struct hand *hand, enum view_act act, double fraction)
{
	unsigned percent = (unsigned)lround(100 * fraction);
	unsigned now = act == ACT_VOLUME ? hand->seen.volume : hand->seen.microphone;

	if (percent != now)
		hand_tell(hand, act, 0, (int)percent);
}

/** Louder or softer by `step` percent, within 0 to 100 */
void hand_volume(struct hand *hand, int step)
{
	double percent = (double)hand->seen.volume + step;

	slide(hand, ACT_VOLUME, fmin(1, fmax(0, percent / 100)));
}

/** The mouse's button goes down at a point: hold, grip or change what is there */
void hand_press(struct hand *hand, double x, double y)
{
	double fraction;
	int index;
	enum view_act act = view_hit(&hand->seen, x, y, &index, &fraction);

	if (act == ACT_BUTTON) {
		hand_hold(hand, HAND_MOUSE, true);
	} else if (act == ACT_VOLUME || act == ACT_MICROPHONE) {
		hand->drag = act;
		slide(hand, act, fraction);
	} else if (act != ACT_NONE) {
		hand_change(hand, act, index);
	}
}

/** The pointer moves; returns whether it is over something that answers */
bool hand_move(struct hand *hand, double x, double y)
{
	if (hand->drag != ACT_NONE) {
		slide(hand, hand->drag, view_fraction(hand->drag, x));
		return true;
	}
	return view_hit(&hand->seen, x, y, NULL, NULL) != ACT_NONE;
}

/** The mouse's button (or, with HAND_KEY, the key) comes up, or the window loses the hand */
void hand_let_go(struct hand *hand, unsigned who)
{
	if (who & HAND_MOUSE)
		hand->drag = ACT_NONE;
	hand_hold(hand, who, false);
}
