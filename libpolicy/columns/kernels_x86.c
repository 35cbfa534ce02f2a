/*
 * The same loops with the vectors that a processor turns out to have; see kernels.h.
 *
 * Compilers vectorise the comparison of kernels.c but not the step from bytes to bits, for which these processors have an
 * instruction: here it is asked for by name. The build's own target stays what it is.
 */
#include "columns/kernels_x86.h"

#ifdef KERNELS_X86

#include <immintrin.h>
#include <string.h>

bool kernels_have_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
}

bool kernels_have_avx512(void)
{
    return kernels_have_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vpopcntdq");
}

/* The rows behind the last whole word, by the plain loops. */
#define REST(KERNEL, TYPE, ...)                                                                                        \
    if (i < count) {                                                                                                   \
        kernels_plain.KERNEL((const TYPE *)values + i, count - i, __VA_ARGS__, out);                                   \
    }

/* The same of several tests; `from` is a multiple of 64. */
static void rest_within(uint32_t log2_width, const void *values, size_t from, size_t count, const range_test *tests,
                        size_t test_count)
{
    for (size_t t = 0; t < test_count && from < count; t++) {
        range_test rest = {tests[t].low, tests[t].span, tests[t].out + from / 64};
        kernels_plain.within[log2_width]((const char *)values + (from << log2_width), count - from, &rest, 1);
    }
}

/* ---- AVX2 ---- */

#define AVX2 __attribute__((target("avx2,popcnt")))

AVX2 static uint64_t word_of(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 | (uint32_t)_mm256_movemask_epi8(low);
}

AVX2 static __m256i load(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

/* 64 rows at a time; which of them are in a range, from what was loaded. */
AVX2 static uint64_t avx2_test8(const __m256i *v, __m256i least, __m256i most)
{
    __m256i a = _mm256_sub_epi8(v[0], least), b = _mm256_sub_epi8(v[1], least);
    return word_of(_mm256_cmpeq_epi8(_mm256_min_epu8(a, most), a), _mm256_cmpeq_epi8(_mm256_min_epu8(b, most), b));
}

AVX2 static __m256i avx2_pair16(const __m256i *v, __m256i least, __m256i most)
{
    __m256i a = _mm256_sub_epi16(v[0], least), b = _mm256_sub_epi16(v[1], least);
    __m256i both = _mm256_packs_epi16(_mm256_cmpeq_epi16(_mm256_min_epu16(a, most), a),
                                      _mm256_cmpeq_epi16(_mm256_min_epu16(b, most), b));
    return _mm256_permute4x64_epi64(both, 0xD8); /* packing is by halves */
}

AVX2 static uint64_t avx2_test16(const __m256i *v, __m256i least, __m256i most)
{
    return word_of(avx2_pair16(v, least, most), avx2_pair16(v + 2, least, most));
}

AVX2 static uint64_t avx2_test32(const __m256i *v, __m256i least, __m256i most)
{
    uint64_t word = 0;
    for (int k = 0; k < 8; k++) {
        __m256i a = _mm256_sub_epi32(v[k], least), is = _mm256_cmpeq_epi32(_mm256_min_epu32(a, most), a);
        word |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(is)) << (8 * k);
    }
    return word;
}

AVX2 static uint64_t avx2_test64(const __m256i *v, __m256i least, __m256i most)
{
    const __m256i sign = _mm256_set1_epi64x(INT64_MIN); /* the comparison is of signed numbers */
    uint64_t word = 0;
    for (int k = 0; k < 16; k++) {
        __m256i a = _mm256_xor_si256(_mm256_sub_epi64(v[k], least), sign);
        __m256i over = _mm256_cmpgt_epi64(a, _mm256_xor_si256(most, sign));
        word |= (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(over)) << (4 * k);
    }
    return ~word;
}

