/*
 * A library that has the name of the native part and nothing of it.
 */
__attribute__((visibility("default"))) int nothing_of_ours(void);

int nothing_of_ours(void)
{
    return 0;
}
