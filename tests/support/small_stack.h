/*
 * Work on a thread with the small stack that the library promises to get by with: 256 KB.
 */
#ifndef TESTS_SUPPORT_SMALL_STACK_H
#define TESTS_SUPPORT_SMALL_STACK_H

/* Run to its end; fails the test when there is no such thread. */
void small_stack_run(void *(*work)(void *), void *context);

#endif
