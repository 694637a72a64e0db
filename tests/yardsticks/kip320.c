/*
 * kip320: breadth-first search of the Kip320 replication model, by hand.
 *
 *   gcc -O3 -march=native -o kip320 kip320.c
 *   ./kip320 [-n] [-a] [-t log2_slots] replicas log_size max_records max_leader_epoch
 *
 * One thread.  A state is two 64-bit words.  The visited set keeps a 64-bit
 * fingerprint of each state, in buckets of eight (one cache line each).
 * Of every state the number of its parent in the level before and the
 * action that led to it are kept; packed states are kept for two levels.
 *
 * What makes two words enough:
 *   - every leader epoch is handed out with exactly one request, so the set
 *     of requests is a list indexed by epoch;
 *   - the quorum's epoch and leader are always those of the newest request,
 *     so only the quorum's ISR is stored besides the list.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
#define UNROLL _Pragma("GCC unroll 4")

/* ------------------------------------------------------------- the state */

/*
 * One lane per replica, from the low bit up:
 *   leader (0 none, else replica + 1), epoch + 1 (0 none), ISR (bit set),
 *   high watermark, end offset, records (4 bits each: id, then epoch;
 *   zero at and beyond the end offset)
 * One lane for the rest:
 *   next epoch (3 bits), next record id (3 bits), quorum ISR,
 *   requests, newest first, each a leader as above and an ISR
 *
 * Up to three replicas: four lanes of 32 bits.  Four replicas: two lanes of
 * 22 bits in the low part of each word and 20 bits of the rest above them.
 * R is a constant wherever these are used, so they all fold away.
 */
#define LB (R <= 3 ? 2 : 3)         /* bits of a leader */
#define IB (R <= 3 ? 3 : 4)         /* bits of an ISR in a replica's lane */
#define OB (R <= 3 ? 3 : 2)         /* bits of an offset */
#define EP_AT LB
#define ISR_AT (EP_AT + 3)
#define HW_AT (ISR_AT + IB)
#define END_AT (HW_AT + OB)
#define REC_AT (END_AT + OB)

#define LEADER(x) ((x) & ((1u << LB) - 1))
#define HEAD(x) ((x) & ((1u << ISR_AT) - 1)) /* leader and epoch together */
#define EPOCH(x) ((x) >> EP_AT & 7)
#define ISR(x) ((x) >> ISR_AT & ((1u << IB) - 1))
#define HW(x) ((x) >> HW_AT & ((1u << OB) - 1))
#define END(x) ((x) >> END_AT & ((1u << OB) - 1))
#define REC(x) ((x) >> REC_AT)
#define TAIL(x) ((x) & ~((1u << HW_AT) - 1)) /* all but leader, epoch, ISR */

#define RQ_BITS (LB + R)  /* bits of a request */
#define RQ_AT (6 + R)     /* where the requests start in the last lane */

typedef struct { u64 lo, hi; } state;

INLINE u32 lane(const int R, state s, int r)
{
    if (R <= 3)
        return (u32)((r < 2 ? s.lo : s.hi) >> 32 * (r & 1));
    return (u32)((r < 2 ? s.lo : s.hi) >> 22 * (r & 1)) & 0x3fffff;
}

INLINE u64 rest(const int R, state s)
{
    return R <= 3 ? s.hi >> 32 : s.lo >> 44 | s.hi >> 44 << 20;
}

/* Flip the bits d of the lane of replica r. */
INLINE state flip_lane(const int R, state s, int r, u32 d)
{
    u64 v = (u64)d << (R <= 3 ? 32 : 22) * (r & 1);
    s.lo ^= r < 2 ? v : 0;
    s.hi ^= r < 2 ? 0 : v;
    return s;
}

INLINE state set_rest(const int R, state s, u64 g)
{
    if (R <= 3) {
        s.hi = (u32)s.hi | g << 32;
    } else {
        s.lo = (s.lo & ((1ull << 44) - 1)) | g << 44;
        s.hi = (s.hi & ((1ull << 44) - 1)) | g >> 20 << 44;
    }
    return s;
}

/* ----------------------------------------------------------- the actions */

enum { ELECT, CONTROLLER_SHRINK, BECOME_LEADER, EXPAND, SHRINK, WRITE,
       INC_HW, BECOME_FOLLOWER, FETCH, KINDS };

static const char *const kind_name[KINDS] = {
    "ControllerElectLeader", "ControllerShrinkIsr", "BecomeLeader",
    "FencedLeaderExpandIsr", "FencedLeaderShrinkIsr", "LeaderWrite",
    "FencedLeaderIncHighWatermark", "FencedBecomeFollowerAndTruncate",
    "FencedFollowerFetch",
};

