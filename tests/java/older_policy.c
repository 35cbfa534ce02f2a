/*
 * A libpolicy from before almost all of its functions: what a jar meets that finds an old library.
 */
__attribute__((visibility("default"))) const char *policy_version(void);

const char *policy_version(void)
{
    return "0.1.0";
}
