/*
 * Allocator helpers, arena, buffer and map: sizes, ceilings, and what is left after a failure.
 */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/map.h"
#include "support/failing_allocator.h"

#include <criterion/criterion.h>

Test(allocator, refuses_products_that_overflow)
{
    cr_assert_null(allocator_zero(&allocator_system, SIZE_MAX / 2, 3));
    int *p = allocator_zero(&allocator_system, 4, sizeof *p);
    cr_assert(p && p[0] == 0 && p[3] == 0);
    p = allocator_resize(&allocator_system, p, 4 * sizeof *p, 400 * sizeof *p);
    cr_assert(p && p[3] == 0);
    allocator_free(&allocator_system, p);
    allocator_free(&allocator_system, NULL);
    void *nothing = allocator_new(&allocator_system, 0);
    cr_assert_not_null(nothing);
    allocator_free(&allocator_system, nothing);
}

Test(allocator, grows_by_doubling_up_to_a_ceiling)
{
    void *items = NULL;
    size_t capacity = 0;
    cr_assert(allocator_grow(&allocator_system, &items, &capacity, 1, 4, 20));
    cr_assert_eq(capacity, 8);
    cr_assert(allocator_grow(&allocator_system, &items, &capacity, 9, 4, 20));
    cr_assert_eq(capacity, 16);
    cr_assert(allocator_grow(&allocator_system, &items, &capacity, 20, 4, 20));
    cr_assert_eq(capacity, 20);
    void *before = items;
    cr_assert_not(allocator_grow(&allocator_system, &items, &capacity, 21, 4, 20));
    cr_assert_not(allocator_grow(&allocator_system, &items, &capacity, SIZE_MAX / 2, 4, 0));
    cr_assert(items == before && capacity == 20);
    allocator_free(&allocator_system, items);
}

Test(arena, gives_zeroed_aligned_memory_of_any_size)
{
    arena a;
    arena_init(&a, &allocator_system, 0);
    for (size_t size = 0; size < 5000; size += 37) {
        unsigned char *p = arena_new(&a, size);
        cr_assert_not_null(p);
        cr_assert_eq((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < size; i++)
            cr_assert_eq(p[i], 0);
        memset(p, 0xFF, size);
    }
    unsigned char *large = arena_new(&a, (size_t)5 << 20);
    cr_assert_not_null(large);
    cr_assert_eq(large[((size_t)5 << 20) - 1], 0);
    cr_assert_null(arena_array(&a, SIZE_MAX / 2, 4));
    cr_assert_null(arena_new(&a, SIZE_MAX - 3));
    cr_assert(a.failed);
    arena_free(&a);
}

Test(arena, never_takes_more_than_its_ceiling)
{
    failing_allocator f;
    failing_allocator_init(&f, 0, FAIL_ONCE);
    arena a;
    arena_init(&a, &f.allocator, 100000);
    size_t got = 0;
    while (arena_new(&a, 1000))
        got += 1000;
    cr_assert(a.failed);
    cr_assert_gt(got, 80000);
    cr_assert_leq(f.peak_bytes, 100000);
    arena_reset(&a);
    cr_assert_not(a.failed);
    cr_assert_not_null(arena_new(&a, 1000));
    arena_free(&a);
    cr_assert_eq(failing_allocator_live(&f), 0);
}

Test(arena, allocates_nothing_again_when_the_work_fits_in_its_first_block)
{
    failing_allocator f;
    failing_allocator_init(&f, 0, FAIL_ONCE);
    arena a;
    arena_init(&a, &f.allocator, 0);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 20; i++)
            arena_new(&a, 100);
        arena_reset(&a);
    }
    cr_assert_eq(f.calls, 1);
    arena_free(&a);
    arena_reset(&a);
    arena_free(&a);
    cr_assert_eq(failing_allocator_live(&f), 0);
}

Test(arena, resizes_in_place_at_the_end_and_moves_otherwise)
{
    arena a;
    arena_init(&a, &allocator_system, 0);
    char *p = arena_new(&a, 10);
    memcpy(p, "0123456789", 10);
    char *same = arena_resize(&a, p, 10, 200);
    cr_assert_eq(same, p);
    cr_assert_eq(same[199], 0);
    char *other = arena_new(&a, 1);
    *other = 'x';
    char *moved = arena_resize(&a, p, 200, 300);
    cr_assert_neq(moved, p);
    cr_assert_eq(memcmp(moved, "0123456789", 10), 0);
    cr_assert_eq(moved[299], 0);
    cr_assert_eq(*other, 'x');
    cr_assert_eq(arena_resize(&a, moved, 300, 5), moved);
    char *grown = arena_resize(&a, arena_new(&a, 16), 16, 100000);
    cr_assert_eq(grown[99999], 0);
    cr_assert_not_null(arena_resize(&a, NULL, 0, 8));
    arena_free(&a);
}

Test(arena, keeps_text_with_a_closing_nul)
{
    arena a;
    arena_init(&a, &allocator_system, 0);
    str text = arena_text(&a, (str){"abcdef", 3});
    cr_assert_str_eq(text.data, "abc");
    str empty = arena_text(&a, STR(""));
    cr_assert(empty.data && empty.data[0] == '\0');
    cr_assert_null(arena_text(&a, str_none).data);
    cr_assert_not(a.failed);
    str parts[] = {STR("三"), str_none, STR("年级"), STR("")};
    cr_assert_str_eq(arena_join(&a, parts, 4).data, "三年级");
    cr_assert_str_eq(arena_join(&a, NULL, 0).data, "");
    arena_free(&a);
}