#define AVX2_WITHIN(BITS, LOG2, SET1, AS)                                                                              \
    AVX2 static void avx2_within##BITS(const void *values, size_t count, const range_test *tests, size_t test_count)   \
    {                                                                                                                  \
        const char *from = values;                                                                                     \
        size_t i = 0;                                                                                                  \
        for (; i + 64 <= count; i += 64) {                                                                             \
            __m256i v[(BITS) / 4];                                                                                     \
            for (size_t k = 0; k < (BITS) / 4; k++) {                                                                  \
                const char *at = from + (i << (LOG2)) + 32 * k;                                                        \
                v[k] = load(at);                                                                                       \
                if (k % 2 == 0) {                                                                                      \
                    kernels_fetch(at, (BITS) / 8);                                                                     \
                }                                                                                                      \
            }                                                                                                          \
            for (size_t t = 0; t < test_count; t++) {                                                                  \
                tests[t].out[i / 64] = avx2_test##BITS(v, SET1((AS)tests[t].low), SET1((AS)tests[t].span));            \
            }                                                                                                          \
        }                                                                                                              \
        rest_within(LOG2, values, i, count, tests, test_count);                                                        \
    }                                                                                                                  \
    AVX2 static bool avx2_all_within##BITS(const void *values, size_t count, uint64_t low, uint64_t span)              \
    {                                                                                                                  \
        const char *from = values;                                                                                     \
        const __m256i least = SET1((AS)low), most = SET1((AS)span);                                                    \
        size_t i = 0;                                                                                                  \
        for (; i + 64 <= count; i += 64) {                                                                             \
            __m256i v[(BITS) / 4];                                                                                     \
            for (size_t k = 0; k < (BITS) / 4; k++) {                                                                  \
                const char *at = from + (i << (LOG2)) + 32 * k;                                                        \
                v[k] = load(at);                                                                                       \
                if (k % 2 == 0) {                                                                                      \
                    kernels_fetch(at, (BITS) / 8);                                                                     \
                }                                                                                                      \
            }                                                                                                          \
            if (avx2_test##BITS(v, least, most) != UINT64_MAX) {                                                       \
                return false;                                                                                          \
            }                                                                                                          \
        }                                                                                                              \
        return i == count || kernels_plain.all_within[LOG2](from + (i << (LOG2)), count - i, low, span);               \
    }
AVX2_WITHIN(8, 0, _mm256_set1_epi8, char)
AVX2_WITHIN(16, 1, _mm256_set1_epi16, short)
AVX2_WITHIN(32, 2, _mm256_set1_epi32, int)
AVX2_WITHIN(64, 3, _mm256_set1_epi64x, long long)

AVX2 static void avx2_within_float(const float *values, size_t count, float low, float high, uint64_t *out)
{
    __m256 least = _mm256_set1_ps(low), most = _mm256_set1_ps(high);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 8; k++) {
            __m256 a = _mm256_loadu_ps(values + i + 8 * k);
            kernels_fetch(values + i + 8 * k, sizeof *values);
            __m256 is = _mm256_and_ps(_mm256_cmp_ps(a, least, _CMP_GE_OQ), _mm256_cmp_ps(a, most, _CMP_LE_OQ));
            word |= (uint64_t)(uint32_t)_mm256_movemask_ps(is) << (8 * k);
        }
        *out++ = word;
    }
    REST(within_float, float, low, high)
}

AVX2 static void avx2_within_double(const double *values, size_t count, double low, double high, uint64_t *out)
{
    __m256d least = _mm256_set1_pd(low), most = _mm256_set1_pd(high);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 16; k++) {
            __m256d a = _mm256_loadu_pd(values + i + 4 * k);
            kernels_fetch(values + i + 4 * k, sizeof *values);
            __m256d is = _mm256_and_pd(_mm256_cmp_pd(a, least, _CMP_GE_OQ), _mm256_cmp_pd(a, most, _CMP_LE_OQ));
            word |= (uint64_t)(uint32_t)_mm256_movemask_pd(is) << (4 * k);
        }
        *out++ = word;
    }
    REST(within_double, double, low, high)
}

AVX2 static void avx2_pack(const uint8_t *values, size_t count, uint64_t *out)
{
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        *out++ = word_of(load(values + i), load(values + i + 32));
    }
    if (i < count) {
        kernels_plain.pack(values + i, count - i, out);
    }
}

AVX2 static uint64_t avx2_meet(const bit_part *parts, size_t part_count, uint64_t *into, size_t words)
{
    uint64_t total = 0, here[MEET_WORDS];
    for (size_t from = 0; from < words; from += MEET_WORDS) {
        size_t some = words - from < MEET_WORDS ? words - from : MEET_WORDS;
        uint64_t *to = into != NULL ? into + from : here;
        kernels_meet(parts, part_count, from, to, some);
        for (size_t w = 0; w < some; w++) {
            total += (uint64_t)__builtin_popcountll(to[w]);
        }
    }
    return total;
}

AVX2 static bool avx2_narrow(uint64_t *into, const uint64_t *a, bool turned, size_t words)
{
    return kernels_narrow(into, a, turned, words);
}

const kernels kernels_avx2 = {"avx2",
                              {avx2_within8, avx2_within16, avx2_within32, avx2_within64},
                              {avx2_all_within8, avx2_all_within16, avx2_all_within32, avx2_all_within64},
                              avx2_within_float,
                              avx2_within_double,
                              avx2_pack,
                              avx2_meet,
                              avx2_narrow};

/* ---- AVX-512: comparisons give bits by themselves ---- */

#define AVX512        __attribute__((target("avx512f,avx512bw,avx512vpopcntdq,popcnt")))
#define TESTS_AT_ONCE 8

