/* One step of the fast path, written by hand: the same method, the same memory, vectors and instructions chosen here.

   The benchmark compiles it with the places of things in memory (-D), the weights (weights.h) and the equations
   (rates.h, written from needlewise.healing.model), and asks how far the compiled Python is from it. */
#include <immintrin.h>
#include <stddef.h>
#include <time.h>

#ifdef __AVX512F__
typedef double V __attribute__((vector_size(64)));
typedef long long I __attribute__((vector_size(64)));
#define ROOT(x) ((V)_mm512_sqrt_pd((__m512d)(x)))
#define CEIL(x) ((V)_mm512_roundscale_pd((__m512d)(x), 2))
#define MOST(x, y) ((V)_mm512_max_pd((__m512d)(x), (__m512d)(y)))
#define LEAST(x, y) ((V)_mm512_min_pd((__m512d)(x), (__m512d)(y)))
#else
typedef double V __attribute__((vector_size(32)));
typedef long long I __attribute__((vector_size(32)));
#define ROOT(x) ((V)_mm256_sqrt_pd((__m256d)(x)))
#define CEIL(x) ((V)_mm256_ceil_pd((__m256d)(x)))
#define MOST(x, y) ((V)_mm256_max_pd((__m256d)(x), (__m256d)(y)))
#define LEAST(x, y) ((V)_mm256_min_pd((__m256d)(x), (__m256d)(y)))
#endif
#define WIDTH (sizeof(V) / sizeof(double))
#define ROW(start, n) (*(V *)(w + (start) + (n) * LANES + i))
#define ALL(x) ((V){0} + (x))
#define SIZE(x) ((V)((I)(x) & 0x7fffffffffffffffLL))
#define CHOOSE(good, yes, no) ((V)(((I)(good) & (I)(yes)) | (~(I)(good) & (I)(no))))

#include "weights.h"

static inline __attribute__((always_inline)) void rates(const V *y, const double *w, size_t i, V *k) {
#include "rates.h"
}

static inline __attribute__((always_inline)) V slope(const double *w, size_t i, int count, const double *weights, int n) {
  V sum = weights[0] * ROW(K, n);
#pragma GCC unroll 8
  for (int stage = 1; stage < count; stage++) sum += weights[stage] * ROW(K, stage * STATES + n);
  return ROW(H, 0) * sum;
}

static inline __attribute__((always_inline)) void stage(double *w, int number, const double *weights) {
  for (size_t i = 0; i < LANES; i += WIDTH) {
    V z[STATES], k[STATES];
#pragma GCC unroll 32
    for (int n = 0; n < STATES; n++) z[n] = ROW(Y, n) + slope(w, i, number, weights, n);
    rates(z, w, i, k);
#pragma GCC unroll 32
    for (int n = 0; n < STATES; n++) {
      ROW(K, number * STATES + n) = k[n];
      if (number == STAGES - 1) ROW(Z, n) = z[n];
    }
  }
}

static void judge(double *w, double tolerance) {
  for (size_t i = 0; i < LANES; i += WIDTH) {
    V square = {0};
#pragma GCC unroll 32
    for (int n = 0; n < STATES; n++) {
      V allowed = tolerance * (ABSOLUTE + MOST(SIZE(ROW(Y, n)), SIZE(ROW(Z, n))));
      V ratio = slope(w, i, STAGES, ERROR, n) / allowed;
      square += ratio * ratio;
    }
    square /= (double)STATES;
    I good = square <= 1.0;
    square = CHOOSE(square < 1e30, MOST(square, ALL(1e-20)), ALL(1e30));
    V root = ROOT(ROOT(ROOT(ROOT(ROOT(square))))), h = ROW(H, 0);
    V growth = 0.9 * CHOOSE(good, ROW(LAST, 0), root) / (root * root * root);
    V pace = CHOOSE(h > 0.0, h * LEAST(ALL(5.0), MOST(ALL(0.2), growth)), ROW(PACE, 0));
    V day = ROW(NOW, 0) + CHOOSE(good, h, ALL(0.0)), left = ROW(END, 0) - day;
    ROW(PACE, 0) = pace;
    ROW(LAST, 0) = CHOOSE(good, root, ROW(LAST, 0));
    ROW(NOW, 0) = day;
    ROW(H, 0) = left / MOST(CEIL(left / pace * (1 - 1e-12)), ALL(1.0));
#pragma GCC unroll 32
    for (int n = 0; n < STATES; n++) {
      ROW(Y, n) = CHOOSE(good, ROW(Z, n), ROW(Y, n));
      ROW(K, n) = CHOOSE(good, ROW(K, (STAGES - 1) * STATES + n), ROW(K, n));
    }
  }
}

void steps(double *w, long count, double tolerance) {
  while (count--) {
#define STAGE(number) stage(w, number, WEIGHTS[number]);
    EVERY_STAGE
    judge(w, tolerance);
  }
}

/* Operations per second that this core can do at best: multiply and add, vectors that do not wait for each other. */
double peak(long count) {
  V a = ALL(1.0), b = a, c = a, d = a, e = a, f = a, g = a, h = a, by = ALL(0.999999), plus = ALL(1e-6);
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (long n = 0; n < count; n++) {
#define ONE(x) x = x * by + plus; __asm__ volatile("" : "+v"(x));
    ONE(a) ONE(b) ONE(c) ONE(d) ONE(e) ONE(f) ONE(g) ONE(h)
  }
  clock_gettime(CLOCK_MONOTONIC, &to);
  double seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
  return 2.0 * 8.0 * (double)WIDTH * (double)count / seconds;
}
