/*
 * The checker's part on names: variables, selections, calls and their overloads.
 *
 * `a.b.c` may be a variable of that dotted name, or a field of the variable `a.b`, or of `a`: the longest declared name
 * wins, in the innermost namespace of the container first. Loop variables hide all of these.
 */
#include "expr/check.h"

#include "expr/env_model.h"

enum { TREE_TRIED = 128 }; /* SELECT: part of a chain whose longer names were looked up already */

const scope *check_local(const checker *c, str name)
{
    for (const scope *s = c->scopes; s; s = s->outer) {
        if (str_equal(s->name, name)) {
            return s;
        }
    }
    return NULL;
}

/* ---- names in namespaces ---- */

static const struct {
    str name;
    const type *type;
} type_names[] = {{STR_INIT("bool"), &type_bool},
                  {STR_INIT("int"), &type_int},
                  {STR_INIT("uint"), &type_uint},
                  {STR_INIT("double"), &type_double},
                  {STR_INIT("string"), &type_string},
                  {STR_INIT("bytes"), &type_bytes},
                  {STR_INIT("list"), &type_list_dyn},
                  {STR_INIT("map"), &type_map_a_b},
                  {STR_INIT("null_type"), &type_null},
                  {STR_INIT("type"), &type_type},
                  {STR_INIT("date"), &type_date},
                  {STR_INIT("google.protobuf.Timestamp"), &type_timestamp},
                  {STR_INIT("google.protobuf.Duration"), &type_duration}};

static const type *type_named(str name)
{
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++) {
        if (str_equal(type_names[i].name, name)) {
            return type_names[i].type;
        }
    }
    return NULL;
}

/* Each name that `name` may mean, innermost namespace first: container a.b gives a.b.name, a.name, name. *state starts
 * at SIZE_MAX; false at the end. */
static bool next_candidate(checker *c, str name, bool absolute, size_t *state, str *out)
{
    str container = absolute ? STR("") : env_container(c->env);
    if (*state == 0) {
        return false;
    }
    size_t size = *state == SIZE_MAX ? container.size : *state - 1;
    if (*state != SIZE_MAX) {
        while (size > 0 && container.data[size - 1] != '.') {
            size--;
        }
        size = size ? size - 1 : 0;
    }
    if (size == 0) {
        *state = 0;
        *out = name;
        return true;
    }
    *state = size + 1;
    str parts[] = {{container.data, size}, STR("."), name};
    *out = arena_join(c->work, parts, 3);
    if (!out->data) {
        c->nomem = true;
        return false;
    }
    return true;
}

static const type *named_type(checker *c, const type *of)
{
    if (c->unchecked) {
        return &type_dyn;
    }
    type *t = arena_new(c->work, sizeof *t);
    if (!t) {
        c->nomem = true;
        return &type_error;
    }
    t->kind = TYPE_TYPE;
    t->parameters[0] = of->kind == TYPE_MAP ? type_map(c->work, &type_dyn, &type_dyn) : of;
    return t;
}

/* Make `t` the variable, constant or type called `name`; false when there is none. */
static bool resolve(checker *c, tree *t, str name, bool absolute)
{
    size_t state = SIZE_MAX;
    str candidate;
    while (next_candidate(c, name, absolute, &state, &candidate)) {
        const env_variable *v = env_find_variable(c->env, candidate);
        const type *of = v ? NULL : type_named(candidate);
        if (!v && !of) {
            continue;
        }
        t->kind = TREE_NAME;
        t->name = candidate;
        t->count = 0;
        if (v) {
            t->variable = v;
            t->type = c->unchecked ? &type_dyn : v->type;
        } else {
            t->type = named_type(c, of);
        }
        if (of || v->slot < 0) {
            t->flags |= TREE_FOLDED | TREE_BORROWED;
            t->constant = v ? v->held : (value){.kind = VALUE_TYPE, .as.type = of};
        }
        return true;
    }
    return false;
}

/* ---- did you mean ---- */

static str nearest_name(checker *c, str wrong, bool functions)
{
    size_t locals = 0, count = 0;
    for (const scope *s = c->scopes; s; s = s->outer) {
        locals++;
    }
    str *names = arena_array(c->work, env_name_count(c->env) + locals + 1, sizeof *names);
    if (!names) {
        return str_none;
    }
    env_names(c->env, names, functions, &count);
    for (const scope *s = functions ? NULL : c->scopes; s; s = s->outer) {
        names[count++] = s->name;
    }
    return str_nearest(wrong, names, count);
}

