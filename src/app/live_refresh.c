/* After announcements may have been missed: each loop says what is followed there, a worker looks it up, the loop tells. */
#include "app/live_internal.h"

#include "base/memory.h"

#include <stdatomic.h>

struct refresh {
    struct loop_task task; /* first */
    struct live_home *home;
    size_t count;
    int64_t *articles;
    struct article_standing *found; /* version 0: not found, or not to be had now */
};

static void refresh_free(struct refresh *refresh) {
    memory_free(refresh->articles);
    memory_free(refresh->found);
    memory_free(refresh);
}

static void tell(struct loop_task *task) {
    struct refresh *refresh = (struct refresh *)(void *)task;
    for (size_t i = 0; i < refresh->count; i++)
        if (refresh->found[i].version) live__found(refresh->home, refresh->articles[i], &refresh->found[i]);
    refresh_free(refresh);
}

static void look_up(void *job, void *thread_state) {
    struct refresh *refresh = job;
    struct worker *worker = thread_state;
    struct error error;
    for (size_t i = 0; i < refresh->count; i++)
        if (article_standing(worker->db, (article_id){refresh->articles[i]}, &refresh->found[i], &error) != OK)
            refresh->found[i].version = 0;
    refresh->task.run = tell;
    loop_post(refresh->home->loop, &refresh->task);
}

static void collect(struct loop_task *task) {
    struct refresh *refresh = (struct refresh *)(void *)task;
    struct live_home *home = refresh->home;
    size_t most = atomic_load(&home->entry_count);
    refresh->articles = memory_alloc_array(most, sizeof *refresh->articles);
    refresh->found = memory_alloc_array(most, sizeof *refresh->found);
    refresh->count = live__followed(home, refresh->articles, most);
    /* Whoever cannot be told now hears of the next change, and sees then that more has changed. */
    if (refresh->count == 0 || pool_submit(home->live->app->pool, look_up, refresh) != OK) refresh_free(refresh);
}

void live_look_again(struct live *live) {
    for (size_t i = 0; i < live->home_count; i++) {
        struct refresh *refresh = NEW(struct refresh);
        refresh->home = &live->homes[i];
        refresh->task.run = collect;
        loop_post(refresh->home->loop, &refresh->task);
    }
}
