/*
 * The same loops with the vectors that a processor turns out to have; see kernels.h.
 *
 * Compilers vectorise the comparison of kernels.c but not the step from bytes to bits, for which these processors have an
 * instruction: here it is asked for by name. The build's own target stays what it is.
 */
#include "columns/kernels_x86.h"

#ifdef KERNELS_X86

#include <immintrin.h>

bool kernels_have_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
}

bool kernels_have_avx512(void)
{
    return kernels_have_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
}

/* The rows behind the last whole word, by the plain loops. */
#define REST(KERNEL, TYPE, ...)                                                                                        \
    if (i < count) {                                                                                                   \
        kernels_plain.KERNEL((const TYPE *)values + i, count - i, __VA_ARGS__, out);                                   \
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

AVX2 static void avx2_within8(const void *values, size_t count, uint64_t low, uint64_t span, uint64_t *out)
{
    const uint8_t *v = values;
    __m256i least = _mm256_set1_epi8((char)low), most = _mm256_set1_epi8((char)span);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        __m256i a = _mm256_sub_epi8(load(v + i), least), b = _mm256_sub_epi8(load(v + i + 32), least);
        *out++ =
            word_of(_mm256_cmpeq_epi8(_mm256_min_epu8(a, most), a), _mm256_cmpeq_epi8(_mm256_min_epu8(b, most), b));
    }
    REST(within[0], uint8_t, low, span)
}

AVX2 static __m256i within16_of(const uint16_t *v, __m256i least, __m256i most)
{
    __m256i a = _mm256_sub_epi16(load(v), least), b = _mm256_sub_epi16(load(v + 16), least);
    __m256i both = _mm256_packs_epi16(_mm256_cmpeq_epi16(_mm256_min_epu16(a, most), a),
                                      _mm256_cmpeq_epi16(_mm256_min_epu16(b, most), b));
    return _mm256_permute4x64_epi64(both, 0xD8); /* packing is by halves */
}

AVX2 static void avx2_within16(const void *values, size_t count, uint64_t low, uint64_t span, uint64_t *out)
{
    const uint16_t *v = values;
    __m256i least = _mm256_set1_epi16((short)low), most = _mm256_set1_epi16((short)span);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        *out++ = word_of(within16_of(v + i, least, most), within16_of(v + i + 32, least, most));
    }
    REST(within[1], uint16_t, low, span)
}

AVX2 static void avx2_within32(const void *values, size_t count, uint64_t low, uint64_t span, uint64_t *out)
{
    const uint32_t *v = values;
    __m256i least = _mm256_set1_epi32((int)low), most = _mm256_set1_epi32((int)span);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 8; k++) {
            __m256i a = _mm256_sub_epi32(load(v + i + 8 * k), least);
            __m256i is = _mm256_cmpeq_epi32(_mm256_min_epu32(a, most), a);
            word |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(is)) << (8 * k);
        }
        *out++ = word;
    }
    REST(within[2], uint32_t, low, span)
}

AVX2 static void avx2_within64(const void *values, size_t count, uint64_t low, uint64_t span, uint64_t *out)
{
    const uint64_t *v = values;
    const uint64_t sign = UINT64_C(1) << 63; /* the comparison is of signed numbers */
    __m256i least = _mm256_set1_epi64x((int64_t)(low + sign)), most = _mm256_set1_epi64x((int64_t)(span ^ sign));
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 16; k++) {
            __m256i over = _mm256_cmpgt_epi64(_mm256_sub_epi64(load(v + i + 4 * k), least), most);
            word |= (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(over)) << (4 * k);
        }
        *out++ = ~word;
    }
    REST(within[3], uint64_t, low, span)
}