static const type *unknown_name(checker *c, tree *t, str name)
{
    if (c->unchecked) {
        return check_defer(c, t, MESSAGE_EXPR_RUN_NAME, name, str_none);
    }
    str nearest = nearest_name(c, name, false);
    bool function = !nearest.data && (env_find_functions(c->env, name) || library_has(name));
    return check_report(c, t->begin,
                        &(error_spec){.status = POLICY_E_NAME,
                                      .message = function ? MESSAGE_EXPR_FUNCTION_NAME : MESSAGE_EXPR_UNKNOWN_NAME,
                                      .arguments = {name},
                                      .nearest = nearest});
}

const type *check_name(checker *c, tree *t)
{
    bool absolute = (t->flags & TREE_ABSOLUTE) != 0;
    const scope *local = absolute ? NULL : check_local(c, t->name);
    if (local) {
        t->binder = local->binder;
        t->operation = local->which;
        return local->type;
    }
    if (resolve(c, t, t->name, absolute)) {
        return t->type;
    }
    return c->nomem ? &type_error : unknown_name(c, t, t->name);
}

/* ---- selections ---- */

/* The name at the bottom of a.b.c, or NULL when it is not made of names only. */
static tree *chain_head(tree *t)
{
    while (t->kind == TREE_SELECT) {
        t = t->children[0];
    }
    return t->kind == TREE_NAME && !t->type ? t : NULL;
}

/* The whole dotted text of a chain, in the work arena. */
static str chain_text(checker *c, tree *t)
{
    size_t size = 0;
    for (tree *n = t;; n = n->children[0]) {
        size += n->name.size + 1;
        if (n->kind == TREE_NAME) {
            break;
        }
    }
    char *text = arena_new(c->work, size);
    if (!text) {
        c->nomem = true;
        return str_none;
    }
    size_t at = size - 1;
    for (tree *n = t;; n = n->children[0]) {
        at -= n->name.size;
        memcpy(text + at, n->name.data, n->name.size);
        if (n->kind == TREE_NAME) {
            return (str){text, size - 1};
        }
        text[--at] = '.';
    }
}

/* has(params.minutes): the selection turned out to be a name. */
static bool has_of_name(checker *c, tree *t)
{
    tree *name = arena_new(c->work, sizeof *name);
    tree **children = arena_array(c->work, 1, sizeof(tree *));
    if (!name || !children) {
        c->nomem = true;
        return false;
    }
    *name = *t;
    name->flags = (uint16_t)(name->flags & ~TREE_TEST);
    children[0] = name;
    t->kind = TREE_HAS;
    t->flags = 0;
    t->children = children;
    t->count = 1;
    t->variable = NULL;
    t->type = &type_bool;
    return true;
}

/* Find the longest declared name in the chain that ends in `t`; true when that is the whole of it. */
static bool resolve_chain(checker *c, tree *t, tree *head)
{
    bool absolute = (head->flags & TREE_ABSOLUTE) != 0;
    str text = chain_text(c, t);
    for (tree *n = t; text.data && n->kind == TREE_SELECT; n = n->children[0]) {
        str last = n->name;
        bool test = (n->flags & TREE_TEST) != 0;
        if (resolve(c, n, text, absolute)) {
            if (test) {
                has_of_name(c, n);
            }
            return n == t;
        }
        n->flags |= TREE_TRIED;
        text.size -= last.size + 1;
    }
    return false;
}

const type *check_select(checker *c, tree *t)
{
    if (!(t->flags & TREE_TRIED)) {
        tree *head = chain_head(t);
        if (head && ((head->flags & TREE_ABSOLUTE) || !check_local(c, head->name)) && resolve_chain(c, t, head)) {
            return t->type;
        }
    }
    if (c->nomem) {
        return &type_error;
    }
    const type *of = unify_follow(c, check(c, t->children[0]));
    if (of->kind == TYPE_ERROR) {
        return &type_error;
    }
    const type *held = &type_dyn;
    if (of->kind == TYPE_MAP && unify_fits(c, of->parameters[0], &type_string)) {
        held = of->parameters[1];
    } else if (!type_is_open(of)) {
        return check_report(c, t->offset,
                            &(error_spec){.status = POLICY_E_TYPE,
                                          .message = MESSAGE_EXPR_NO_FIELD,
                                          .arguments = {check_type_text(c, of), t->name}});
    }
    return !(t->flags & TREE_TEST) ? held : c->unchecked ? &type_dyn : &type_bool;
}