/* kind, two small arguments, and whether it counts twice (see SHRINK) */
#define ACTION(kind, a, b) (u16)((kind) | (a) << 4 | (b) << 8)
#define TWICE 0x8000

#define BATCH 256   /* expand until this many successors wait */
#define MOST 64     /* more successors than one state can have */

typedef struct {
    int n;
    u64 lo[BATCH + MOST], hi[BATCH + MOST], fp[BATCH + MOST];
    u32 parent[BATCH + MOST];
    u16 action[BATCH + MOST];
} batch;

#define EMIT(st, act) do {                      \
        state e_ = (st);                        \
        b->lo[n] = e_.lo;                       \
        b->hi[n] = e_.hi;                       \
        b->action[n] = (act);                   \
        b->parent[n] = index;                   \
        n++;                                    \
    } while (0)

/* Write all successors of s; the return value is how many extra ones TLC
   would count. */
INLINE int expand(const int R, const int L, const int M, const int E,
                  state s, u32 index, batch *b)
{
    int n = b->n, extra = 0;
    u32 x[4], end[4];
    UNROLL for (int r = 0; r < R; r++) {
        x[r] = lane(R, s, r);
        end[r] = END(x[r]);
    }
    const u64 g = rest(R, s);
    const u32 next_epoch = g & 7, next_id = g >> 3 & 7;
    const u32 quorum_isr = g >> 6 & ((1u << R) - 1);
    const u64 requests = g >> RQ_AT;
    const u32 quorum_leader = LEADER(requests);

    if ((int)next_epoch <= E) {
        const u64 base = (next_epoch + 1) | next_id << 3;
#define SEND(leader, isr)                                               \
        set_rest(R, s, base | (u64)(isr) << 6 |                         \
                 (requests << RQ_BITS | (leader) | (isr) << LB) << RQ_AT)
        UNROLL for (u32 r = 0; r < (u32)R; r++) {
            const u32 in = quorum_isr >> r & 1;
            const u32 without = quorum_isr & ~(1u << r);
            if (quorum_leader == r + 1) {
                const u32 isr = without ? without : quorum_isr;
                EMIT(SEND(0, isr), ACTION(CONTROLLER_SHRINK, r, 0));
            } else if (in) {
                EMIT(SEND(r + 1, quorum_isr), ACTION(ELECT, r, 0));
                EMIT(SEND(quorum_leader, without),
                     ACTION(CONTROLLER_SHRINK, r, 0));
            }
        }
#undef SEND
    }

    {
        u64 q = requests;
        for (u32 e = next_epoch; e > 0; e--, q >>= RQ_BITS) {
            const u32 l = LEADER(q);    /* e is the epoch + 1 */
            if (l && e > EPOCH(x[l - 1])) {
                const u32 isr = q >> LB & ((1u << R) - 1);
                const u32 y = TAIL(x[l - 1]) | l | e << EP_AT | isr << ISR_AT;
                EMIT(flip_lane(R, s, l - 1, x[l - 1] ^ y),
                     ACTION(BECOME_LEADER, l - 1, e - 1));
            }
        }
    }

    /* All other actions need a replica that presumes leadership.  (For the
       high watermark the text asks that of members of the ISR only, but a
       replica's ISR is empty in its very first state only, and then its log
       is empty too.) */
    UNROLL for (int l = 0; l < R; l++) {
        if (LEADER(x[l]) != (u32)l + 1)
            continue;
        const u32 hw = HW(x[l]), isr = ISR(x[l]), epoch = EPOCH(x[l]);
        const u32 head = HEAD(x[l]);
        u32 following = 0, has_hw = 0, shorter = 0, up_to_hw = 0;
        UNROLL for (int f = 0; f < R; f++) {
            following |= (u32)(HEAD(x[f]) == head) << f;
            has_hw |= (u32)(end[f] > hw) << f;
            up_to_hw |= (u32)(end[f] >= hw) << f;
            shorter |= (u32)(end[f] < end[l]) << f;
        }

        if (quorum_leader == (u32)l + 1 && epoch == next_epoch) {
            u32 may_join = ~isr & ((1u << R) - 1) & following & up_to_hw;
            if (may_join && !(hw == end[l] ||
                  (hw < end[l] &&
                   (REC(x[l]) >> (4 * hw + 2) & 3) == epoch - 1)))
                may_join = 0;
            u32 may_leave = isr & ~(1u << l) & (~following | shorter);
            /* TLC follows each of the two reasons to leave on its own */
            const u32 twice = may_leave & ~following & shorter;
            u32 change = may_join | may_leave;
            while (change) {
                const int f = __builtin_ctz(change);
                const u32 bit = change & -change;
                change ^= bit;
                state t = flip_lane(R, s, l, bit << ISR_AT);
                const u64 quorum = (g & ~(((1ull << R) - 1) << 6)) |
                                   (u64)(isr ^ bit) << 6;
                t = set_rest(R, t, quorum);
                EMIT(t, (u16)(ACTION(bit & may_join ? EXPAND : SHRINK, l, f) |
                              (bit & twice ? TWICE : 0)));
            }
            extra += __builtin_popcount(twice);
        }

        if ((int)next_id < M && (int)end[l] < L) {
            const u32 record = next_id | (epoch - 1) << 2;
            const u32 y = (x[l] + (1u << END_AT)) |
                          record << (REC_AT + 4 * end[l]);
            state t = flip_lane(R, s, l, x[l] ^ y);
            EMIT(set_rest(R, t, g + (1 << 3)), ACTION(WRITE, l, next_id));
        }

        if (has_hw >> l & 1 && !(isr & ~(following & has_hw))) {
            const u32 y = x[l] + (1u << HW_AT);
            EMIT(flip_lane(R, s, l, x[l] ^ y), ACTION(INC_HW, l, 0));
        }

        UNROLL for (int f = 0; f < R; f++) {
            if (f == l)
                continue;
            if (EPOCH(x[f]) < epoch) {
                /* the request of the leader's epoch: it has that leader */
                const u32 asked = requests >> (next_epoch - epoch) * RQ_BITS >> LB
                                  & ((1u << R) - 1);
                const u32 both = end[f] < end[l] ? end[f] : end[l];
                u32 differ = REC(x[f]) ^ REC(x[l]);
                differ |= differ >> 2;
                differ |= differ >> 1;
                const u32 same = ~differ & 0x1111 & ((1u << 4 * both) - 1);
                const u32 cut = same ? (35 - __builtin_clz(same)) / 4 : 0;
                const u32 mine = HW(x[f]);
                const u32 y = head | asked << ISR_AT |
                              (cut < mine ? cut : mine) << HW_AT |
                              cut << END_AT |
                              (REC(x[f]) & ((1u << 4 * cut) - 1)) << REC_AT;
                EMIT(flip_lane(R, s, f, x[f] ^ y),
                     ACTION(BECOME_FOLLOWER, l, f));
            } else if (following & shorter & 1u << f) {
                const u32 at = REC_AT + 4 * end[f];
                const u32 to = hw < end[f] + 1 ? hw : end[f] + 1;
                const u32 y = ((x[f] + (1u << END_AT)) &
                               ~(((1u << OB) - 1) << HW_AT)) |
                              to << HW_AT | (x[l] & 15u << at);
                EMIT(flip_lane(R, s, f, x[f] ^ y), ACTION(FETCH, l, f));
            }
        }
    }
    b->n = n;
    return extra;
}

