/*
 * two_phase_commit: breadth-first search of two-phase commit, by hand.
 *
 *   gcc -O3 -march=native -o two_phase_commit two_phase_commit.c
 *   ./two_phase_commit [-n] [-t log2_slots] resource_managers
 *
 * One thread.  A state is one 64-bit word, and the visited set keeps the
 * words themselves, in buckets of eight (one cache line each).  Of every
 * state the number of its parent in the level before and the action that
 * led to it are kept; states are kept for two levels.
 *
 * The transaction manager may commit once it has noted every resource manager
 * as prepared, and may abort until then as well as from then on until it has
 * committed.  A resource manager prepares or aborts of its own accord while
 * working, and obeys a commit or abort message at any time.  Messages are
 * never consumed.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

typedef uint64_t u64;
typedef uint32_t u32;
typedef uint16_t u16;

#define INLINE static inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))

/* ------------------------------------------------------------- the state */

/*
 * Four bits for each of up to 14 resource managers, as four planes of N
 * bits.  The first two planes together give its state:
 *   working 00, prepared 01, committed 10, aborted 11
 * Then: noted as prepared by the transaction manager; prepared message sent.
 * Above the planes: transaction manager committed, it aborted (the commit and
 * abort messages are in flight from those very moments, but are kept as bits
 * of their own, as the model has them).
 * Bit 63 is always set, so that no state is zero.
 */
#define MARK ((u64)1 << 63)
#define ALL (((u64)1 << N) - 1)
#define LOW_AT 0
#define HIGH_AT N
#define NOTED_AT (2 * N)
#define SENT_AT (3 * N)
#define TM_COMMITTED ((u64)1 << (4 * N))
#define TM_ABORTED ((u64)1 << (4 * N + 1))
#define COMMIT_SENT ((u64)1 << (4 * N + 2))
#define ABORT_SENT ((u64)1 << (4 * N + 3))

enum { NOTE, COMMIT, ABORT, PREPARE, CHOOSE_ABORT, OBEY_COMMIT, OBEY_ABORT };

static const char *const kind_name[] = {
    "TmRcvPrepared", "TmCommit", "TmAbort", "RmPrepare", "RmChooseToAbort",
    "RmRcvCommitMsg", "RmRcvAbortMsg",
};

#define ACTION(kind, rm) (u16)((kind) | (rm) << 4)

#define BATCH 256   /* expand until this many successors wait */
#define MOST 64     /* more successors than one state can have */

typedef struct {
    int n;
    u64 key[BATCH + MOST], slot[BATCH + MOST];
    u32 parent[BATCH + MOST];
    u16 action[BATCH + MOST];
} batch;

/* Write the successors of s, leaving out those that are s itself; return how
   many there are with those. */
INLINE int expand(const int N, u64 s, u32 index, batch *b)
{
    int n = b->n;
#define EMIT(t, act) do {                       \
        b->key[n] = (t);                        \
        b->action[n] = (act);                   \
        b->parent[n] = index;                   \
        n++;                                    \
    } while (0)
    const u64 low = s >> LOW_AT & ALL, high = s >> HIGH_AT & ALL;
    const u64 noted = s >> NOTED_AT & ALL, sent = s >> SENT_AT & ALL;
    const u64 working = ~(low | high) & ALL;
    int all = 2 * __builtin_popcountll(working);

    if (!(s & (TM_COMMITTED | TM_ABORTED))) {
        if (noted == ALL) {
            EMIT(s | TM_COMMITTED | COMMIT_SENT, ACTION(COMMIT, 0));
            all++;
        }
        EMIT(s | TM_ABORTED | ABORT_SENT, ACTION(ABORT, 0));
        all += 1 + __builtin_popcountll(sent);
        for (u64 m = sent & ~noted; m; m &= m - 1)
            EMIT(s | (m & -m) << NOTED_AT,
                 ACTION(NOTE, __builtin_ctzll(m)));
    }
    for (u64 m = working; m; m &= m - 1) {
        const u64 bit = m & -m;
        const int rm = __builtin_ctzll(m);
        EMIT(s | bit << LOW_AT | bit << SENT_AT, ACTION(PREPARE, rm));
        EMIT(s | bit << LOW_AT | bit << HIGH_AT, ACTION(CHOOSE_ABORT, rm));
    }
    if (s & COMMIT_SENT) {
        all += N;
        for (u64 m = ALL & ~(high & ~low); m; m &= m - 1)
            EMIT((s | (m & -m) << HIGH_AT) & ~((m & -m) << LOW_AT),
                 ACTION(OBEY_COMMIT, __builtin_ctzll(m)));
    }
    if (s & ABORT_SENT) {
        all += N;
        for (u64 m = ALL & ~(high & low); m; m &= m - 1)
            EMIT(s | (m & -m) << HIGH_AT | (m & -m) << LOW_AT,
                 ACTION(OBEY_ABORT, __builtin_ctzll(m)));
    }