AVX2 static void avx2_within_float(const float *values, size_t count, float low, float high, uint64_t *out)
{
    __m256 least = _mm256_set1_ps(low), most = _mm256_set1_ps(high);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 8; k++) {
            __m256 a = _mm256_loadu_ps(values + i + 8 * k);
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

AVX2 static uint64_t avx2_count(const uint64_t *bits, size_t words)
{
    uint64_t total = 0;
    for (size_t i = 0; i < words; i++) {
        total += (uint64_t)__builtin_popcountll(bits[i]);
    }
    return total;
}

AVX2 static uint64_t avx2_count_both(const uint64_t *a, const uint64_t *b, size_t words)
{
    uint64_t total = 0;
    for (size_t i = 0; i < words; i++) {
        total += (uint64_t)__builtin_popcountll(a[i] & b[i]);
    }
    return total;
}

AVX2 static bool avx2_narrow(uint64_t *into, const uint64_t *a, bool turned, size_t words)
{
    return kernels_narrow(into, a, turned, words);
}

const kernels kernels_avx2 = {"avx2",
                              {avx2_within8, avx2_within16, avx2_within32, avx2_within64},
                              avx2_within_float,
                              avx2_within_double,
                              avx2_pack,
                              avx2_count,
                              avx2_count_both,
                              avx2_narrow};

/* ---- AVX-512: comparisons give bits by themselves ---- */

#define AVX512 __attribute__((target("avx512f,avx512bw,popcnt")))

AVX512 static void avx512_within8(const void *values, size_t count, uint64_t low, uint64_t span, uint64_t *out)
{
    const uint8_t *v = values;
    __m512i least = _mm512_set1_epi8((char)low), most = _mm512_set1_epi8((char)span);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        *out++ = _mm512_cmple_epu8_mask(_mm512_sub_epi8(_mm512_loadu_si512(v + i), least), most);
    }
    REST(within[0], uint8_t, low, span)
}

AVX512 static void avx512_within16(const void *values, size_t count, uint64_t low, uint64_t span, uint64_t *out)
{
    const uint16_t *v = values;
    __m512i least = _mm512_set1_epi16((short)low), most = _mm512_set1_epi16((short)span);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t a = _mm512_cmple_epu16_mask(_mm512_sub_epi16(_mm512_loadu_si512(v + i), least), most);
        uint64_t b = _mm512_cmple_epu16_mask(_mm512_sub_epi16(_mm512_loadu_si512(v + i + 32), least), most);
        *out++ = b << 32 | a;
    }
    REST(within[1], uint16_t, low, span)
}

AVX512 static void avx512_within32(const void *values, size_t count, uint64_t low, uint64_t span, uint64_t *out)
{
    const uint32_t *v = values;
    __m512i least = _mm512_set1_epi32((int)low), most = _mm512_set1_epi32((int)span);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 4; k++) {
            __m512i a = _mm512_sub_epi32(_mm512_loadu_si512(v + i + 16 * k), least);
            word |= (uint64_t)_mm512_cmple_epu32_mask(a, most) << (16 * k);
        }
        *out++ = word;
    }
    REST(within[2], uint32_t, low, span)
}

AVX512 static void avx512_within64(const void *values, size_t count, uint64_t low, uint64_t span, uint64_t *out)
{
    const uint64_t *v = values;
    __m512i least = _mm512_set1_epi64((int64_t)low), most = _mm512_set1_epi64((int64_t)span);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 8; k++) {
            __m512i a = _mm512_sub_epi64(_mm512_loadu_si512(v + i + 8 * k), least);
            word |= (uint64_t)_mm512_cmple_epu64_mask(a, most) << (8 * k);
        }
        *out++ = word;
    }
    REST(within[3], uint64_t, low, span)
}

AVX512 static void avx512_within_float(const float *values, size_t count, float low, float high, uint64_t *out)
{
    __m512 least = _mm512_set1_ps(low), most = _mm512_set1_ps(high);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 4; k++) {
            __m512 a = _mm512_loadu_ps(values + i + 16 * k);
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

const kernels kernels_avx512 = {"avx512",
                                {avx512_within8, avx512_within16, avx512_within32, avx512_within64},
                                avx512_within_float,
                                avx512_within_double,
                                avx512_pack,
                                avx2_count,
                                avx2_count_both,
                                avx2_narrow};

#else
typedef int kernels_x86_are_for_other_processors; /* a file must hold something */
#endif
