#ifndef SOFTWARE_OBJECT_H
#define SOFTWARE_OBJECT_H

/*
 * Objects 9 and 14: one software component, a text that the product shows, with a life of its own: delivered,
 * installed, activated, deactivated, uninstalled without a change of the firmware. Its package is text whose first
 * line is `name version`; it is shown and never run, so it carries no signature.
 */

void software_start(void);

#endif