#undef EMIT
    b->n = n;
    return all;
}

/* No resource manager has aborted while another has committed. */
INLINE int consistent(const int N, u64 s)
{
    const u64 low = s >> LOW_AT & ALL, high = s >> HIGH_AT & ALL;
    return !((high & low) && (high & ~low));
}

/* ------------------------------------------------------- the visited set */

static u64 *table;
static int table_bits;              /* log2 of the slots */

/* Zeroed room; it costs memory only where it is touched. */
static void *room(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        perror("memory");
        exit(2);
    }
    madvise(p, bytes, MADV_HUGEPAGE);
    return p;
}

/* First slot of the bucket of a key. */
INLINE u64 slot_of(u64 v)
{
    v ^= v >> 32;
    v *= 0x9fb21c651e98df25ull;
    v ^= v >> 29;
    v *= 0xd6e8feb86659fd93ull;
    return v >> (67 - table_bits) << 3;
}

/* Put key into the table; 1 if it was not there. */
INLINE u64 insert(u64 key, u64 i)
{
    for (;;) {
        u64 *slot = table + i;
        u32 same = 0, free = 0;
#if defined(__AVX512F__)
        const __m512i v = _mm512_load_si512(slot);
        same = _mm512_cmpeq_epi64_mask(v, _mm512_set1_epi64((long long)key));
        free = _mm512_testn_epi64_mask(v, v);
#else
        for (int j = 0; j < 8; j++) {
            same |= (u32)(slot[j] == key) << j;
            free |= (u32)(slot[j] == 0) << j;
        }
#endif
        if (__builtin_expect(same | free, 1)) {
            /* Buckets fill from the left, so the lowest bit is the match if
               there is one; writing a match again changes nothing. */
            slot[__builtin_ctz(same | free)] = key;
            return !same;
        }
        i = (i + 8) & (((u64)1 << table_bits) - 1);
    }
}

/* Slots worked out before this are wrong after it: see check_table. */
static NOINLINE void grow_table(void)
{
    u64 *old = table;
    const size_t slots = (size_t)1 << table_bits;
    table_bits++;
    table = room(sizeof(u64) << table_bits);
    for (size_t i = 0; i < slots; i++)
        if (old[i])
            insert(old[i], slot_of(old[i]));
    munmap(old, slots * sizeof(u64));
}

/* ------------------------------------------------------------ the search */

static int want_invariant = 1;

#define MOST_STATES ((u64)1 << 32)  /* so that a parent fits in 32 bits */

static u64 distinct, generated;
static u64 level_start[1 << 10];    /* first state of each level */
static int depth;

static u32 *parents;                /* of all states, level after level */
static u16 *actions;
static u64 *here, *next;            /* this level and the next one */
static size_t here_n, next_n;

static NOINLINE void violated(u64 at)
{
    static u16 path[1 << 10];
    int level = depth, n = 0;
    for (; level > 1; level--) {
        path[n++] = actions[at];
        at = level_start[level - 2] + parents[at];
    }
    printf("consistency is violated after these steps:\n");
    for (int i = n - 1; i >= 0; i--)
        printf("  %4d %-16s %d\n", n - i, kind_name[path[i] & 15],
               path[i] >> 4);
    exit(1);
}

INLINE void hash_and_prefetch(batch *b)
{
    for (int i = 0; i < b->n; i++)
        b->slot[i] = slot_of(b->key[i]);
    for (int i = 0; i < b->n; i++)
        __builtin_prefetch(table + b->slot[i], 1, 3);
}