/* Which of 64 rows are in a range, from what was loaded. */
AVX512 static uint64_t avx512_test8(const __m512i *v, __m512i least, __m512i most)
{
    return _mm512_cmple_epu8_mask(_mm512_sub_epi8(v[0], least), most);
}

AVX512 static uint64_t avx512_test16(const __m512i *v, __m512i least, __m512i most)
{
    uint64_t low = _mm512_cmple_epu16_mask(_mm512_sub_epi16(v[0], least), most);
    uint64_t high = _mm512_cmple_epu16_mask(_mm512_sub_epi16(v[1], least), most);
    return _mm512_kunpackd((__mmask64)high, (__mmask64)low);
}

AVX512 static uint64_t avx512_test32(const __m512i *v, __m512i least, __m512i most)
{
    uint64_t word = 0;
    for (int k = 0; k < 4; k++) {
        word |= (uint64_t)_mm512_cmple_epu32_mask(_mm512_sub_epi32(v[k], least), most) << (16 * k);
    }
    return word;
}

AVX512 static uint64_t avx512_test64(const __m512i *v, __m512i least, __m512i most)
{
    uint64_t word = 0;
    for (int k = 0; k < 8; k++) {
        word |= (uint64_t)_mm512_cmple_epu64_mask(_mm512_sub_epi64(v[k], least), most) << (8 * k);
    }
    return word;
}

/* What a test compares with is spread over a vector beforehand. */
#define AVX512_WITHIN(BITS, LOG2, SET1, AS)                                                                            \
    AVX512 static size_t avx512_some##BITS(const char *from, size_t count, const range_test *tests, size_t test_count) \
    {                                                                                                                  \
        __m512i least[TESTS_AT_ONCE], most[TESTS_AT_ONCE];                                                             \
        size_t i = 0;                                                                                                  \
        for (size_t t = 0; t < test_count; t++) {                                                                      \
            least[t] = SET1((AS)tests[t].low);                                                                         \
            most[t] = SET1((AS)tests[t].span);                                                                         \
        }                                                                                                              \
        for (; i + 64 <= count; i += 64) {                                                                             \
            __m512i v[(BITS) / 8];                                                                                     \
            for (size_t k = 0; k < (BITS) / 8; k++) {                                                                  \
                const char *at = from + (i << (LOG2)) + 64 * k;                                                        \
                v[k] = _mm512_loadu_si512(at);                                                                         \
                kernels_fetch(at, (BITS) / 8);                                                                         \
            }                                                                                                          \
            for (size_t t = 0; t < test_count; t++) {                                                                  \
                tests[t].out[i / 64] = avx512_test##BITS(v, least[t], most[t]);                                        \
            }                                                                                                          \
        }                                                                                                              \
        return i;                                                                                                      \
    }                                                                                                                  \
    static void avx512_within##BITS(const void *values, size_t count, const range_test *tests, size_t test_count)      \
    {                                                                                                                  \
        for (size_t t = 0; t < test_count; t += TESTS_AT_ONCE) {                                                       \
            size_t some = test_count - t < TESTS_AT_ONCE ? test_count - t : TESTS_AT_ONCE;                             \
            size_t done = avx512_some##BITS(values, count, tests + t, some);                                           \
            rest_within(LOG2, values, done, count, tests + t, some);                                                   \
        }                                                                                                              \
    }                                                                                                                  \
    AVX512 static bool avx512_all_within##BITS(const void *values, size_t count, uint64_t low, uint64_t span)          \
    {                                                                                                                  \
        const char *from = values;                                                                                     \
        const __m512i least = SET1((AS)low), most = SET1((AS)span);                                                    \
        size_t i = 0;                                                                                                  \
        for (; i + 64 <= count; i += 64) {                                                                             \
            __m512i v[(BITS) / 8];                                                                                     \
            for (size_t k = 0; k < (BITS) / 8; k++) {                                                                  \
                const char *at = from + (i << (LOG2)) + 64 * k;                                                        \
                v[k] = _mm512_loadu_si512(at);                                                                         \
                kernels_fetch(at, (BITS) / 8);                                                                         \
            }                                                                                                          \
            if (avx512_test##BITS(v, least, most) != UINT64_MAX) {                                                     \
                return false;                                                                                          \
            }                                                                                                          \
        }                                                                                                              \
        return i == count || kernels_plain.all_within[LOG2](from + (i << (LOG2)), count - i, low, span);               \
    }
AVX512_WITHIN(8, 0, _mm512_set1_epi8, char)
AVX512_WITHIN(16, 1, _mm512_set1_epi16, short)
AVX512_WITHIN(32, 2, _mm512_set1_epi32, int)
AVX512_WITHIN(64, 3, _mm512_set1_epi64, long long)

