#include "http/server.h"

#include "base/crypto.h"
#include "base/memory.h"
#include "http/call_internal.h"
#include "http/connection.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

enum { LISTEN_BACKLOG = 1024, MAX_FIELDS = 256 };

struct http_server_options http_server_defaults(void) {
    return (struct http_server_options){
        .listen = "127.0.0.1:8080",
        .head_bytes = 16 * 1024,
        .line_bytes = 8 * 1024,
        .header_count = 100,
        .body_bytes = 1024 * 1024,
        .bodies_bytes = 64 * 1024 * 1024,
        .connections = 10000,
        .head_ms = 10000,
        .body_ms = 30000,
        .idle_ms = 60000,
        .write_ms = 30000,
        .call_arena_bytes = 16 * 1024 * 1024,
        .forwarded = HTTP_FORWARDED_X,
    };
}

static enum status check_options(const struct http_server_options *o, struct error *error) {
    const int64_t *times[] = {&o->head_ms, &o->body_ms, &o->idle_ms, &o->write_ms};
    bool fine = o->handle && o->listen && o->line_bytes >= 64 && o->line_bytes <= o->head_bytes &&
                o->head_bytes <= 1024 * 1024 && o->header_count > 0 && o->header_count <= MAX_FIELDS &&
                o->body_bytes <= 1024 * 1024 * 1024 && o->connections > 0 && o->connections <= 10000000;
    for (size_t i = 0; i < ARRAY_COUNT(times); i++) {
        fine &= *times[i] > 0;
    }
    return fine ? OK : error_set(error, INVALID, "the ceilings of the HTTP server contradict each other");
}

/* --- On a loop -------------------------------------------------------------------------------------------------------- */

static void on_tick(uv_timer_t *timer) {
    struct http__home *home = timer->data;
    if (home->is_draining && loop_now_ms(home->loop) >= home->drain_until_ms) {
        http__home_close_connections(home, false);
        return;
    }
    http__home_tick(home);
    if (atomic_load_explicit(&home->connections, memory_order_relaxed) == 0) {
        uv_timer_stop(&home->tick);
        home->tick_runs = false;
    }
}

static void on_turn(uv_idle_t *idle) {
    struct http__home *home = idle->data;
    http__home_turn(home);
    if (!home->lists[HTTP__READY].first) {
        uv_idle_stop(idle);
    }
}

void http__home_want_tick(struct http__home *home) {
    if (!home->tick_runs && !home->is_closed) {
        uint64_t ms = (uint64_t)home->server->tick_ms;
        uv_timer_start(&home->tick, on_tick, ms, ms);
        home->tick_runs = true;
    }
}

void http__home_want_turn(struct http__home *home) { uv_idle_start(&home->turn, on_turn); }

static void on_client(uv_stream_t *listener, int status) {
    if (status == 0) {
        http__connection_accept(listener->data, listener);
    }
}

static void on_home_handle_closed(uv_handle_t *handle) {
    struct http__home *home = handle->data;
    if (handle != (uv_handle_t *)&home->tick && handle != (uv_handle_t *)&home->turn) {
        memory_free(handle);
    }
    home->handles--;
    http__home_close_if_done(home);
}

static void report_closed(struct http__home *home) {
    struct http_server *server = home->server;
    pthread_mutex_lock(&server->mutex);
    server->closed_homes++;
    pthread_cond_signal(&server->closed);
    pthread_mutex_unlock(&server->mutex);
}

void http__home_close_if_done(struct http__home *home) {
    if (!home->is_draining || atomic_load_explicit(&home->connections, memory_order_relaxed) > 0) {
        return;
    }
    if (!home->is_closed) {
        home->is_closed = true;
        uv_close((uv_handle_t *)&home->tick, on_home_handle_closed);
        uv_close((uv_handle_t *)&home->turn, on_home_handle_closed);
    } else if (home->handles == 0) {
        report_closed(home);
    }
}

static void close_listeners(struct http__home *home) {
    for (size_t i = 0; i < LISTEN_ADDRESSES_MAX; i++) {
        if (home->listeners[i]) {
            uv_close((uv_handle_t *)home->listeners[i], on_home_handle_closed);
            home->listeners[i] = NULL;
        }
    }
}

static void on_stop(struct loop_task *task) {
    struct http__home *home = (struct http__home *)(void *)((char *)task - offsetof(struct http__home, stop_task));
    home->is_draining = true;
    home->drain_until_ms += loop_now_ms(home->loop);
    close_listeners(home);
    http__home_close_connections(home, true);
    http__home_want_tick(home);
    http__home_close_if_done(home);
}

/* The union's member for what the socket is; on_home_handle_closed frees it. */
static uv_stream_t *listener_new(struct http__home *home, int fd, bool is_unix) {
    uv_loop_t *uv = loop_uv(home->loop);
    uv_stream_t *listener = memory_alloc(is_unix ? sizeof(uv_pipe_t) : sizeof(uv_tcp_t));
    int failed = is_unix ? uv_pipe_init(uv, (uv_pipe_t *)listener, 0) : uv_tcp_init(uv, (uv_tcp_t *)listener);
    assert(!failed);
    listener->data = home;
    home->handles++;
    failed = is_unix ? uv_pipe_open((uv_pipe_t *)listener, fd) : uv_tcp_open((uv_tcp_t *)listener, fd);
    if (failed) {
        close(fd);
    }
    return listener;
}

