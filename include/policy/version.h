/**
 * @file version.h
 * Which libpolicy this is: as compiled against, and as linked.
 *
 * The numbers here are the only place a version is written; the build reads them from this file.
 */
#ifndef POLICY_VERSION_H
#define POLICY_VERSION_H

#include "policy/common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The version of these headers. @since 1.0 */
#define POLICY_VERSION_MAJOR 1
#define POLICY_VERSION_MINOR 0
#define POLICY_VERSION_PATCH 0
#define POLICY_VERSION_TEXT  "1.0.0"

/** Version of the library that is linked, as "major.minor.patch". Static. Thread-safe. @since 1.0 */
POLICY_API const char *policy_version(void);

/** The same as one number, major * 1,000,000 + minor * 1,000 + patch, for comparisons. Thread-safe. @since 1.0 */
POLICY_API uint32_t policy_version_number(void);

/** Release of the Lua library that is linked and runs scripts, such as "Lua 5.4.4"; "Lua 5.4" for one that is newer than
 *  this library knows. Static. Thread-safe. @since 1.0 */
POLICY_API const char *policy_lua_release(void);

/** Folder where the packs that come with this build were to be installed; what a builder searches last. UTF-8.
 *  Static. Thread-safe. @since 1.0 */
POLICY_API const char *policy_rules_directory(void);

#ifdef __cplusplus
}
#endif
#endif