/* ---- calls ---- */

/* One overload, from wherever it is. */
typedef struct signature {
    tree_candidate candidate;
    const type *result;
    const type *const *parameters;
    size_t count;
    bool member, variadic;
} signature;

static signature of_library(const overload *o)
{
    return (signature){{o, NULL},
                       o->result,
                       o->parameters,
                       o->count,
                       (o->flags & OVERLOAD_MEMBER) != 0,
                       (o->flags & OVERLOAD_VARIADIC) != 0};
}

static signature of_env(const env_overload *o)
{
    return (signature){{NULL, o}, o->result, o->parameters, o->count, o->member, false};
}

/* Where the walk over the overloads of one name stands. */
typedef struct walk {
    const env_overload *own;
    size_t at;
    bool started;
} walk;

static bool next_overload(const checker *c, str name, walk *w, signature *out)
{
    if (!w->started) {
        w->own = env_find_functions(c->env, name);
        w->started = true;
    }
    if (w->own) {
        *out = of_env(w->own);
        w->own = w->own->next;
        return true;
    }
    const overload *o = library_next(name, &w->at);
    if (o) {
        *out = of_library(o);
    }
    return o != NULL;
}

static bool exists(const checker *c, str name, bool member)
{
    walk w = {0};
    signature s;
    while (next_overload(c, name, &w, &s)) {
        if (s.member == member) {
            return true;
        }
    }
    return false;
}

/* The function's full name in its namespace, or str_none. */
static str find_function(checker *c, str name, bool absolute)
{
    size_t state = SIZE_MAX;
    str candidate;
    while (next_candidate(c, name, absolute, &state, &candidate)) {
        if (exists(c, candidate, false)) {
            return candidate;
        }
    }
    return str_none;
}

/* math.ceil(x) is parsed as a call on `math`: if there is a function of the whole name, drop the target. */
static void unqualify(checker *c, tree *t)
{
    tree *head = chain_head(t->children[0]);
    if (!head || (!(head->flags & TREE_ABSOLUTE) && check_local(c, head->name))) {
        return;
    }
    str target = chain_text(c, t->children[0]);
    str parts[] = {target, STR("."), t->name};
    str name = target.data ? arena_join(c->work, parts, 3) : str_none;
    str found = name.data ? find_function(c, name, (head->flags & TREE_ABSOLUTE) != 0) : str_none;
    if (found.data) {
        t->name = found;
        t->children++;
        t->count--;
        t->flags = (uint16_t)(t->flags & ~TREE_MEMBER);
    }
}

static const type *parameter(const signature *s, size_t i)
{
    return s->parameters[i < s->count ? i : s->count - 1];
}

static bool takes_count(const signature *s, size_t count)
{
    return count == s->count || (s->variadic && count > s->count);
}

/* Do the arguments fit? On true the variables stay bound and *result is closed as far as it is known. */
static bool matches(checker *c, const tree *t, const signature *s, const type **result)
{
    unify_instance in = {0};
    for (size_t i = 0; i < t->count; i++) {
        if (!unify_fits(c, unify_instantiate(c, &in, parameter(s, i)), t->children[i]->type)) {
            return false;
        }
    }
    *result = unify_resolve(c, unify_instantiate(c, &in, s->result), false);
    return true;
}

static bool any_open(const checker *c, const tree *t)
{
    for (size_t i = 0; i < t->count; i++) {
        if (type_is_open(unify_follow(c, t->children[i]->type))) {
            return true;
        }
    }
    return false;
}

static str argument_types(checker *c, const tree *t, const signature *s)
{
    buffer b;
    buffer_init(&b, c->allocator, 2000);
    size_t count = s ? s->count : t->count;
    for (size_t i = s && s->member ? 1 : (t->flags & TREE_MEMBER) && !s ? 1 : 0; i < count; i++) {
        buffer_put_c(&b, b.size ? ", " : "");
        /* The variables of a signature are its own, not the checker's. */
        type_write(&b, s ? s->parameters[i] : unify_resolve(c, t->children[i]->type, false));
    }
    buffer_put_c(&b, s && s->variadic ? ", ..." : "");
    str text = arena_text(c->work, buffer_text(&b));
    buffer_free(&b);
    return text.data ? text : STR("...");
}

