/**
 * @file builder.h
 * From packs and scripts to an engine.
 *
 * A builder collects where packs may be found and which to load, then builds an immutable engine. It reports every error
 * of one run. One thread at a time. The library reads no environment variables.
 */
#ifndef POLICY_BUILDER_H
#define POLICY_BUILDER_H

#include "policy/engine.h"
#include "policy/error.h"
#include "policy/options.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct policy_builder policy_builder;

/**
 * Make a builder.
 *
 * @param options  Copied; NULL for defaults.
 * @param out      Receives a builder the caller owns; NULL on failure.
 * @return POLICY_OK, POLICY_E_ARGUMENT or POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_builder_new(const policy_options *options, policy_builder **out, policy_error **err);

/** Free; NULL is fine. Engines built from it live on. @since 1.0 */
POLICY_API void policy_builder_free(policy_builder *builder);

/** Look for packs in a directory, after those added before and before the installed ones. Path copied. @since 1.0 */
POLICY_API policy_status policy_builder_add_directory(policy_builder *builder, const char *path, policy_error **err);

/** Offer a file from memory: `path` as a pack would name it, such as "my-pack/pack.yaml" or "schema/school.yaml".
 *  Memory comes before directories. Path and bytes copied. @since 1.0 */
POLICY_API policy_status policy_builder_add_memory(policy_builder *builder, const char *path, const char *data,
                                                   size_t size, policy_error **err);

/** Asked for a file of a pack that is found nowhere else. Returns POLICY_OK and sets *data, *size (borrowed until the next
 *  call) or POLICY_E_NOT_FOUND. Called on the thread that builds. @since 1.0 */
typedef policy_status (*policy_resolver)(void *context, const char *path, const char **data, size_t *size);
POLICY_API policy_status policy_builder_set_resolver(policy_builder *builder, policy_resolver resolver, void *context,
                                                     policy_error **err);

/** Load a pack by name ("huancui-2021"), a pack folder or file by path, or a Lua script by path (*.lua). Bases that a pack
 *  extends are found by themselves. Several calls stack: a later pack is an overlay or stands beside. Copied. @since 1.0 */
POLICY_API policy_status policy_builder_load(policy_builder *builder, const char *name_or_path, policy_error **err);

/** Load one pack file or script from memory; `file` is its name in messages and tells YAML from Lua. @since 1.0 */
POLICY_API policy_status policy_builder_load_memory(policy_builder *builder, const char *file, const char *data,
                                                    size_t size, policy_error **err);

/** Set a parameter, through the same gate as an overlay. `value` is YAML flow text: 45, {primary: 45}, [周考, 周测]. @since 1.0 */
POLICY_API policy_status policy_builder_set_param(policy_builder *builder, const char *name, const char *value,
                                                  policy_error **err);

/**
 * Check everything and build.
 *
 * @param out  Receives an engine with one reference that the caller owns; NULL on failure.
 * @param err  Receives all errors of the run, chained in order of place.
 * @return POLICY_OK, or the status of the first error. The builder can be used again after either.
 * @since 1.0
 */
POLICY_API policy_status policy_builder_build(policy_builder *builder, policy_engine **out, policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