/* -------------------------------------------------------- the invariants */

/* Whether every replica of `isr` agrees with the leader whose lane is y on
   all records below that leader's high watermark. */
INLINE int agree(const int R, state s, u32 y, u32 isr)
{
    const u32 hw = HW(y), below = (1u << 4 * hw) - 1;
    u32 bad = 0;
    UNROLL for (int r = 0; r < R; r++) {
        const u32 x = lane(R, s, r);
        bad |= (isr >> r & 1) &
               ((((REC(x) ^ REC(y)) & below) != 0) | (END(x) < hw));
    }
    return !bad && !(isr && END(y) < hw);
}

INLINE int weak_isr(const int R, state s)
{
    int ok = 1;
    UNROLL for (int r = 0; r < R; r++) {
        const u32 y = lane(R, s, r);
        if (LEADER(y) == (u32)r + 1)
            ok &= agree(R, s, y, ISR(y));
    }
    return ok;
}

INLINE int strong_isr(const int R, state s)
{
    const u32 isr = rest(R, s) >> 6 & ((1u << R) - 1);
    int ok = 1;
    UNROLL for (int r = 0; r < R; r++) {
        const u32 y = lane(R, s, r);
        if (LEADER(y) == (u32)r + 1)
            ok &= agree(R, s, y, isr);
    }
    return ok;
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

INLINE u64 mix(u64 v)
{
    v ^= v >> 32;
    v *= 0x9fb21c651e98df25ull;
    v ^= v >> 29;
    v *= 0xd6e8feb86659fd93ull;
    v ^= v >> 32;
    return v;
}

INLINE u64 fingerprint(u64 lo, u64 hi)
{
    u64 h = mix(mix(lo) + hi);
    return h ? h : 1;
}

INLINE size_t bucket_of(u64 fp)
{
    return fp >> (67 - table_bits) << 3;
}

/* Put fp into the table; 1 if it was not there. */
INLINE u64 insert(u64 fp)
{
    size_t i = bucket_of(fp);
    for (;;) {
        u64 *slot = table + i;
        u32 same = 0, free = 0;
#if defined(__AVX512F__)
        const __m512i v = _mm512_load_si512(slot);
        same = _mm512_cmpeq_epi64_mask(v, _mm512_set1_epi64((long long)fp));
        free = _mm512_testn_epi64_mask(v, v);
#else
        for (int j = 0; j < 8; j++) {
            same |= (u32)(slot[j] == fp) << j;
            free |= (u32)(slot[j] == 0) << j;
        }
#endif
        if (__builtin_expect(same | free, 1)) {
            /* Buckets fill from the left, so the lowest bit is the match if
               there is one; writing a match again changes nothing. */
            slot[__builtin_ctz(same | free)] = fp;
            return !same;
        }
        i = (i + 8) & (((size_t)1 << table_bits) - 1);
    }
}

static NOINLINE void grow_table(void)
{
    u64 *old = table;
    const size_t slots = (size_t)1 << table_bits;
    table_bits++;
    table = room(sizeof(u64) << table_bits);
    for (size_t i = 0; i < slots; i++)
        if (old[i])
            insert(old[i]);
    munmap(old, slots * sizeof(u64));
}

/* ------------------------------------------------------------ the search */

static int want_invariants = 1, want_actions;

#define MOST_STATES ((u64)1 << 32)  /* so that a parent fits in 32 bits */

static u64 distinct, generated;
static u64 generated_by[KINDS];
static u64 level_start[1 << 16];    /* first state of each level */
static int depth;

static u32 *parents;                /* of all states, level after level */
static u16 *actions;
static state *here, *next;          /* this level and the next one */
static size_t here_n, next_n;

static void print_path(u64 at)
{
    int level = depth, n = 0;
    static u16 path[1 << 16];
    while (level_start[level - 1] > at)
        level--;
    for (; level > 1; level--) {
        path[n++] = actions[at];
        at = level_start[level - 2] + parents[at];
    }
    printf("  step %-32s arguments\n", "action");
    for (int i = n - 1; i >= 0; i--)
        printf("  %4d %-32s %d %d\n", n - i, kind_name[path[i] & 15],
               path[i] >> 4 & 15, path[i] >> 8 & 15);
}

static NOINLINE void violated(const char *name, u64 at)
{
    printf("%s is violated after these steps:\n", name);
    print_path(at);
    exit(1);
}

INLINE void hash_and_prefetch(batch *b)
{
    for (int i = 0; i < b->n; i++)
        b->fp[i] = fingerprint(b->lo[i], b->hi[i]);
    for (int i = 0; i < b->n; i++)
        __builtin_prefetch(table + bucket_of(b->fp[i]), 1, 3);
}

INLINE void probe(const int R, batch *b)
{
    const int n = b->n;
    if (!n)
        return;
    generated += n;
    if (want_actions)
        for (int i = 0; i < n; i++)
            generated_by[b->action[i] & 15] += b->action[i] & TWICE ? 2 : 1;

    if (distinct + n > (u64)5 << table_bits >> 3)   /* 5/8 full */
        grow_table();
    if (distinct + n > MOST_STATES) {
        fprintf(stderr, "too many states\n");
        exit(2);
    }

    /* Write every successor where the next new one goes, and move on only
       if it is new: no branch to guess. */
    state *to = next + next_n;
    u32 *par = parents + distinct;
    u16 *act = actions + distinct;
    u64 k = 0;
    for (int i = 0; i < n; i++) {
        const u64 fresh = insert(b->fp[i]);
        to[k].lo = b->lo[i];
        to[k].hi = b->hi[i];
        par[k] = b->parent[i];
        act[k] = b->action[i];
        k += fresh;
    }
    if (want_invariants)
        for (u64 i = 0; i < k; i++) {
            if (__builtin_expect(!weak_isr(R, to[i]), 0))
                violated("WeakIsr", distinct + i);
            if (__builtin_expect(!strong_isr(R, to[i]), 0))
                violated("StrongIsr", distinct + i);
        }
    distinct += k;
    next_n += k;
    b->n = 0;
}

INLINE void search(const int R, const int L, const int M, const int E)
{
    static batch two[2];
    batch *fill = &two[0], *wait = &two[1];

    /* the initial state: nothing but the quorum's ISR */
    state s = { 0, 0 };
    s = set_rest(R, s, ((1ull << R) - 1) << 6);
    fill->lo[0] = s.lo;
    fill->hi[0] = s.hi;
    fill->parent[0] = 0;
    fill->action[0] = 15;
    fill->n = 1;
    depth = 1;
    level_start[0] = 0;
    {
        const int w = want_actions;
        want_actions = 0;
        hash_and_prefetch(fill);
        probe(R, fill);
        want_actions = w;
    }

    while (next_n) {
        state *t = here; here = next; next = t;
        here_n = next_n;
        next_n = 0;
        depth++;
        level_start[depth - 1] = distinct;
        for (size_t i = 0; i < here_n; i++) {
            generated += expand(R, L, M, E, here[i], (u32)i, fill);
            if (fill->n >= BATCH) {
                /* fetch the slots of this batch while looking up the last */
                hash_and_prefetch(fill);
                probe(R, wait);
                batch *f = fill; fill = wait; wait = f;
            }
        }
        hash_and_prefetch(fill);
        probe(R, wait);
        probe(R, fill);
    }
    depth--;                        /* the last level was empty */
}

static NOINLINE void search1(int L, int M, int E) { search(1, L, M, E); }
static NOINLINE void search2(int L, int M, int E) { search(2, L, M, E); }
static NOINLINE void search3(int L, int M, int E) { search(3, L, M, E); }
static NOINLINE void search4(int L, int M, int E) { search(4, L, M, E); }

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void usage(void)
{
    fprintf(stderr,
        "usage: kip320 [-n] [-a] [-t log2_slots] replicas log_size max_records max_leader_epoch\n"
        "  -n  do not check WeakIsr and StrongIsr\n"
        "  -a  also count by action\n"
        "  -t  slots of the table to start with (default 2^16; it grows)\n"
        "  limits: replicas 1-3: log_size 1-4; 4: log_size 1-2;\n"
        "          max_records 1-4; max_leader_epoch 0-3\n");
    exit(2);
}

int main(int argc, char **argv)
{
    int o;
    table_bits = 16;
    while ((o = getopt(argc, argv, "nat:")) != -1) {
        if (o == 'n') want_invariants = 0;
        else if (o == 'a') want_actions = 1;
        else if (o == 't') table_bits = atoi(optarg);
        else usage();
    }
    if (argc - optind != 4 || table_bits < 10 || table_bits > 40)
        usage();
    const int R = atoi(argv[optind]), L = atoi(argv[optind + 1]);
    const int M = atoi(argv[optind + 2]), E = atoi(argv[optind + 3]);
    if (R < 1 || R > 4 || L < 1 || L > (R == 4 ? 2 : 4) ||
        M < 1 || M > 4 || E < 0 || E > 3)
        usage();

    const double start = now();
    table = room(sizeof(u64) << table_bits);
    parents = room(MOST_STATES * sizeof *parents);
    actions = room(MOST_STATES * sizeof *actions);
    here = room(MOST_STATES * sizeof *here);
    next = room(MOST_STATES * sizeof *next);
    if (R == 1) search1(L, M, E);
    else if (R == 2) search2(L, M, E);
    else if (R == 3) search3(L, M, E);
    else search4(L, M, E);
    const double seconds = now() - start;

    printf("distinct   %" PRIu64 "\n", distinct);
    printf("generated  %" PRIu64 "\n", generated);
    printf("depth      %d\n", depth);
    printf("seconds    %.3f\n", seconds);
    printf("distinct/s %.0f\n", distinct / seconds);
    if (want_invariants)
        printf("WeakIsr and StrongIsr hold\n");
    if (want_actions) {
        u64 new_by[KINDS] = { 0 };
        for (u64 i = 1; i < distinct; i++)
            new_by[actions[i] & 15]++;
        printf("%-32s %12s %12s\n", "action", "generated", "distinct");
        for (int k = 0; k < KINDS; k++)
            printf("%-32s %12" PRIu64 " %12" PRIu64 "\n", kind_name[k],
                   generated_by[k], new_by[k]);
    }
    return 0;
}