INLINE void probe(const int N, batch *b)
{
    const int n = b->n;
    if (!n)
        return;
    if (distinct + n > MOST_STATES) {
        fprintf(stderr, "too many states\n");
        exit(2);
    }

    /* Write every successor where the next new one goes, and move on only
       if it is new: no branch to guess. */
    u64 *to = next + next_n;
    u32 *par = parents + distinct;
    u16 *act = actions + distinct;
    u64 k = 0;
    for (int i = 0; i < n; i++) {
        const u64 fresh = insert(b->key[i], b->slot[i]);
        to[k] = b->key[i];
        par[k] = b->parent[i];
        act[k] = b->action[i];
        k += fresh;
    }
    if (want_invariant)
        for (u64 i = 0; i < k; i++)
            if (__builtin_expect(!consistent(N, to[i]), 0))
                violated(distinct + i);
    distinct += k;
    next_n += k;
    b->n = 0;
}

/* Make sure that two more batches fit; `wait` has its slots already. */
INLINE void check_table(batch *wait)
{
    if (distinct + 2 * (BATCH + MOST) > (u64)5 << table_bits >> 3) {
        grow_table();
        hash_and_prefetch(wait);
    }
}

INLINE void search(const int N)
{
    static batch two[2];
    batch *fill = &two[0], *wait = &two[1];

    fill->key[0] = MARK;            /* all working, nothing sent */
    fill->n = 1;
    generated = 1;
    depth = 1;
    level_start[0] = 0;
    hash_and_prefetch(fill);
    probe(N, fill);

    while (next_n) {
        u64 *t = here; here = next; next = t;
        here_n = next_n;
        next_n = 0;
        depth++;
        level_start[depth - 1] = distinct;
        for (size_t i = 0; i < here_n; i++) {
            generated += expand(N, here[i], (u32)i, fill);
            if (fill->n >= BATCH) {
                /* fetch the slots of this batch while looking up the last */
                check_table(wait);
                hash_and_prefetch(fill);
                probe(N, wait);
                batch *f = fill; fill = wait; wait = f;
            }
        }
        check_table(wait);
        hash_and_prefetch(fill);
        probe(N, wait);
        probe(N, fill);
    }
    depth--;                        /* the last level was empty */
}

/* One copy of the search for each number, so that the planes are constants. */
#define COPY(n) static NOINLINE void search_##n(void) { search(n); }
COPY(1) COPY(2) COPY(3) COPY(4) COPY(5) COPY(6) COPY(7)
COPY(8) COPY(9) COPY(10) COPY(11) COPY(12) COPY(13) COPY(14)

static void (*const copies[])(void) = {
    search_1, search_2, search_3, search_4, search_5, search_6, search_7,
    search_8, search_9, search_10, search_11, search_12, search_13, search_14,
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void usage(void)
{
    fprintf(stderr,
        "usage: two_phase_commit [-n] [-t log2_slots] resource_managers\n"
        "  -n  do not check consistency\n"
        "  -t  slots of the table to start with (default 2^16; it grows)\n"
        "  1 to 14 resource managers\n");
    exit(2);
}

int main(int argc, char **argv)
{
    int o;
    table_bits = 16;
    while ((o = getopt(argc, argv, "nt:")) != -1) {
        if (o == 'n') want_invariant = 0;
        else if (o == 't') table_bits = atoi(optarg);
        else usage();
    }
    if (argc - optind != 1 || table_bits < 12 || table_bits > 40)
        usage();
    const int N = atoi(argv[optind]);
    if (N < 1 || N > 14)
        usage();

    const double start = now();
    table = room(sizeof(u64) << table_bits);
    parents = room(MOST_STATES * sizeof *parents);
    actions = room(MOST_STATES * sizeof *actions);
    here = room(MOST_STATES * sizeof *here);
    next = room(MOST_STATES * sizeof *next);
    copies[N - 1]();
    const double seconds = now() - start;

    printf("distinct   %" PRIu64 "\n", distinct);
    printf("generated  %" PRIu64 "\n", generated);
    printf("depth      %d\n", depth);
    printf("seconds    %.3f\n", seconds);
    printf("distinct/s %.0f\n", distinct / seconds);
    if (want_invariant)
        printf("consistency holds\n");
    return 0;
}