/* "(string), (list(A))": what the overloads of that name take; at most six. */
static str overload_list(checker *c, const tree *t, str name, bool member)
{
    buffer b;
    buffer_init(&b, c->allocator, 2000);
    walk w = {0};
    signature s;
    size_t n = 0;
    while (next_overload(c, name, &w, &s)) {
        if (s.member != member || n == 6) {
            continue;
        }
        buffer_put_c(&b, n++ ? ", " : "");
        if (member) {
            type_write(&b, s.parameters[0]);
            buffer_put_c(&b, ".");
        }
        buffer_put_char(&b, '(');
        buffer_put(&b, s.count ? argument_types(c, t, &s) : STR(""));
        buffer_put_char(&b, ')');
    }
    str text = arena_text(c->work, buffer_text(&b));
    buffer_free(&b);
    return text.data ? text : STR("...");
}

static const type *no_overload(checker *c, tree *t)
{
    bool member = (t->flags & TREE_MEMBER) != 0;
    str types = argument_types(c, t, NULL);
    if (c->unchecked) {
        return check_defer(c, t, MESSAGE_EXPR_RUN_OVERLOAD, t->name, types);
    }
    if (!exists(c, t->name, member) && !exists(c, t->name, !member)) {
        return check_report(c, t->offset,
                            &(error_spec){.status = POLICY_E_NAME,
                                          .message = MESSAGE_EXPR_UNKNOWN_FUNCTION,
                                          .arguments = {t->name},
                                          .nearest = nearest_name(c, t->name, true)});
    }
    bool listed = exists(c, t->name, member) ? member : !member;
    if (member) {
        str parts[] = {check_type_text(c, t->children[0]->type), STR("."), t->name};
        str joined = arena_join(c->work, parts, 3);
        return check_report(
            c, t->offset,
            &(error_spec){.status = POLICY_E_TYPE,
                          .message = MESSAGE_EXPR_NO_OVERLOAD_TAKES,
                          .arguments = {joined.data ? joined : t->name, types, overload_list(c, t, t->name, listed)}});
    }
    return check_report(c, t->offset,
                        &(error_spec){.status = POLICY_E_TYPE,
                                      .message = MESSAGE_EXPR_NO_OVERLOAD_TAKES,
                                      .arguments = {t->name, types, overload_list(c, t, t->name, listed)}});
}

static bool keep_candidate(checker *c, tree *t, tree_candidate found)
{
    tree_candidate *list = arena_resize(c->work, (void *)t->candidates, t->candidate_count * sizeof *list,
                                        (t->candidate_count + 1) * sizeof *list);
    if (!list) {
        c->nomem = true;
        return false;
    }
    list[t->candidate_count++] = found;
    t->candidates = list;
    return true;
}

/* All overloads that the arguments may fit. With known types the first that fits is the one. */
static const type *overloads(checker *c, tree *t)
{
    bool member = (t->flags & TREE_MEMBER) != 0, open = any_open(c, t);
    const type *result = NULL;
    signature s, only = {0};
    size_t mark = unify_mark(c);
    for (walk w = {0}; next_overload(c, t->name, &w, &s);) {
        const type *found;
        if (s.member != member || !takes_count(&s, t->count)) {
            continue;
        }
        bool fits = matches(c, t, &s, &found);
        unify_undo(c, mark);
        if (c->nomem || (fits && !keep_candidate(c, t, s.candidate))) {
            return &type_error;
        }
        if (fits) {
            only = s;
            result = !result || type_equal(result, found) ? found : &type_dyn;
            if (!open) {
                break;
            }
        }
    }
    if (!result) {
        return no_overload(c, t);
    }
    if (open) {
        t->flags |= TREE_DYNAMIC;
    }
    if (t->candidate_count == 1) {
        matches(c, t, &only, &result); /* again, for the bindings */
        for (size_t i = 0; i < t->count; i++) {
            check_enum(c, parameter(&only, i), t->children[i]);
        }
    }
    return c->unchecked ? &type_dyn : result;
}

const type *check_call(checker *c, tree *t)
{
    if (t->flags & TREE_MEMBER) {
        unqualify(c, t);
    } else {
        str found = find_function(c, t->name, (t->flags & TREE_ABSOLUTE) != 0);
        t->name = found.data ? found : t->name;
    }
    bool faulty = false;
    for (size_t i = 0; i < t->count; i++) {
        faulty |= check(c, t->children[i])->kind == TYPE_ERROR;
    }
    if (c->nomem || faulty) {
        return &type_error;
    }
    return overloads(c, t);
}
