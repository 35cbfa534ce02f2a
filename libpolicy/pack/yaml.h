/*
 * YAML as packs use it, from text to a tree of nodes with places.
 */
#ifndef POLICY_PACK_YAML_H
#define POLICY_PACK_YAML_H

#include "pack/loader.h"

#define YAML_DEPTH_MAX   64
#define YAML_SCALAR_MAX  (1024u * 1024u)
#define YAML_NODES_MAX   262144u
#define YAML_ANCHORS_MAX 100
#define YAML_ALIASES_MAX 100
#define YAML_REPEAT_MAX  1000 /* nodes that all aliases together may repeat */

/* Read one document. NULL after reporting what is wrong; only the first error of a file's YAML is found, since nothing
 * after it can be trusted. `file` is the name in messages. */
const node *yaml_read(loader *l, str file, str text);

#endif
