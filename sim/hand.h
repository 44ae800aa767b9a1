/**
 * @file hand.h  The person's hand at the panel: pointer and keys become actions
 */
#ifndef SIM_HAND_H
#define SIM_HAND_H

#include "view.h"

#define HAND_MOUSE 1u                   /**< Who holds the call button, a mask */
#define HAND_KEY 2u

struct hand {
	struct view seen;               /**< last view shown, with what was done since */
	unsigned held;                  /**< who holds the button: HAND_MOUSE, HAND_KEY */
	enum view_act drag;             /**< slider being dragged, ACT_NONE = none */
	view_action_h *h;
	void *arg;
};

void hand_tell(struct hand *hand, enum view_act act, int index, int value);
void hand_change(struct hand *hand, enum view_act act, int index);
void hand_hold(struct hand *hand, unsigned who, bool down);
void hand_volume(struct hand *hand, int step);
void hand_press(struct hand *hand, double x, double y);
bool hand_move(struct hand *hand, double x, double y);
void hand_let_go(struct hand *hand, unsigned who);

#endif
