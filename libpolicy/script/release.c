/*
 * Which Lua runs the scripts: asked of the library that is linked, since its fixes arrive without a release of ours.
 */
#include <lua.h>
#include <string.h>

#include "policy/version.h"

extern const char lua_ident[]; /* liblua's own: "$LuaVersion: Lua 5.4.4  Copyright ..." */

#define IDENT_PREFIX "$LuaVersion: "

const char *policy_lua_release(void)
{
    static const struct {
        const char *text;
    } known[] = {{"Lua 5.4.0"}, {"Lua 5.4.1"}, {"Lua 5.4.2"}, {"Lua 5.4.3"}, {"Lua 5.4.4"},
                 {"Lua 5.4.5"}, {"Lua 5.4.6"}, {"Lua 5.4.7"}, {"Lua 5.4.8"}, {"Lua 5.4.9"}};
    const char *release = strstr(lua_ident, IDENT_PREFIX);
    for (size_t i = 0; release != NULL && i < sizeof known / sizeof *known; i++) {
        size_t size = strlen(known[i].text);
        char after = strncmp(release + strlen(IDENT_PREFIX), known[i].text, size) == 0
                         ? release[strlen(IDENT_PREFIX) + size]
                         : '0';
        if (after < '0' || after > '9')
            return known[i].text;
    }
    return LUA_VERSION; /* a release that this one does not know by name */
}