Test(buffer, puts_text_and_numbers_together)
{
    buffer b;
    buffer_init(&b, &allocator_system, 0);
    cr_assert_str_eq(buffer_text(&b).data, "");
    buffer_put(&b, STR("a\0b"));
    cr_assert_eq(b.size, 3);
    buffer_clear(&b);
    buffer_put_c(&b, "x=");
    buffer_put_int(&b, INT64_MIN);
    buffer_put_char(&b, ' ');
    buffer_put_uint(&b, UINT64_MAX);
    buffer_put_char(&b, ' ');
    buffer_put_double(&b, 0.1);
    buffer_put_code_point(&b, 0x5E74);
    buffer_put_code_point(&b, 0xD800);
    buffer_put(&b, str_none);
    cr_assert_str_eq(buffer_text(&b).data, "x=-9223372036854775808 18446744073709551615 0.1年\xEF\xBF\xBD");
    cr_assert_eq(buffer_text(&b).size, strlen(b.data));
    buffer_free(&b);
    buffer_free(&b);
}

Test(buffer, stays_failed_past_its_ceiling_until_cleared)
{
    buffer b;
    buffer_init(&b, &allocator_system, 10);
    buffer_put_c(&b, "1234567890");
    cr_assert_not(b.failed);
    buffer_put_char(&b, 'x');
    cr_assert(b.failed);
    buffer_put(&b, STR(""));
    cr_assert_str_eq(b.data, "1234567890");
    buffer_clear(&b);
    buffer_put_char(&b, 'y');
    cr_assert_not(b.failed);
    cr_assert_str_eq(b.data, "y");
    buffer_free(&b);
}

static str key_of(arena *a, uint32_t i)
{
    buffer b;
    buffer_init(&b, &allocator_system, 0);
    buffer_put_c(&b, "学校");
    buffer_put_uint(&b, i);
    str key = arena_text(a, buffer_text(&b));
    buffer_free(&b);
    return key;
}

Test(map, keeps_insertion_order_and_replaces_values)
{
    arena a;
    arena_init(&a, &allocator_system, 0);
    map m;
    map_init(&m, &allocator_system);
    cr_assert_eq(map_get(&m, STR("a")), MAP_NONE);
    for (uint32_t i = 0; i < 20000; i++)
        cr_assert(map_put(&m, key_of(&a, i), i * 2));
    cr_assert_eq(m.count, 20000);
    for (uint32_t i = 0; i < 20000; i++) {
        cr_assert(str_equal(m.keys[i], key_of(&a, i)));
        cr_assert_eq(map_get(&m, key_of(&a, i)), i * 2);
    }
    cr_assert_eq(map_get(&m, STR("学校20000")), MAP_NONE);
    cr_assert(map_put(&m, STR("学校7"), 1));
    cr_assert_eq(m.count, 20000);
    cr_assert_eq(map_get(&m, STR("学校7")), 1);
    map_clear(&m);
    cr_assert_eq(map_get(&m, STR("学校7")), MAP_NONE);
    cr_assert(map_put(&m, STR(""), 5));
    cr_assert_eq(map_get(&m, STR("")), 5);
    cr_assert_eq(m.count, 1);
    map_free(&m);
    map_free(&m);
    arena_free(&a);
}

Test(map, is_whole_after_every_failed_allocation)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k",
                                       "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v"};
    size_t count = sizeof keys / sizeof *keys;
    for (size_t k = 1;; k++) {
        failing_allocator f;
        failing_allocator_init(&f, k, FAIL_ONCE);
        map m;
        map_init(&m, &f.allocator);
        for (uint32_t i = 0; i < count; i++) {
            if (!map_put(&m, str_of(keys[i]), i)) {
                cr_assert_eq(map_get(&m, str_of(keys[i])), MAP_NONE);
                cr_assert(map_put(&m, str_of(keys[i]), i), "the same call works when there is memory again");
            }
            for (uint32_t j = 0; j <= i; j++)
                cr_assert_eq(map_get(&m, str_of(keys[j])), j);
        }
        map_free(&m);
        cr_assert_eq(failing_allocator_live(&f), 0);
        if (!failing_allocator_failed(&f))
            break;
    }
}

static policy_status use_memory(const policy_allocator *allocator, void *context)
{
    (void)context;
    arena a;
    buffer b;
    arena_init(&a, allocator, 0);
    buffer_init(&b, allocator, 0);
    for (int i = 0; i < 3000; i++) {
        buffer_put_int(&b, i);
        arena_new(&a, 64);
    }
    arena_text(&a, buffer_text(&b));
    bool failed = a.failed || b.failed;
    arena_free(&a);
    buffer_free(&b);
    return failed ? POLICY_E_NOMEM : POLICY_OK;
}

Test(memory, every_failed_allocation_is_noticed_and_nothing_leaks)
{
    cr_assert_gt(failing_allocator_sweep(use_memory, NULL), 20);
}