static void start_home(void *ctx) {
    struct http__home *home = ctx;
    struct http_server *server = home->server;
    uv_timer_init(loop_uv(home->loop), &home->tick);
    uv_idle_init(loop_uv(home->loop), &home->turn);
    home->tick.data = home->turn.data = home;
    home->handles = 2;
    for (size_t i = 0; i < server->listening.address_count; i++) {
        int fd = listen_take(&server->listening, i, loop_index(home->loop));
        home->listeners[i] = listener_new(home, fd, server->listening.is_unix);
        int failed = uv_listen(home->listeners[i], LISTEN_BACKLOG, on_client);
        assert(!failed); /* the socket listens already */
    }
}

/* --- From outside ------------------------------------------------------------------------------------------------------- */

static void init_home(struct http_server *server, struct http__home *home, size_t index) {
    const struct http_server_options *options = &server->options;
    home->server = server;
    home->loop = loops_at(server->loops, index);
    home->free_slot = UINT32_MAX;
    home->max_connections = (uint32_t)((options->connections + server->home_count - 1) / server->home_count);
    home->read_buffer = memory_alloc(HTTP__READ_BYTES);
    home->known_heads = http__known_heads_new();
    home->stop_task.run = on_stop;
    crypto_random(&home->id_key, sizeof home->id_key);
}

static int64_t tick_of(const struct http_server_options *o) {
    int64_t least = HTTP__LINGER_MS;
    least = o->head_ms < least ? o->head_ms : least;
    least = o->body_ms < least ? o->body_ms : least;
    least = o->idle_ms < least ? o->idle_ms : least;
    least = o->write_ms < least ? o->write_ms : least;
    return least / 8 > 10 ? least / 8 : 10;
}

enum status http_server_start(struct loops *loops, const struct http_server_options *options, struct http_server **out,
                              struct error *error) {
    enum status status = check_options(options, error);
    if (status != OK) {
        return status;
    }
    struct http_server *server = NEW(struct http_server);
    server->options = *options;
    server->loops = loops;
    server->home_count = loops_count(loops);
    server->head_limits = (struct http__head_limits){options->head_bytes, options->line_bytes, options->header_count};
    server->tick_ms = tick_of(options);
    status = listen_open(options->listen, server->home_count, &server->listening, error);
    if (status != OK) {
        memory_free(server);
        return status;
    }
    if (options->trusted) {
        server->trusted = memory_alloc_array(options->trusted_count, sizeof *server->trusted);
        memcpy(server->trusted, options->trusted, options->trusted_count * sizeof *server->trusted);
    }
    pthread_mutex_init(&server->mutex, NULL);
    pthread_cond_init(&server->closed, NULL);
    server->homes = memory_alloc_array(server->home_count, sizeof *server->homes);
    for (size_t i = 0; i < server->home_count; i++) {
        init_home(server, &server->homes[i], i);
    }
    for (size_t i = 0; i < server->home_count; i++) {
        loop_call(server->homes[i].loop, start_home, &server->homes[i]);
    }
    *out = server;
    return OK;
}

int http_server_port(const struct http_server *server) { return server->listening.port; }

size_t http_server_connections(const struct http_server *server) {
    size_t count = 0;
    for (size_t i = 0; i < server->home_count; i++) {
        count += atomic_load_explicit(&server->homes[i].connections, memory_order_relaxed);
    }
    return count;
}

void http_server_stop(struct http_server *server, int64_t drain_ms) {
    if (server->is_stopped) {
        return;
    }
    server->is_stopped = true;
    for (size_t i = 0; i < server->home_count; i++) {
        server->homes[i].drain_until_ms = drain_ms;
        loop_post(server->homes[i].loop, &server->homes[i].stop_task);
    }
    pthread_mutex_lock(&server->mutex);
    while (server->closed_homes < server->home_count) {
        pthread_cond_wait(&server->closed, &server->mutex);
    }
    pthread_mutex_unlock(&server->mutex);
    listen_close(&server->listening);
}

void http_server_free(struct http_server *server) {
    if (!server) {
        return;
    }
    assert(server->is_stopped);
    for (size_t i = 0; i < server->home_count; i++) {
        struct http__home *home = &server->homes[i];
        http__home_free_connections(home);
        while (home->free_calls) {
            struct http_call *call = home->free_calls;
            home->free_calls = call->next_free;
            http__call_free(call);
        }
        http__known_heads_free(home->known_heads);
        memory_free(home->slots);
        memory_free(home->read_buffer);
    }
    pthread_mutex_destroy(&server->mutex);
    pthread_cond_destroy(&server->closed);
    memory_free(server->homes);
    memory_free(server->trusted);
    memory_free(server);
}
