/**
 * @file canvas.h  The picture as pixels, for a window that knows nothing of cairo
 *
 * Pixels are 32 bits, native byte order, alpha in the top byte, rows of `stride` bytes.
 */
#ifndef SIM_CANVAS_H
#define SIM_CANVAS_H

#include "view.h"

struct canvas;
int canvas_open(struct canvas **cp, int width, int height);
int canvas_draw(struct canvas *c, const struct view *v);
void *canvas_pixels(const struct canvas *c, int *stride);
int canvas_icon(struct canvas *c, const struct view *v);
void canvas_close(struct canvas *c);
void view_key(struct view *key, const struct view *v);

#endif