AVX512 static void avx512_within_float(const float *values, size_t count, float low, float high, uint64_t *out)
{
    __m512 least = _mm512_set1_ps(low), most = _mm512_set1_ps(high);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 4; k++) {
            __m512 a = _mm512_loadu_ps(values + i + 16 * k);
            kernels_fetch(values + i + 16 * k, sizeof *values);
            __mmask16 is = _mm512_cmp_ps_mask(a, least, _CMP_GE_OQ);
            word |= (uint64_t)_mm512_mask_cmp_ps_mask(is, a, most, _CMP_LE_OQ) << (16 * k);
        }
        *out++ = word;
    }
    REST(within_float, float, low, high)
}

AVX512 static void avx512_within_double(const double *values, size_t count, double low, double high, uint64_t *out)
{
    __m512d least = _mm512_set1_pd(low), most = _mm512_set1_pd(high);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 8; k++) {
            __m512d a = _mm512_loadu_pd(values + i + 8 * k);
            kernels_fetch(values + i + 8 * k, sizeof *values);
            __mmask8 is = _mm512_cmp_pd_mask(a, least, _CMP_GE_OQ);
            word |= (uint64_t)_mm512_mask_cmp_pd_mask(is, a, most, _CMP_LE_OQ) << (8 * k);
        }
        *out++ = word;
    }
    REST(within_double, double, low, high)
}

AVX512 static void avx512_pack(const uint8_t *values, size_t count, uint64_t *out)
{
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        *out++ = _mm512_movepi8_mask(_mm512_loadu_si512(values + i));
    }
    if (i < count) {
        kernels_plain.pack(values + i, count - i, out);
    }
}

/* Of so many words from `from` on, a vector at a time. */
AVX512 static uint64_t avx512_meet_some(const bit_part *parts, size_t part_count, size_t from, uint64_t *into,
                                        size_t words)
{
    __m512i total = _mm512_setzero_si512();
    for (size_t w = from; w < from + words; w += 8) {
        __mmask8 some = (__mmask8)(from + words - w < 8 ? (1u << (from + words - w)) - 1 : 255);
        __m512i is = _mm512_maskz_set1_epi64(some, -1);
        for (size_t k = 0; k < part_count; k++) {
            __m512i flip = _mm512_set1_epi64((long long)parts[k].flip);
            is = _mm512_and_si512(is, _mm512_xor_si512(_mm512_maskz_loadu_epi64(some, parts[k].bits + w), flip));
        }
        if (into != NULL) {
            _mm512_mask_storeu_epi64(into + w, some, is);
        }
        total = _mm512_add_epi64(total, _mm512_popcnt_epi64(is));
    }
    return (uint64_t)_mm512_reduce_add_epi64(total);
}

/* A whole block's words are eight vectors, which stay where they are while part after part is put to them. */
AVX512 static uint64_t avx512_meet(const bit_part *parts, size_t part_count, uint64_t *into, size_t words)
{
    uint64_t total = 0;
    size_t from = 0;
    for (; from + MEET_WORDS <= words; from += MEET_WORDS) {
        __m512i is[MEET_WORDS / 8], count = _mm512_setzero_si512();
        for (size_t w = 0; w < MEET_WORDS / 8; w++) {
            is[w] = _mm512_set1_epi64(-1);
        }
        for (size_t k = 0; k < part_count; k++) {
            const uint64_t *bits = parts[k].bits + from;
            if (parts[k].flip == 0) {
                for (size_t w = 0; w < MEET_WORDS / 8; w++) {
                    is[w] = _mm512_and_si512(is[w], _mm512_loadu_si512(bits + 8 * w));
                }
            } else {
                for (size_t w = 0; w < MEET_WORDS / 8; w++) {
                    is[w] = _mm512_andnot_si512(_mm512_loadu_si512(bits + 8 * w), is[w]);
                }
            }
        }
        for (size_t w = 0; w < MEET_WORDS / 8; w++) {
            if (into != NULL) {
                _mm512_storeu_si512(into + from + 8 * w, is[w]);
            }
            count = _mm512_add_epi64(count, _mm512_popcnt_epi64(is[w]));
        }
        total += (uint64_t)_mm512_reduce_add_epi64(count);
    }
    return from < words ? total + avx512_meet_some(parts, part_count, from, into, words - from) : total;
}

const kernels kernels_avx512 = {"avx512",
                                {avx512_within8, avx512_within16, avx512_within32, avx512_within64},
                                {avx512_all_within8, avx512_all_within16, avx512_all_within32, avx512_all_within64},
                                avx512_within_float,
                                avx512_within_double,
                                avx512_pack,
                                avx512_meet,
                                avx2_narrow};

#else
typedef int kernels_x86_are_for_other_processors; /* a file must hold something */
#endif
