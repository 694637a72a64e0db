/*
 * Two-phase commit, the transition system of two_phase_commit.c, for Spin.
 *
 *   spin -a -DN=7 two_phase_commit.pml
 *   gcc -O3 -march=native -DBFS -DSAFETY -DNOREDUCE -DSFH -o pan pan.c
 *   ./pan -w22
 *
 * N is the number of resource managers, 1 to 10.  One process, whose only
 * control state is the head of a loop, and every option of the loop is one
 * indivisible step: Spin's states are those of the C program one for one.
 *
 * The state of resource manager i is bit i of `low` and of `high`:
 *   working 00, prepared 01, committed 10, aborted 11   (high, low)
 */
#ifndef N
#define N 7
#endif

#define ALL ((1 << N) - 1)
#define BIT(i) (1 << (i))

unsigned low : N;               /* resource managers, see above */
unsigned high : N;
unsigned noted : N;             /* noted as prepared by the transaction manager */
unsigned sent : N;              /* prepared message sent */
unsigned tm : 2;                /* transaction manager: 0 undecided, 1 committed, 2 aborted */
bit commit_sent;
bit abort_sent;

/* no one has aborted while another has committed */
#define CHECK assert((high & low) == 0 || (high & ~low) == 0)

#define OPTIONS(i)                                                          \
    :: d_step { tm == 0 && (sent & BIT(i)) ->                               \
                noted = noted | BIT(i); CHECK }                             \
    :: d_step { ((low | high) & BIT(i)) == 0 ->                             \
                low = low | BIT(i); sent = sent | BIT(i); CHECK }           \
    :: d_step { ((low | high) & BIT(i)) == 0 ->                             \
                low = low | BIT(i); high = high | BIT(i); CHECK }           \
    :: d_step { commit_sent ->                                              \
                high = high | BIT(i); low = low & ~BIT(i); CHECK }          \
    :: d_step { abort_sent ->                                               \
                high = high | BIT(i); low = low | BIT(i); CHECK }

active proctype all()
{
    do
    :: d_step { tm == 0 && noted == ALL -> tm = 1; commit_sent = 1; CHECK }
    :: d_step { tm == 0 -> tm = 2; abort_sent = 1; CHECK }
    OPTIONS(0)
#if N > 1
    OPTIONS(1)
#endif
#if N > 2
    OPTIONS(2)
#endif
#if N > 3
    OPTIONS(3)
#endif
#if N > 4
    OPTIONS(4)
#endif
#if N > 5
    OPTIONS(5)
#endif
#if N > 6
    OPTIONS(6)
#endif
#if N > 7
    OPTIONS(7)
#endif
#if N > 8
    OPTIONS(8)
#endif
#if N > 9
    OPTIONS(9)
#endif
    od
}
